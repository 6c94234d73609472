import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { splitZstdFrames, tooLarge } from './zstd-frames.ts';

/** Node's own Zstandard, which came with 22.15; undefined before. It works off the main thread and checks checksums. */
const nativeZstd = findNativeZstd();

/** Decodes Zstandard data with the best decoder there is. Errors are those of `splitZstdFrames`, `request-too-large`, or whatever the decoder throws on damage. */
export async function inflateZstd(data: Buffer, maxBytes: number): Promise<Buffer> {
  if (!nativeZstd) return inflateZstdPortably(data, maxBytes);
  const pieces: Buffer[] = [];
  let room = maxBytes;
  for (const frame of splitZstdFrames(data, maxBytes)) {
    // A limit of nothing is not allowed, but one byte more than the limit is found out at the end.
    const piece = await nativeZstd(frame, { maxOutputLength: Math.max(room, 1) });
    pieces.push(piece);
    room -= piece.length;
    if (room < 0) throw tooLarge(maxBytes);
  }
  return Buffer.concat(pieces);
}

/**
 * Zstandard in JavaScript, for Node without its own. Stops as soon as the output passes `maxBytes`, and refuses beforehand what would allocate more.
 * Checksums are skipped, not compared: damage that still decodes shows when the JSON inside is read.
 */
export function inflateZstdPortably(data: Buffer, maxBytes: number): Buffer {
  const frames = splitZstdFrames(data, maxBytes);
  const pieces: Uint8Array[] = [];
  let length = 0;
  function keep(piece: Uint8Array): void {
    length += piece.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    pieces.push(piece);
  }
  runWithin(deadlineMs(data.length), () => {
    for (const frame of frames) new Decompress(keep).push(frame, true);
  });
  return Buffer.concat(pieces);
}

/**
 * The library does not check that copies stay within a block, so that 128 KiB made for the purpose keep it busy for 15 seconds. It cannot be interrupted
 * from outside, except by the engine itself: hence the detour through a script with a time limit.
 */
function runWithin(timeoutMs: number, work: () => void): void {
  runInNewContext('work()', { work }, { timeout: timeoutMs });
}

/** Some twenty times what honest data takes. */
function deadlineMs(dataBytes: number): number {
  return 250 + Math.ceil(dataBytes / 2048);
}

function findNativeZstd() {
  const found: unknown = Reflect.get(zlib, 'zstdDecompress');
  return isZlibFunction(found) ? promisify(found) : undefined;
}

/** By name only: the type definitions are those of the oldest Node we run on, and all of these functions have one shape. */
function isZlibFunction(found: unknown): found is typeof zlib.gunzip {
  return typeof found === 'function';
}
