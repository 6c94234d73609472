import type { AnswerBody } from './upstream.ts';

/** What the body needs of the connection it comes from. */
export interface BodySource {
  pause(): void;
  resume(): void;
  abort(): void;
}

/** Turns pushed chunks into pulled ones. Holds at most about `highWaterBytes` before it pauses the source. */
export interface BodyQueue extends AnswerBody {
  push(chunk: Buffer): void;
  finish(): void;
  fail(error: Error): void;
}

/** How long upstream may keep its connection busy after its last word. */
const lingerMs = 1_000;

interface Waiter {
  resolve(chunk: Buffer | undefined): void;
  reject(error: Error): void;
}

export function createBodyQueue(source: BodySource, highWaterBytes = 128 * 1024): BodyQueue {
  let chunks: Buffer[] = [];
  let queuedBytes = 0;
  let paused = false;
  let ended = false;
  let failure: Error | undefined;
  let waiter: Waiter | undefined;
  let linger: NodeJS.Timeout | undefined;

  function takeWaiter(): Waiter | undefined {
    const waiting = waiter;
    waiter = undefined;
    return waiting;
  }

  /** Everything that is queued, as one buffer: fewer turns for many small chunks. */
  function takeQueued(): Buffer {
    const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, queuedBytes);
    chunks = [];
    queuedBytes = 0;
    if (paused) {
      paused = false;
      source.resume();
    }
    return all;
  }

  function discard(): void {
    chunks = [];
    queuedBytes = 0;
  }

  function cancel(): void {
    if (ended) return;
    ended = true;
    clearTimeout(linger);
    discard();
    takeWaiter()?.resolve(undefined);
    source.abort();
  }

  return {
    push(chunk) {
      if (linger) return;
      const waiting = takeWaiter();
      if (waiting) {
        waiting.resolve(chunk);
        return;
      }
      chunks.push(chunk);
      queuedBytes += chunk.length;
      if (queuedBytes >= highWaterBytes && !paused) {
        paused = true;
        source.pause();
      }
    },
    finish() {
      ended = true;
      clearTimeout(linger);
      takeWaiter()?.resolve(undefined);
    },
    fail(error) {
      if (ended) return;
      failure = error;
      ended = true;
      clearTimeout(linger);
      takeWaiter()?.reject(error);
    },
    read() {
      if (chunks.length > 0) return Promise.resolve(takeQueued());
      if (failure) return Promise.reject(failure);
      if (ended) return Promise.resolve(undefined);
      return new Promise((resolve, reject) => {
        waiter = { resolve, reject };
      });
    },
    release() {
      if (ended || linger) return;
      linger = setTimeout(cancel, lingerMs);
      discard();
      if (paused) {
        paused = false;
        source.resume();
      }
    },
    cancel,
  };
}
