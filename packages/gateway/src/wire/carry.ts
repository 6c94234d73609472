/** Keeps the bytes of an unfinished message from one chunk to the next. */
export interface Carry {
  /** What was kept, followed by `chunk`; the chunk itself where nothing was kept. */
  join(chunk: Buffer): Buffer;
  /** Keeps `joined` from byte `from` on. `joined` must be what the last `join` gave. */
  keep(joined: Buffer, from: number): void;
  /** What is kept. */
  rest(): Buffer;
}

const nothing: Buffer = Buffer.alloc(0);

/**
 * A tail is copied rather than referenced: a few bytes would pin a whole socket buffer for as long as the stream is idle.
 * Storage doubles while one message grows, so that a large message in many small chunks is not copied over and over.
 * Bytes before `from` are never written again: whoever holds views of them may keep them.
 */
export function createCarry(): Carry {
  let storage: Buffer = nothing;
  let stored = 0;

  function join(chunk: Buffer): Buffer {
    if (stored === 0) return chunk;
    const total = stored + chunk.length;
    if (total > storage.length) storage = grown(storage.subarray(0, stored), total);
    chunk.copy(storage, stored);
    return storage.subarray(0, total);
  }

  function keep(joined: Buffer, from: number): void {
    const alreadyStored = from === 0 && stored > 0;
    if (!alreadyStored) storage = from === joined.length ? nothing : Buffer.from(joined.subarray(from));
    stored = joined.length - from;
  }

  return { join, keep, rest: () => storage.subarray(0, stored) };
}

function grown(bytes: Buffer, atLeast: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(atLeast, bytes.length * 2));
  bytes.copy(larger);
  return larger;
}
