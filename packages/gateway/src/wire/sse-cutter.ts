import { Failure } from '../core/failure.ts';
import type { Frame } from '../core/frame.ts';
import { createCarry } from './carry.ts';
import { defaultMaxFrameBytes, type FrameLimits } from './frame-decoder.ts';
import { createSseBlock } from './sse-block.ts';

/** What became complete with a chunk. */
export interface Cut {
  /** The stream's own bytes up to the last frame border, untouched and in order: safe to forward, since no half frame can follow. */
  readonly ready: readonly Buffer[];
  /** The frames in those bytes. */
  readonly frames: readonly Frame[];
  /** For each frame, the offset in `ready[0]` right behind it: who wants to leave a frame out cuts there. */
  readonly ends: readonly number[];
}

/** What was left when the stream ended. */
export interface LastCut extends Cut {
  /**
   * Bytes after the last border. They lack the closing blank line: who forwards them must add `\n\n` (further blank lines do no harm).
   * `frames` tells whether they are worth forwarding; without a frame they are half a frame and must be dropped.
   */
  readonly rest: Buffer | undefined;
}

/** Cuts an event stream (Server-Sent Events) at its frame borders and reads the frames on the way. */
export interface FrameCutter {
  /** Throws `upstream-garbled` when a frame is longer than allowed. The cutter must not be used after that. */
  push(chunk: Buffer): Cut;
  end(): LastCut;
}

const lf = 0x0a;
const cr = 0x0d;

/**
 * The only scanner for event streams; `createSseDecoder` is this without the bytes. Follows the WHATWG rules for parsing an event stream
 * (LF, CR and CRLF; a leading byte order mark; comments; `id` and `retry` ignored; blocks without data give no frame) with two departures:
 *
 * - A complete comment line outside a block is a border of its own, so that a keepalive is forwarded at once.
 * - The end of the stream closes a block whose last line is complete. The rules would drop it, but vendors forget the last blank line.
 *   A line that is itself cut short drops its whole block: half a value must not pass as a whole one.
 */
export function createFrameCutter({ maxFrameBytes = defaultMaxFrameBytes }: FrameLimits = {}): FrameCutter {
  const carry = createCarry();
  const block = createSseBlock();
  /** Offsets into the bytes that are kept. */
  let lineStart = 0;
  let searchedTo = 0;
  let firstLine = true;
  /** The last line ended in CR: an LF that follows belongs to it. */
  let afterCr = false;

  function push(chunk: Buffer): Cut {
    const bytes = carry.join(chunk);
    const frames: Frame[] = [];
    const ends: number[] = [];
    const border = scan(bytes, frames, ends);
    if (bytes.length - border > maxFrameBytes) throw tooLong(maxFrameBytes);
    carry.keep(bytes, border);
    lineStart -= border;
    searchedTo = bytes.length - border;
    block.shift(border);
    return { ready: border === 0 ? [] : [bytes.subarray(0, border)], frames, ends };
  }

  /** Reads all complete lines and gives the last border. Each kind of line end is searched for only after the last one found was passed. */
  function scan(bytes: Buffer, frames: Frame[], ends: number[]): number {
    let border = 0;
    let from = searchedTo;
    let nextLf = -1;
    let nextCr = -1;
    for (;;) {
      if (afterCr && lineStart < bytes.length) {
        afterCr = false;
        if (bytes[lineStart] === lf) from = lineStart += 1;
        if (block.isEmpty()) border = lineStart;
      }
      // A blank line is common and needs no search.
      if (nextLf < from) nextLf = bytes[from] === lf ? from : indexOrEnd(bytes, lf, from);
      if (nextCr < from) nextCr = indexOrEnd(bytes, cr, from);
      const lineEnd = Math.min(nextLf, nextCr);
      if (lineEnd === bytes.length) return border;
      const frame = readLine(bytes, lineEnd);
      afterCr = lineEnd === nextCr;
      from = lineStart = lineEnd + 1;
      if (frame) {
        frames.push(frame);
        ends.push(lineStart);
      }
      if (!block.isEmpty()) continue;
      if (lineStart - border > maxFrameBytes) throw tooLong(maxFrameBytes);
      border = lineStart;
    }
  }

  function readLine(bytes: Buffer, lineEnd: number): Frame | undefined {
    const start = firstLine ? afterByteOrderMark(bytes, lineStart, lineEnd) : lineStart;
    firstLine = false;
    if (start === lineEnd) return block.take(bytes);
    block.addLine(bytes, start, lineEnd);
    return undefined;
  }

  function end(): LastCut {
    const bytes = carry.rest();
    const frame = lineStart === bytes.length ? block.take(bytes) : undefined;
    return { ready: [], frames: frame ? [frame] : [], ends: [], rest: bytes.length === 0 ? undefined : bytes };
  }

  return { push, end };
}

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at === -1 ? bytes.length : at;
}

function afterByteOrderMark(bytes: Buffer, start: number, end: number): number {
  const marked = end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
  return marked ? start + 3 : start;
}

function tooLong(maxFrameBytes: number): Failure {
  return new Failure('upstream-garbled', `The provider sent a stream event of more than ${maxFrameBytes} bytes.`);
}
