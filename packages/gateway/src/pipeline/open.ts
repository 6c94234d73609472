import type { Snapshot } from '../config/snapshot.ts';
import type { Clock } from '../core/clock.ts';
import { Failure } from '../core/failure.ts';
import type { Health } from '../routing/health.ts';
import { restingLast } from '../routing/order-plan.ts';
import type { Deployment, Plan } from '../routing/plan.ts';
import type { RetryBudget } from '../routing/retry-budget.ts';
import { wasStaleConnection } from '../upstream/transport-failure.ts';
import type { Upstream, UpstreamAnswer, UpstreamCall } from '../upstream/upstream.ts';
import { type ClientSide, openAnswer } from './answer.ts';
import type { Inbound } from './inbound.ts';
import { failureOf } from './failure-of.ts';
import type { Aim } from './payment/reserve.ts';
import type { PaidAttempt, Payment } from './payment/payment.ts';
import { prepare } from './prepare.ts';
import type { Piece, Pump } from './pump.ts';
import { noteAnswer, type Served, type Trace } from './trace.ts';

export interface OpenPorts {
  readonly inbound: Inbound;
  readonly snapshot: Snapshot;
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly health: Health;
  readonly retries: RetryBudget;
  readonly payment: Payment;
}

/** An answer whose first semantic event is here: from now on it can no longer be exchanged for another. */
export interface Opened {
  readonly served: Served;
  readonly answer: UpstreamAnswer;
  /** What was held back until now. */
  readonly held: readonly Piece[];
}

/**
 * Tries the plan's deployments in order until one begins a real answer. A failure before the first semantic event,
 * also one hidden inside a 200 stream, leads to the next deployment while the failure table says another may help.
 * Throws the failure of the last attempt.
 */
export function openFirst(tries: Tries, client: ClientSide, ports: OpenPorts, trace: Trace): Promise<Opened> {
  return tryInOrder(tries, ports, (deployment) =>
    openWilling({ deployment, modelAsked: tries.asked }, client, ports, trace),
  );
}

/** What may be tried, and what it was that was asked for, in the words of messages. */
export interface Tries {
  readonly plan: Plan;
  readonly asked: string;
}

/**
 * Goes from deployment to deployment while the failure table says that another may help, and the gateway can afford it.
 * Throws the failure of the last attempt.
 */
export async function tryInOrder(
  { plan, asked }: Tries,
  ports: Pick<OpenPorts, 'inbound' | 'snapshot' | 'health' | 'retries' | 'clock'>,
  open: (deployment: Deployment) => Promise<Opened>,
): Promise<Opened> {
  const { inbound, snapshot, health, retries, clock } = ports;
  retries.earn();
  let left: readonly Deployment[] = plan;
  for (let tried = 1; ; tried += 1) {
    const [next, ...others] = left;
    if (!next) throw new Failure('not-ready', `No deployment serves "${asked}".`);
    try {
      return await open(next);
    } catch (thrown) {
      const failure = failureOf(thrown, inbound);
      if (!failure.traits.elsewhere) throw failure;
      if (others.length === 0 || tried >= snapshot.limits.maxAttempts) throw exhausted(failure, tried, asked);
      // What never went out is no load on anybody.
      if (failure.traits.blame === 'provider' && !retries.spend()) throw failure;
      left = restingLast(others, { health, nowMs: clock.now() });
    }
  }
}

/** A model that was to condense its history and called a tool is asked once more, and then it may call none. */
async function openWilling(aim: Aim, client: ClientSide, ports: OpenPorts, trace: Trace): Promise<Opened> {
  const open = () =>
    ports.payment.attempt(aim, (attempt) => openOne(aim.deployment, attempt, { client, ports, trace }));
  try {
    return await open();
  } catch (thrown) {
    if (!client.compactor.asksAgain()) throw thrown;
    return open();
  }
}

interface Around {
  readonly client: ClientSide;
  readonly ports: OpenPorts;
  readonly trace: Trace;
}

async function openOne(
  deployment: Deployment,
  attempt: PaidAttempt,
  { client, ports, trace }: Around,
): Promise<Opened> {
  const startedMs = trace.elapsedMs();
  const { outputTokens } = attempt;
  const prepared = prepare(deployment, { inbound: ports.inbound, ...client, outputTokens }, ports.snapshot);
  attempt.sent = true;
  const answer = await callOnce(ports.upstream, prepared.call);
  attempt.status = answer.status;
  const dialectMatches = prepared.dialect === ports.inbound.dialect;
  try {
    const pump = await openAnswer(prepared, answer, client, ports.clock.now());
    attempt.pump = pump;
    const held = await holdUntilSemantic(pump, prepared.call.deadlines.headersMs);
    const served = { deployment, lane: prepared.lane, losses: prepared.losses, pump };
    noteAnswer(trace, deployment, { lane: prepared.lane, startedMs, status: answer.status });
    return { served, answer, held };
  } catch (thrown) {
    answer.body.cancel();
    throw dialectMatches ? thrown : withoutForeignBody(thrown);
  }
}

/** A connection that upstream closed while it was idle shows only when it is used: the call is sent once more. */
export async function callOnce(upstream: Upstream, call: UpstreamCall): Promise<UpstreamAnswer> {
  try {
    return await upstream.call(call);
  } catch (thrown) {
    if (thrown instanceof Failure && wasStaleConnection(thrown)) return upstream.call(call);
    throw thrown;
  }
}

/** More than this of handshakes and signs of life is no answer. */
const maxHeldBytes = 4 * 1024 * 1024;

/**
 * Reads until the answer is certain to be one. Throws the failure that came instead.
 * Something must be said within the deadline: signs of life alone would keep an answer, and what is held of it, forever.
 */
async function holdUntilSemantic(pump: Pump, deadlineMs: number): Promise<readonly Piece[]> {
  let late: Failure | undefined;
  const timer = setTimeout(() => {
    if (pump.begun) return;
    late = new Failure('upstream-timeout', `The provider began to answer but said nothing within ${deadlineMs} ms.`);
    pump.cancel();
  }, deadlineMs);
  try {
    const held: Piece[] = [];
    let heldBytes = 0;
    while (!pump.seen.semantic) {
      const piece = await pump.read();
      if (late) throw late;
      if (pump.seen.terminal instanceof Failure && !pump.seen.semantic) throw pump.seen.terminal;
      if (piece === undefined) break;
      heldBytes += piece.length;
      if (!pump.seen.semantic && heldBytes > maxHeldBytes) throw tooMuchAhead();
      if (piece.length > 0) held.push(piece);
    }
    return held;
  } finally {
    clearTimeout(timer);
  }
}

function tooMuchAhead(): Failure {
  return new Failure('upstream-garbled', `The provider sent ${maxHeldBytes} bytes without beginning its answer.`);
}

/** An error body in another dialect would only confuse the client: it gets ours. */
function withoutForeignBody(thrown: unknown): unknown {
  if (!(thrown instanceof Failure) || !thrown.upstream) return thrown;
  const { code, message, retryAfterMs } = thrown;
  return new Failure(code, message, { cause: thrown, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

function exhausted(last: Failure, tries: number, asked: string): Failure {
  if (tries === 1) return last;
  const { code, message, retryAfterMs, limit } = last;
  return new Failure(code, `All ${tries} deployments of "${asked}" failed. The last one: ${message}`, {
    cause: last,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(limit === undefined ? {} : { limit }),
  });
}
