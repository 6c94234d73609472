import type { ReplyEvent } from '../core/events.ts';
import type { Failure } from '../core/failure.ts';
import type { OutFrame } from '../core/frame.ts';
import type { ReplyDecoder, ReplyEncoder } from '../dialects/dialect.ts';
import type { ReplyTrack } from '../dialects/resumption.ts';
import type { FrameDecoder } from '../wire/frame-decoder.ts';
import { createSseDecoder } from '../wire/sse-decoder.ts';
import { encodeSseFrame } from '../wire/sse-encoder.ts';
import type { Transform } from './stream-pump.ts';
import { createWitness, withHeldBack } from './witness.ts';

/** How a stream is read and written. */
export interface TranslateParts {
  readonly decoder: ReplyDecoder;
  readonly encoder: ReplyEncoder;
  /** Default: server-sent events. */
  readonly frames?: FrameDecoder | undefined;
  /** Remembers what is told; a failure is then withheld. */
  readonly track?: ReplyTrack | undefined;
}

/** The translate lane: frames become events, events become the client's frames. */
export function createTranslateTransform(parts: TranslateParts): Transform {
  const { decoder, encoder, frames = createSseDecoder(), track } = parts;
  const witness = createWitness();
  let withheld: string | undefined;

  function encode(events: readonly ReplyEvent[]): string {
    let text = '';
    for (const event of events) {
      witness.watch(event);
      if (track && event.type === 'reply-failed') withheld = textOf(encoder.push(event));
      else text += textOf(encoder.push(event), track);
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
      if (decoder.complete?.() === true) return encode(decoder.end());
      return witness.seen.terminal === undefined ? encode([{ type: 'reply-failed', failure }]) : '';
    },
    complete: () => decoder.complete?.() === true,
    withheld: () => withheld,
    seen: () => witness.seen,
    begun: () => witness.seen.semantic || (decoder.heldBack?.() ?? 0) > 0,
    weight: () => withHeldBack(witness.weight, decoder),
  };
}

function textOf(frames: readonly OutFrame[], track?: ReplyTrack): string {
  let text = '';
  for (const frame of frames) {
    if (track && 'data' in frame) track.watch(frame);
    text += encodeSseFrame(frame);
  }
  return text;
}
