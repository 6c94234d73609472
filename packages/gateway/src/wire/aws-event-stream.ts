import { crc32 } from 'node:zlib';
import { EventStreamCodec, type Message } from '@smithy/eventstream-codec';
import { Failure } from '../core/failure.ts';
import type { Frame } from '../core/frame.ts';
import { createCarry } from './carry.ts';
import { defaultMaxFrameBytes, type FrameDecoder, type FrameLimits } from './frame-decoder.ts';

/** Total length, header length and their checksum, 4 bytes each. */
const preludeBytes = 12;

/**
 * Frames of an AWS event stream (Bedrock): `event` is the message's `:event-type`, `data` its payload.
 *
 * A message of type `exception` becomes a frame named by its `:exception-type`, one of type `error` (which has no payload) a frame named by its
 * `:error-code` with `{"message": …}` from its `:error-message`. Names of events and exceptions do not overlap, so the dialect can tell them apart.
 *
 * At the end of the stream an unfinished message is dropped: the dialect knows whether one was still due.
 */
export function createAwsEventStreamDecoder({ maxFrameBytes = defaultMaxFrameBytes }: FrameLimits = {}): FrameDecoder {
  const carry = createCarry();
  const codec = new EventStreamCodec(
    (input) => (typeof input === 'string' ? input : Buffer.from(input).toString('utf8')),
    (input) => Buffer.from(input, 'utf8'),
  );

  function push(chunk: Buffer): readonly Frame[] {
    const bytes = carry.join(chunk);
    const frames: Frame[] = [];
    let start = 0;
    while (bytes.length - start >= preludeBytes) {
      const end = start + messageLength(bytes.subarray(start, start + preludeBytes), maxFrameBytes);
      if (end > bytes.length) break;
      frames.push(frameOf(decodeMessage(codec, bytes.subarray(start, end))));
      start = end;
    }
    carry.keep(bytes, start);
    return frames;
  }

  return { push, end: () => [] };
}

/** Checks the prelude before its length is believed: a damaged one would make the stream wait for bytes that never come. */
function messageLength(prelude: Buffer, maxFrameBytes: number): number {
  if (crc32(prelude.subarray(0, 8)) !== prelude.readUInt32BE(8)) {
    throw new Failure('upstream-garbled', 'The provider sent an event-stream message whose header is damaged.');
  }
  const length = prelude.readUInt32BE(0);
  if (length > maxFrameBytes) {
    throw new Failure('upstream-garbled', `The provider sent a stream message of more than ${maxFrameBytes} bytes.`);
  }
  // A length too small to hold the prelude would never let the stream advance; the codec refuses it.
  return Math.max(length, preludeBytes);
}

function decodeMessage(codec: EventStreamCodec, bytes: Buffer): Message {
  try {
    return codec.decode(bytes);
  } catch (cause) {
    throw new Failure('upstream-garbled', 'The provider sent a damaged event-stream message.', { cause });
  }
}

function frameOf({ headers, body }: Message): Frame {
  const text = (name: string): string | undefined => {
    const header = headers[name];
    return header?.type === 'string' ? header.value : undefined;
  };
  const payload = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  switch (text(':message-type')) {
    case 'exception':
      return { event: text(':exception-type'), data: payload };
    case 'error':
      return { event: text(':error-code'), data: payload.length > 0 ? payload : errorPayload(text(':error-message')) };
    default:
      return { event: text(':event-type'), data: payload };
  }
}

function errorPayload(message: string | undefined): Buffer {
  return Buffer.from(JSON.stringify({ message: message ?? '' }), 'utf8');
}
