import { asFailure, Failure } from '../core/failure.ts';
import type { Observation } from '../dialects/dialect.ts';
import type { ReplyTrack } from '../dialects/resumption.ts';
import type { AnswerBody } from '../upstream/upstream.ts';
import type { AnswerWeight, Piece, Pump } from './pump.ts';

/** What a lane does to the bytes of a stream. */
export interface Transform {
  /** Upstream's bytes in, the client's bytes out. Throws `upstream-garbled`. Gives nothing after the terminal event. */
  push(chunk: Buffer): Piece;
  /** Upstream ended: whatever is still owed, with the terminal event at the latest. */
  end(): Piece;
  /** Upstream failed: one closing failure in the client's dialect, or nothing if a terminal event has passed. */
  fail(failure: Failure): Piece;
  /** The answer is whole; only a last word on usage may follow. */
  complete(): boolean;
  /** How the client is to be told of the failure, where that is held back because another deployment may go on with the answer. */
  withheld?(): Piece | undefined;
  seen(): Observation;
  /** The answer itself is on its way, not only signs of life. */
  begun(): boolean;
  weight(): AnswerWeight;
}

/** How long a whole answer is kept open for a word on usage and the end mark. Some providers never end it. */
const lingerMs = 1_000;

/** Drives a stream through a lane. `track`: remembers what the client is told. */
export function createStreamPump(body: AnswerBody, transform: Transform, track?: ReplyTrack): Pump {
  let finished = false;
  let linger: NodeJS.Timeout | undefined;

  function finish(piece: Piece): Piece | undefined {
    finished = true;
    clearTimeout(linger);
    return piece.length > 0 ? piece : undefined;
  }

  async function read(): Promise<Piece | undefined> {
    if (finished) return undefined;
    try {
      const chunk = await next();
      if (chunk === undefined) return finish(transform.end());
      const piece = transform.push(chunk);
      if (!transform.seen().closed) return piece;
      body.release();
      return finish(piece);
    } catch (thrown) {
      return finish(failed(thrown));
    }
  }

  /** Cancelling the body ends a read that waits, as if upstream had ended. */
  function next(): Promise<Buffer | undefined> {
    if (transform.complete()) linger ??= setTimeout(() => body.cancel(), lingerMs);
    return body.read();
  }

  function failed(thrown: unknown): Piece {
    clearTimeout(linger);
    body.cancel();
    const failure = thrown instanceof Failure ? thrown : asFailure(thrown, 'stream');
    if (failure.code === 'client-gone') throw failure;
    return transform.fail(failure);
  }

  return {
    read,
    finished: () => finished,
    begun: transform.begun,
    seen: transform.seen,
    weight: transform.weight,
    withheld: () => transform.withheld?.(),
    ...(track ? { track } : {}),
    cancel() {
      clearTimeout(linger);
      body.cancel();
    },
  };
}
