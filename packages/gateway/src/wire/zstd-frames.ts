import { Failure } from '../core/failure.ts';

/** Zstandard compresses blocks of at most 128 KiB each. */
const maxBlockBytes = 128 * 1024;
/** What RFC 9659 lets an HTTP sender demand of a receiver's memory. */
const maxWindowBytes = 8 * 1024 * 1024;

/** Parallel compressors write a frame for every few megabytes. */
const maxFrames = 1000;

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;

/**
 * The frames of Zstandard data that have content, found without decompressing them. Decoders differ in how they treat data of several frames
 * (Node's own stops after the first), so each is decoded by itself.
 *
 * Throws if a decoder would have to allocate more than is allowed: nine bytes are enough to ask for a window of gigabytes.
 * Also throws if the data ends early, needs a dictionary, or is not Zstandard at all.
 */
export function splitZstdFrames(data: Buffer, maxBytes: number): readonly Buffer[] {
  const frames: Buffer[] = [];
  let at = 0;
  while (at < data.length) {
    const magic = readNumber(data, at, 4);
    // The last four bits of a skippable frame's number are free.
    const skippable = magic - (magic % 16) === skippableMagic;
    if (!skippable && magic !== frameMagic) throw damaged();
    const end = skippable ? at + 8 + readNumber(data, at + 4, 4) : endOfFrame(data, at + 4, maxBytes);
    if (!skippable) frames.push(data.subarray(at, end));
    at = end;
  }
  if (at !== data.length || frames.length > maxFrames) throw damaged();
  return frames;
}

function endOfFrame(data: Buffer, start: number, maxBytes: number): number {
  const flags = readNumber(data, start, 1);
  const hasChecksum = (flags & 0b100) !== 0;
  let at = start + checkHeader(data, start, maxBytes);
  for (;;) {
    const header = readNumber(data, at, 3);
    const last = (header & 1) === 1;
    const size = header >> 3;
    if (size > maxBlockBytes) throw damaged();
    at += 3 + (isRepeated(header) ? 1 : size);
    if (last) return at + (hasChecksum ? 4 : 0);
  }
}

/** A block that is one byte repeated. */
function isRepeated(blockHeader: number): boolean {
  return ((blockHeader >> 1) & 3) === 1;
}

/** Gives the length of the header. */
function checkHeader(data: Buffer, start: number, maxBytes: number): number {
  const flags = readNumber(data, start, 1);
  const singleSegment = (flags & 0b10_0000) !== 0;
  const windowLength = singleSegment ? 0 : 1;
  const dictionaryLength = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeLength = [singleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;

  const dictionaryAt = start + 1 + windowLength;
  if (readNumber(data, dictionaryAt, dictionaryLength) !== 0) {
    throw new Failure('request-encoding-unsupported', 'The request body is compressed with a Zstandard dictionary.');
  }
  const contentSize = readNumber(data, dictionaryAt + dictionaryLength, sizeLength) + (sizeLength === 2 ? 256 : 0);
  if (contentSize > maxBytes) throw tooLarge(maxBytes);
  if (windowLength === 1 && windowSize(readNumber(data, start + 1, 1)) > maxWindowBytes) {
    throw new Failure(
      'request-too-large',
      `The request body's Zstandard window is larger than ${maxWindowBytes} bytes.`,
    );
  }
  return 1 + windowLength + dictionaryLength + sizeLength;
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** Little-endian, 0 to 8 bytes; large numbers lose digits that do not matter here. */
function readNumber(data: Buffer, at: number, length: number): number {
  if (at + length > data.length) throw damaged();
  let value = 0;
  for (let index = length - 1; index >= 0; index -= 1) value = value * 256 + (data[at + index] ?? 0);
  return value;
}

/** The wording for bodies that are not what their Content-Encoding says. */
export function damaged(cause?: unknown): Failure {
  return new Failure('request-malformed', 'The request body is damaged: it is not what its Content-Encoding says.', {
    cause,
  });
}

/** The wording for bodies that grow beyond the limit. */
export function tooLarge(maxBytes: number): Failure {
  return new Failure('request-too-large', `The request body is larger than the limit of ${maxBytes} bytes.`);
}
