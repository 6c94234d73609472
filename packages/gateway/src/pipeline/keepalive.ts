import { encodeSseFrame } from '../wire/sse-encoder.ts';
import type { ClientSide } from './answer.ts';
import type { Inbound } from './inbound.ts';
import { answerHeaders } from './answer-headers.ts';
import type { Sink } from './sink.ts';
import { tidingsOf } from './tidings.ts';
import type { Trace } from './trace.ts';

/** Keeps a streaming client patient while upstream is silent. */
export interface Keepalive {
  /** Bytes have just gone out. */
  touch(): void;
  stop(): void;
}

export interface KeepaliveSettings {
  readonly client: ClientSide;
  readonly inbound: Inbound;
  readonly sink: Sink;
  readonly trace: Trace;
  readonly everyMs: number;
}

/**
 * Sends the dialect's sign of life after one to two periods of silence, also before upstream has answered at all:
 * then the status is 200 and a later failure is told inside the stream, while failing over stays possible.
 */
export function startKeepalive(settings: KeepaliveSettings): Keepalive {
  const { client, inbound, sink, trace } = settings;
  if (!client.envelope.stream) return { touch: () => {}, stop: () => {} };
  let silent = true;

  function beat(): void {
    if (silent && !inbound.signal.aborted) {
      if (!sink.started()) {
        trace.status = 200;
        sink.start(200, answerHeaders({ inbound, stream: true, tellsWay: false, tidings: tidingsOf(trace, inbound) }));
      }
      const frame = client.dialect.createReplyEncoder(client.context).keepalive();
      // A client that does not read needs no sign of life, so nobody waits for this one.
      sink.write(encodeSseFrame(frame))?.catch(() => {});
    }
    silent = true;
  }

  const timer = setInterval(beat, settings.everyMs);
  return {
    touch() {
      silent = false;
    },
    stop: () => clearInterval(timer),
  };
}
