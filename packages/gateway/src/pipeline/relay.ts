import { Failure } from '../core/failure.ts';
import { dialects } from '../dialects/registry.ts';
import { encodeSseFrame } from '../wire/sse-encoder.ts';
import type { ClientSide } from './answer.ts';
import { answerHeaders } from './answer-headers.ts';
import type { Inbound } from './inbound.ts';
import type { Keepalive } from './keepalive.ts';
import type { Opened } from './open.ts';
import type { Sink } from './sink.ts';
import { tidingsOf } from './tidings.ts';
import type { Trace } from './trace.ts';

export interface RelayPorts {
  readonly client: ClientSide;
  readonly inbound: Inbound;
  readonly sink: Sink;
  readonly trace: Trace;
  readonly keepalive: Keepalive;
}

/** Carries an opened answer to the client, at the client's pace. A failure of upstream ends in the client's own dialect and on the record. */
export async function relay(opened: Opened, ports: RelayPorts): Promise<void> {
  const { sink, trace, keepalive, inbound, client } = ports;
  const { served, answer } = opened;
  const { pump } = served;
  if (!sink.started()) {
    trace.status = 200;
    const { stream } = client.envelope;
    const tidings = tidingsOf(trace, inbound);
    const tellsWay = trace.routeHeader !== 'off';
    const headers = answerHeaders({ inbound, stream, served, tellsWay, upstream: answer, tidings });
    const only = pump.finished() && opened.held.length === 1 ? opened.held[0] : undefined;
    if (only !== undefined) headers['content-length'] = String(Buffer.byteLength(only));
    sink.start(200, headers);
  }
  trace.firstTokenMs = trace.elapsedMs();
  await carry(opened, sink, keepalive);
  const { terminal } = pump.seen();
  if (terminal instanceof Failure) trace.failure = terminal;
}

/** Piece by piece; the last one goes out together with the end, which saves a write. */
export async function carry({ held, served: { pump } }: Opened, sink: Sink, keepalive: Keepalive): Promise<void> {
  const waiting = [...held];
  for (;;) {
    const piece = waiting.shift() ?? (await pump.read());
    if (piece === undefined) return sink.end();
    if (pump.finished() && waiting.length === 0) return sink.end(piece);
    if (piece.length === 0) continue;
    keepalive.touch();
    const sent = sink.write(piece);
    if (sent) await sent;
  }
}

/** Tells the client of a failure, as an error answer or, when a stream has begun, as its last event. A client that left is told nothing. */
export async function sendFailure(failure: Failure, inbound: Inbound, sink: Sink, trace: Trace): Promise<void> {
  if (failure.code === 'client-gone' || inbound.signal.aborted) return;
  const dialect = dialects[inbound.dialect];
  const { envelope } = trace;
  try {
    if (sink.started()) {
      const context = {
        model: envelope?.model ?? '',
        createdAt: Math.floor(inbound.receivedAt / 1000),
        newId: idOf(inbound),
      };
      await sink.write(dialect.failureFrames(failure, context).map(encodeSseFrame).join(''));
    } else {
      const stream = envelope?.stream ?? inbound.addressed?.stream ?? false;
      const answer = dialect.encodeFailure(failure, {
        agent: inbound.agent,
        ...(inbound.agentRelease === undefined ? {} : { agentRelease: inbound.agentRelease }),
        stream,
        exchangeId: inbound.id,
        ...(envelope?.model === undefined ? {} : { model: envelope.model }),
      });
      trace.status = answer.status;
      sink.start(answer.status, { ...tidingsOf(trace, inbound), ...answer.headers, 'x-request-id': inbound.id });
      await sink.write(answer.body);
    }
    await sink.end();
  } catch (thrown) {
    // The client left while it was being told; the record has the failure. Anything else is a defect, for whoever owns the socket.
    if (!(thrown instanceof Failure)) throw thrown;
  }
}

/** Ids inside a failure need only be well formed: nothing refers to them. */
function idOf(inbound: Inbound): (prefix: string) => string {
  return (prefix) => `${prefix}${inbound.id}`;
}
