import { Failure } from '../core/failure.ts';
import type { Observation } from '../dialects/dialect.ts';
import type { AnswerBody } from '../upstream/upstream.ts';
import type { AnswerWeight, Piece, Pump } from './pump.ts';

/** What a lane makes of a complete answer. */
export interface WholeAnswer {
  readonly piece: Piece;
  readonly seen: Observation;
}

/** Largest answer that is held in memory. */
export const maxAnswerBytes = 64 * 1024 * 1024;

/**
 * An answer that reaches the client in one piece, because upstream gave JSON.
 * `finish` sees all bytes of upstream. Nothing has gone out before, so failures throw and may be failed over.
 */
export function createWholePump(body: AnswerBody, finish: (bytes: Buffer) => WholeAnswer): Pump {
  let seen: Observation = { semantic: false };
  let finished = false;
  let weight: AnswerWeight = { frames: 0, textBytes: 0 };

  async function read(): Promise<Piece | undefined> {
    if (finished) return undefined;
    finished = true;
    const bytes = await readWhole(body);
    const answer = finish(bytes);
    seen = answer.seen;
    // Of the two forms the shorter one has less wire around its words.
    weight = { frames: 1, textBytes: Math.min(bytes.length, Buffer.byteLength(answer.piece)) };
    return answer.piece;
  }

  return {
    read,
    finished: () => finished,
    // A JSON answer has no signs of life: its bytes are the answer, however long they take.
    begun: () => true,
    seen: () => seen,
    weight: () => weight,
    cancel: () => body.cancel(),
  };
}

/** All bytes of an answer. Throws `upstream-garbled` beyond `maxBytes`, and what reading throws. */
export async function readWhole(body: AnswerBody, maxBytes = maxAnswerBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = await body.read();
    if (chunk === undefined) return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size);
    size += chunk.length;
    if (size > maxBytes) {
      body.cancel();
      throw tooLarge(maxBytes);
    }
    chunks.push(chunk);
  }
}

/** The failure for an answer that is larger than we hold. */
export function tooLarge(maxBytes: number): Failure {
  return new Failure('upstream-garbled', `The provider's answer is larger than ${maxBytes} bytes.`);
}
