import { Failure } from '../core/failure.ts';
import { dialects } from '../dialects/registry.ts';
import { encodeSseFrame } from '../wire/sse-encoder.ts';
import type { ClientSide } from './answer.ts';
import { answerHeaders } from './answer-headers.ts';
import type { Inbound } from './inbound.ts';
import type { Keepalive } from './keepalive.ts';
import type { Opened } from './open.ts';
import type { Piece } from './pump.ts';
import type { Sink } from './sink.ts';
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
  if (!sink.started) {
    trace.status = 200;
    sink.start(200, answerHeaders({ inbound, stream: client.envelope.stream, served, upstream: answer }));
  }
  trace.firstTokenMs = trace.elapsedMs();
  for (const piece of opened.held) await send(piece);
  for (let piece = await pump.read(); piece !== undefined; piece = await pump.read()) {
    const sent = send(piece);
    if (sent) await sent;
  }
  await sink.end();
  if (pump.seen.terminal instanceof Failure) trace.failure = pump.seen.terminal;

  function send(piece: Piece): Promise<void> | undefined {
    if (piece.length === 0) return undefined;
    keepalive.touch();
    return sink.write(piece);
  }
}

/** Tells the client of a failure, as an error answer or, when a stream has begun, as its last event. A client that left is told nothing. */
export async function sendFailure(failure: Failure, inbound: Inbound, sink: Sink, trace: Trace): Promise<void> {
  if (failure.code === 'client-gone' || inbound.signal.aborted) return;
  const dialect = dialects[inbound.dialect];
  const { envelope } = trace;
  try {
    if (sink.started) {
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
        stream,
        exchangeId: inbound.id,
        ...(envelope ? { model: envelope.model } : {}),
      });
      trace.status = failure.traits.status;
      sink.start(answer.status, { ...answer.headers, 'x-request-id': inbound.id });
      await sink.write(answer.body);
    }
    await sink.end();
  } catch {
    // The client left while it was being told. The record has the failure.
  }
}

/** Ids inside a failure need only be well formed: nothing refers to them. */
function idOf(inbound: Inbound): (prefix: string) => string {
  return (prefix) => `${prefix}${inbound.id}`;
}
