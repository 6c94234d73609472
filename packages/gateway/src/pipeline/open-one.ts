import { Failure } from '../core/failure.ts';
import { wasStaleConnection } from '../upstream/transport-failure.ts';
import type { Upstream, UpstreamAnswer, UpstreamCall } from '../upstream/upstream.ts';
import { type ClientSide, openAnswer } from './answer.ts';
import type { Course } from './failover/course.ts';
import type { Opened, OpenPorts } from './open.ts';
import type { PaidAttempt } from './payment/payment.ts';
import type { Aim } from './payment/reserve.ts';
import { prepare, type Prepared } from './prepare.ts';
import type { Piece, Pump } from './pump.ts';
import { noteAnswer, type Trace } from './trace.ts';

/** What an attempt needs beside its deployment. */
export interface Around {
  readonly client: ClientSide;
  readonly ports: OpenPorts;
  readonly trace: Trace;
}

/** One attempt, and another one at once at the same place where that is certain to be asked something else. */
export async function openWilling(aim: Aim, course: Course, around: Around): Promise<Opened> {
  for (;;) {
    try {
      return await around.ports.payment.attempt(aim, (paid) => openOne({ aim, paid, course }, around), course);
    } catch (thrown) {
      if (!asksOtherwise(thrown, aim, around.client)) throw thrown;
    }
  }
}

/** A model that was to condense its history and called a tool may call none the next time. Whoever refused a seal gets the history without it. */
function asksOtherwise(thrown: unknown, { deployment }: Aim, { compactor, sieve, envelope }: ClientSide): boolean {
  return compactor.asksAgain() || sieve.mayMend(thrown, envelope, deployment);
}

interface Attempt {
  readonly aim: Aim;
  readonly paid: PaidAttempt;
  readonly course: Course;
}

async function openOne(attempt: Attempt, around: Around): Promise<Opened> {
  const { client, ports, trace } = around;
  const { paid, course, aim } = attempt;
  const { deployment } = aim;
  const startedMs = trace.elapsedMs();
  const { outputTokens } = paid;
  const prepared = prepare(deployment, { inbound: course.inbound, ...client, outputTokens }, ports.snapshot);
  paid.sent = true;
  course.sent({
    streams: prepared.asksForStream,
    hasHead: () => paid.status !== undefined,
    hasBegun: () => paid.pump?.begun() === true,
  });
  try {
    const answer = await callOnce(ports.upstream, prepared.call);
    paid.status = answer.status;
    const { pump, held } = await begin(prepared, answer, attempt, around);
    const { losses } = prepared;
    // Whoever goes on with another's answer is rewritten, however it was asked.
    const lane = client.context.goesOn ? 'translate' : prepared.lane;
    noteAnswer(trace, deployment, { lane, startedMs, status: answer.status, hedge: course.hedge });
    return { served: { deployment, lane, losses, pump }, answer, held };
  } catch (thrown) {
    if (course.ended) throw course.ended;
    throw prepared.dialect === ports.inbound.dialect ? thrown : withoutForeignBody(thrown);
  }
}

async function begin(
  prepared: Prepared,
  answer: UpstreamAnswer,
  { paid, course }: Attempt,
  { client, ports }: Around,
): Promise<{ pump: Pump; held: readonly Piece[] }> {
  try {
    const pump = await openAnswer(prepared, answer, client, ports.clock.now());
    paid.pump = pump;
    return { pump, held: await holdUntilSemantic(pump, course) };
  } catch (thrown) {
    answer.body.cancel();
    throw thrown;
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

/** Reads until the answer is certain to be one. Throws the failure that came instead. */
async function holdUntilSemantic(pump: Pump, course: Course): Promise<readonly Piece[]> {
  const held: Piece[] = [];
  let heldBytes = 0;
  while (!pump.seen().semantic) {
    // An answer that is gathered for its caller has begun long before there is anything to tell.
    if (pump.begun()) course.win();
    const piece = await pump.read();
    const { terminal, semantic } = pump.seen();
    if (terminal instanceof Failure && !semantic) throw terminal;
    if (piece === undefined) break;
    heldBytes += piece.length;
    if (!semantic && heldBytes > maxHeldBytes) throw tooMuchAhead();
    if (piece.length > 0) held.push(piece);
  }
  course.win();
  return held;
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
