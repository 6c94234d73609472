import type { Reply, ReplyEvent } from '../core/events.ts';
import { Failure } from '../core/failure.ts';
import type { Observation, ReplyDecoder } from '../dialects/dialect.ts';
import { foldReply } from '../dialects/shared/reply.ts';
import type { FrameDecoder } from '../wire/frame-decoder.ts';
import { createSseDecoder } from '../wire/sse-decoder.ts';
import type { Piece } from './pump.ts';
import type { Transform } from './stream-pump.ts';
import { maxAnswerBytes, tooLarge } from './whole-pump.ts';
import { createWitness, withHeldBack } from './witness.ts';

/**
 * For a client that wants JSON although upstream streams: all is held back until the terminal event, then comes in one piece.
 * Nothing counts as semantic before, so a stream that fails late can still be failed over.
 */
export function createFoldTransform(
  decoder: ReplyDecoder,
  write: (reply: Reply) => Piece,
  frames: FrameDecoder = createSseDecoder(),
): Transform {
  const witness = createWitness();
  const told: ReplyEvent[] = [];
  let finished: Observation | undefined;
  let size = 0;

  function take(events: readonly ReplyEvent[]): Piece {
    for (const event of events) {
      witness.watch(event);
      // Whole items come with their end, so their pieces need not be kept.
      if (!event.type.endsWith('-delta')) told.push(event);
    }
    return witness.seen.terminal === undefined ? '' : finish();
  }

  function finish(): Piece {
    if (finished) return '';
    const reply = foldReply(told);
    finished = { ...witness.seen, semantic: !(reply instanceof Failure) };
    return reply instanceof Failure ? '' : write(reply);
  }

  return {
    push(chunk) {
      size += chunk.length;
      if (size > maxAnswerBytes) throw tooLarge(maxAnswerBytes);
      return take([...frames.push(chunk)].flatMap((frame) => decoder.push(frame)));
    },
    end: () => take([...[...frames.end()].flatMap((frame) => decoder.push(frame)), ...decoder.end()]),
    fail: (failure) => take(decoder.complete?.() === true ? decoder.end() : [{ type: 'reply-failed', failure }]),
    complete: () => decoder.complete?.() === true,
    seen: () => finished ?? { ...witness.seen, semantic: false },
    begun: () => witness.seen.semantic || (decoder.heldBack?.() ?? 0) > 0,
    weight: () => withHeldBack(witness.weight, decoder),
  };
}
