import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import type { Snapshot } from '../config/snapshot.ts';
import type { EncodeContext } from '../dialects/dialect.ts';
import { dialects } from '../dialects/registry.ts';
import type { Authenticator } from '../identity/authenticate.ts';
import type { Principal } from '../identity/principal.ts';
import type { RefusedSeals } from '../routing/refused-seals.ts';
import type { RetryBudget } from '../routing/retry-budget.ts';
import type { Vitals } from '../routing/vitals.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Vault } from '../vault/vault.ts';
import { type ArrangePorts, sessionOf } from './arrange.ts';
import { withBudgetUsed } from './budget-used.ts';
import { createCompactor } from './compactor.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import type { RenewKey } from './failover/renewed-key.ts';
import { failureOf } from './failure-of.ts';
import type { Inbound } from './inbound.ts';
import { startKeepalive } from './keepalive.ts';
import { type OpenPorts, openFirst } from './open.ts';
import { openPayment, type PaymentPorts } from './payment/payment.ts';
import { measureRequest } from './payment/request-size.ts';
import { relay, sendFailure } from './relay.ts';
import { routeRequest, routeStandIn } from './route.ts';
import { createSealSieve } from './seal-sieve.ts';
import type { Sink } from './sink.ts';
import { openOrStandIn } from './stand-in.ts';
import { finishRecord, startTrace, type Trace } from './trace.ts';

/** What an exchange needs of the house. */
export interface ExchangePorts extends PaymentPorts, ArrangePorts {
  snapshot(): Snapshot;
  /** Knows callers. */
  readonly identity: Authenticator;
  readonly upstream: Upstream;
  readonly retries: RetryBudget;
  /** Knows how deployments do. */
  readonly vitals: Vitals;
  /** Knows which seals of a session are another account's. */
  readonly refusedSeals: RefusedSeals;
  /** Looks for another value of a key that was refused. Absent: keys stay as they are. */
  readonly renewKey?: RenewKey;
  /** Seals what agents keep for us. */
  readonly vault: Vault;
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
 * A request's whole life. When it returns, the answer's bytes have left, upstream is released, its money is settled and the record is written.
 * Every failure becomes the client's answer and the record's outcome. Only a defect while telling of a failure is thrown, after the record.
 */
export async function exchange(inbound: Inbound, sink: Sink, ports: ExchangePorts, work: Work = serve): Promise<void> {
  const trace = startTrace(inbound, ports.clock, ports.snapshot().routeHeader);
  try {
    await work(inbound, sink, ports, trace);
  } catch (thrown) {
    trace.failure = failureOf(thrown, inbound);
    trace.served?.pump.cancel();
    await sendFailure(trace.failure, inbound, sink, trace);
  } finally {
    const bill = await trace.payment?.close(trace.failure);
    if (bill) trace.bill = bill;
    ports.recorder.record(finishRecord(inbound, trace, sink.bytesWritten()), trace.failure?.cause);
  }
}

async function serve(inbound: Inbound, sink: Sink, ports: ExchangePorts, trace: Trace): Promise<void> {
  const snapshot = ports.snapshot();
  const dialect = dialects[inbound.dialect];
  const { principal, envelope } = await admit(inbound, ports, trace);
  const asked = await withBudgetUsed({ inbound, envelope, principal, snapshot }, ports.ledger);
  const { itinerary, question, compaction } = routeRequest(asked, ports, trace);
  trace.isCompaction = compaction !== undefined;
  const condenses = compaction?.by === 'gateway';
  const compactor = createCompactor({ ...ports, tenant: principal.tenant, condenses });
  const context: EncodeContext = {
    model: envelope.model,
    createdAt: Math.floor(inbound.receivedAt / 1000),
    newId: (prefix) => ports.newId(prefix),
  };
  const sieve = createSealSieve(ports.refusedSeals, sessionOf(inbound, principal));
  const client = { dialect: compaction?.dialect ?? dialect, envelope, context, compactor, sieve };
  const payment = openPayment(
    { inbound, principal, snapshot, measured: measureRequest(envelope.peek(), dialect), free: false },
    ports,
    trace,
  );
  trace.payment = payment;
  const { upstream, clock, health, retries, renewKey } = ports;
  const renewing = renewKey && { renewKey };
  const open: OpenPorts = { inbound, snapshot, upstream, clock, health, retries, payment, ...renewing };
  const keepalive = startKeepalive({ client, inbound, sink, trace, everyMs: snapshot.limits.keepaliveMs });
  try {
    const opened = await openOrStandIn(
      { itinerary, asked: envelope.model },
      (tries) => openFirst(tries, client, open, trace),
      (model) => routeStandIn(model, question, ports, trace),
    );
    trace.served = opened.served;
    if (!opened.served.pump.track) envelope.forget();
    await relay(opened, { client, inbound, sink, trace, keepalive });
  } finally {
    keepalive.stop();
  }
}

/** Who asks, and for what. Throws what refuses either. */
export async function admit(
  inbound: Inbound,
  ports: ExchangePorts,
  trace: Trace,
): Promise<{ principal: Principal; envelope: Envelope }> {
  const principal = await admitCaller(inbound, ports, trace);
  const envelope = readEnvelope(inbound, await inbound.readBody(), dialects[inbound.dialect]);
  trace.envelope = envelope;
  return { principal, envelope };
}

/** Who asks. Throws what refuses the caller, whatever is asked. */
export async function admitCaller(inbound: Inbound, { identity }: ExchangePorts, trace: Trace): Promise<Principal> {
  const principal = await identity.authenticate(inbound.credentials);
  trace.principal = principal;
  return principal;
}
