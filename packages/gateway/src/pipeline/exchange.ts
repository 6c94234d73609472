import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import type { Snapshot } from '../config/snapshot.ts';
import type { Clock } from '../core/clock.ts';
import { asFailure, Failure } from '../core/failure.ts';
import type { EncodeContext } from '../dialects/dialect.ts';
import { dialects } from '../dialects/registry.ts';
import type { Authenticator } from '../identity/authenticate.ts';
import { type Principal, tenantOf } from '../identity/principal.ts';
import { permittedPlan } from '../policy/access.ts';
import type { Plan } from '../routing/plan.ts';
import { continueTurn } from '../routing/turn-state.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Vault } from '../vault/vault.ts';
import { createCompactor } from './compactor.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import { startKeepalive } from './keepalive.ts';
import { type OpenPorts, openFirst } from './open.ts';
import { planCompaction } from './plan-compaction.ts';
import { relay, sendFailure } from './relay.ts';
import { planAsked } from './routing-wishes.ts';
import type { Sink } from './sink.ts';
import { finishRecord, startTrace, type Trace } from './trace.ts';

/** What an exchange needs of the house. */
export interface ExchangePorts {
  snapshot(): Snapshot;
  /** Knows callers. */
  readonly identity: Authenticator;
  readonly upstream: Upstream;
  /** Seals what agents keep for us. */
  readonly vault: Vault;
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** A fresh id with this prefix. */
  newId(prefix: string): string;
}

/** Readers of finished exchanges. Never throws and never waits: an exchange is over when it is recorded. */
export interface Recorder {
  record(record: ExchangeRecord, cause?: unknown): void;
}

/** What an exchange does between its beginning and its record. */
export type Work = (inbound: Inbound, sink: Sink, ports: ExchangePorts, trace: Trace) => Promise<void>;

/**
 * A request's whole life. When it returns, the answer's bytes have left, upstream is released and the record is written.
 * Every failure becomes the client's answer and the record's outcome. Only a defect while telling of a failure is thrown, after the record.
 */
export async function exchange(inbound: Inbound, sink: Sink, ports: ExchangePorts, work: Work = serve): Promise<void> {
  const trace = startTrace(inbound, ports.clock);
  try {
    await work(inbound, sink, ports, trace);
  } catch (thrown) {
    trace.failure = inbound.signal.aborted ? clientGone(thrown) : asFailure(thrown, inbound.id);
    trace.served?.pump.cancel();
    await sendFailure(trace.failure, inbound, sink, trace);
  } finally {
    ports.recorder.record(finishRecord(inbound, trace, sink.bytesWritten), trace.failure?.cause);
  }
}

async function serve(inbound: Inbound, sink: Sink, ports: ExchangePorts, trace: Trace): Promise<void> {
  const snapshot = ports.snapshot();
  const dialect = dialects[inbound.dialect];
  const { principal, envelope, plan: route } = await admit(inbound, snapshot, ports, trace);
  const compaction = planCompaction({ inbound, envelope, plan: route, snapshot });
  trace.isCompaction = compaction !== undefined;
  const willing = compaction ? permittedPlan(principal, compaction.plan, envelope.model) : route;
  const plan = continueTurn(willing, turnState(inbound));
  const condenses = compaction?.by === 'gateway';
  const compactor = createCompactor({ ...ports, tenant: tenantOf(principal), condenses });
  const context: EncodeContext = {
    model: envelope.model,
    createdAt: Math.floor(inbound.receivedAt / 1000),
    newId: (prefix) => ports.newId(prefix),
  };
  const client = { dialect: compaction?.dialect ?? dialect, envelope, context, compactor };
  const open: OpenPorts = { inbound, snapshot, upstream: ports.upstream, clock: ports.clock };
  const keepalive = startKeepalive({ client, inbound, sink, trace, everyMs: snapshot.limits.keepaliveMs });
  try {
    const opened = await openFirst(plan, client, open, trace);
    trace.served = opened.served;
    envelope.forget();
    await relay(opened, { client, inbound, sink, trace, keepalive });
  } finally {
    keepalive.stop();
  }
}

/** What the agent brought back from the turn's last step. */
function turnState({ dialect, headers }: Inbound): string | undefined {
  const { turnStateHeader } = dialects[dialect];
  const value = turnStateHeader === undefined ? undefined : headers[turnStateHeader];
  return typeof value === 'string' ? value : undefined;
}

/** Who asks, for what, and where it leads. Throws what any of these refuses. */
export async function admit(
  inbound: Inbound,
  snapshot: Snapshot,
  ports: ExchangePorts,
  trace: Trace,
): Promise<{ principal: Principal; envelope: Envelope; plan: Plan }> {
  const principal = await admitCaller(inbound, ports, trace);
  const envelope = readEnvelope(inbound, await inbound.readBody(), dialects[inbound.dialect]);
  trace.envelope = envelope;
  return { principal, envelope, plan: planAsked({ inbound, envelope, principal, snapshot }) };
}

/** Who asks. Throws what refuses the caller, whatever is asked. */
export async function admitCaller(inbound: Inbound, { identity }: ExchangePorts, trace: Trace): Promise<Principal> {
  const principal = await identity.authenticate(inbound.credentials);
  trace.principal = principal;
  return principal;
}

/** Whatever else went wrong after the client had left is a consequence of that. */
function clientGone(cause: unknown): Failure {
  return new Failure('client-gone', 'The client closed the connection.', { cause });
}
