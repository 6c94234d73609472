import { Failure } from '../core/failure.ts';
import type { Frame, OutFrame } from '../core/frame.ts';
import { createCarry } from './carry.ts';
import { defaultMaxFrameBytes, type FrameDecoder, type FrameLimits } from './frame-decoder.ts';

const lf = 0x0a;

/**
 * Frames of newline-delimited JSON: one per line, without event name. Blank lines are skipped, a CR before the line end is not part of the frame.
 * The last line needs no line end, as the format allows: whether it is whole shows only when its JSON is parsed.
 */
export function createNdjsonDecoder({ maxFrameBytes = defaultMaxFrameBytes }: FrameLimits = {}): FrameDecoder {
  const carry = createCarry();
  let searchedTo = 0;

  function push(chunk: Buffer): readonly Frame[] {
    const bytes = carry.join(chunk);
    const frames: Frame[] = [];
    let start = 0;
    for (let end = bytes.indexOf(lf, searchedTo); end !== -1; end = bytes.indexOf(lf, start)) {
      addLine(frames, bytes.subarray(start, end));
      start = end + 1;
    }
    // One byte of grace: the CR of a line end that is still to come does not count.
    if (bytes.length - start > maxFrameBytes + 1) throw tooLong(maxFrameBytes);
    carry.keep(bytes, start);
    searchedTo = bytes.length - start;
    return frames;
  }

  function addLine(frames: Frame[], line: Buffer): void {
    const data = withoutCr(line);
    if (data.length > maxFrameBytes) throw tooLong(maxFrameBytes);
    if (!isBlank(data)) frames.push({ event: undefined, data });
  }

  function end(): readonly Frame[] {
    const frames: Frame[] = [];
    addLine(frames, carry.rest());
    return frames;
  }

  return { push, end };
}

/** A frame as a line of newline-delimited JSON. Line breaks in JSON text can only be white space, so they may go. Comments do not exist here: they give nothing. */
export function encodeNdjsonFrame(frame: OutFrame): string {
  return 'comment' in frame ? '' : `${frame.data.replace(/[\r\n]+/g, ' ')}\n`;
}

function withoutCr(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

function tooLong(maxFrameBytes: number): Failure {
  return new Failure('upstream-garbled', `The provider sent a line of more than ${maxFrameBytes} bytes.`);
}
