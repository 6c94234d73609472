import type { Frame } from '../core/frame.ts';

const colon = 0x3a;
const space = 0x20;
const lastOfAscii = 0x7f;
const newline = Buffer.from('\n');

/** Collects the lines of one event-stream block (what stands between two blank lines). Offsets only: nothing is copied before the block is whole. */
export interface SseBlock {
  /** No field so far; comments do not count. */
  isEmpty(): boolean;
  /** Reads one line, given without its line end. */
  addLine(bytes: Buffer, start: number, end: number): void;
  /** The block as a frame, or undefined where it held no data; the next block begins. */
  take(bytes: Buffer): Frame | undefined;
  /** The bytes now begin `by` bytes later. */
  shift(by: number): void;
}

export function createSseBlock(): SseBlock {
  let empty = true;
  let event: string | undefined;
  /** The name of the event before: most events are like the one before them. */
  let lastName = '';
  /** Start and end of each data line's value, flat. */
  let data: number[] = [];

  function addLine(bytes: Buffer, start: number, end: number): void {
    if (bytes[start] === colon) return;
    empty = false;
    const dataStart = valueStart(bytes, start, end, 'data');
    if (dataStart !== -1) {
      data.push(dataStart, end);
      return;
    }
    const eventStart = valueStart(bytes, start, end, 'event');
    if (eventStart === -1) return;
    if (!isText(bytes, eventStart, end, lastName)) lastName = bytes.toString('utf8', eventStart, end);
    event = lastName === '' ? undefined : lastName;
  }

  function take(bytes: Buffer): Frame | undefined {
    const frame = data.length === 0 ? undefined : { event, data: joinLines(bytes, data) };
    empty = true;
    event = undefined;
    data = [];
    return frame;
  }

  function shift(by: number): void {
    if (by > 0 && data.length > 0) data = data.map((offset) => offset - by);
  }

  return { isEmpty: () => empty, addLine, take, shift };
}

/** Whether these bytes are this text. What is not ASCII counts as another. */
function isText(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (bytes[start + at] !== code || code > lastOfAscii) return false;
  }
  return true;
}

/** Where the value begins if the line is the field `name`, else -1. One space after the colon is not part of the value; a line without colon has an empty one. */
function valueStart(bytes: Buffer, start: number, end: number, name: string): number {
  const nameEnd = start + name.length;
  if (nameEnd > end) return -1;
  for (let at = 0; at < name.length; at += 1) {
    if (bytes[start + at] !== name.charCodeAt(at)) return -1;
  }
  if (nameEnd === end) return end;
  if (bytes[nameEnd] !== colon) return -1;
  // Past the end stands the line end, so it is no space.
  return bytes[nameEnd + 1] === space ? nameEnd + 2 : nameEnd + 1;
}

function joinLines(bytes: Buffer, ranges: readonly number[]): Buffer {
  if (ranges.length === 2) return bytes.subarray(ranges[0], ranges[1]);
  const pieces: Buffer[] = [];
  for (let at = 0; at < ranges.length; at += 2) {
    if (at > 0) pieces.push(newline);
    pieces.push(bytes.subarray(ranges[at], ranges[at + 1]));
  }
  return Buffer.concat(pieces);
}
