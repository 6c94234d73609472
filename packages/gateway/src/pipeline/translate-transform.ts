import type { ReplyEvent } from '../core/events.ts';
import type { Failure } from '../core/failure.ts';
import type { Observation, ReplyDecoder, ReplyEncoder } from '../dialects/dialect.ts';
import type { FrameDecoder } from '../wire/frame-decoder.ts';
import { createSseDecoder } from '../wire/sse-decoder.ts';
import { encodeSseFrame } from '../wire/sse-encoder.ts';
import type { Transform } from './stream-pump.ts';
import { createWitness, withHeldBack } from './witness.ts';

/** The translate lane: frames become events, events become the client's frames. */
export function createTranslateTransform(
  decoder: ReplyDecoder,
  encoder: ReplyEncoder,
  frames: FrameDecoder = createSseDecoder(),
): Transform {
  const witness = createWitness();

  function encode(events: readonly ReplyEvent[]): string {
    let text = '';
    for (const event of events) {
      witness.watch(event);
      for (const frame of encoder.push(event)) text += encodeSseFrame(frame);
    }
    return text;
  }

  return {
    push(chunk) {
      let text = '';
      for (const frame of frames.push(chunk)) text += encode(decoder.push(frame));
      return text;
    },
    end() {
      let text = '';
      for (const frame of frames.end()) text += encode(decoder.push(frame));
      return text + encode(decoder.end());
    },
    fail(failure: Failure) {
      if (decoder.complete === true) return encode(decoder.end());
      return witness.seen.terminal === undefined ? encode([{ type: 'reply-failed', failure }]) : '';
    },
    get complete() {
      return decoder.complete === true;
    },
    get seen(): Observation {
      return witness.seen;
    },
    get begun() {
      return witness.seen.semantic || (decoder.heldBack ?? 0) > 0;
    },
    get weight() {
      return withHeldBack(witness.weight, decoder);
    },
  };
}
