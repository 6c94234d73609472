import { EventStreamCodec, type MessageHeaders } from '@smithy/eventstream-codec';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutBytes } from '../../test/kit/cut-bytes.ts';
import { createAwsEventStreamDecoder } from './aws-event-stream.ts';

const codec = new EventStreamCodec(
  (input) => Buffer.from(input).toString('utf8'),
  (input) => Buffer.from(input, 'utf8'),
);

function message(headers: Readonly<Record<string, string>>, payload = ''): Buffer {
  const typed: MessageHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }]),
  );
  return Buffer.from(codec.encode({ headers: typed, body: Buffer.from(payload, 'utf8') }));
}

const event = (type: string, payload: string) =>
  message({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, payload);

function decode(pieces: readonly Buffer[], maxFrameBytes?: number) {
  const decoder = createAwsEventStreamDecoder(maxFrameBytes === undefined ? {} : { maxFrameBytes });
  const frames = pieces.flatMap((piece) => decoder.push(piece));
  return [...frames, ...decoder.end()].map(({ event, data }) => ({ event, data: data.toString('utf8') }));
}

const garbled = expect.objectContaining({ name: 'Failure', code: 'upstream-garbled' });

describe('the AWS event-stream decoder', () => {
  it('gives what the codec encoded, wherever the chunks are cut', () => {
    const messages = fc.array(
      fc.record({ event: fc.string({ minLength: 1 }), data: fc.json({ stringUnit: 'grapheme' }) }),
      { maxLength: 8 },
    );
    const cut = messages.chain((frames) =>
      cutBytes(fc.constant(Buffer.concat(frames.map((frame) => event(frame.event, frame.data))))).map(({ pieces }) => ({
        frames,
        pieces,
      })),
    );
    fc.assert(
      fc.property(cut, ({ frames, pieces }) => {
        expect(decode(pieces)).toEqual(frames);
      }),
      { numRuns: 300 },
    );
  });

  it('names an exception by its type', () => {
    const headers = { ':message-type': 'exception', ':exception-type': 'throttlingException' };
    expect(decode([message(headers, '{"message":"Too many requests"}')])).toEqual([
      { event: 'throttlingException', data: '{"message":"Too many requests"}' },
    ]);
  });

  it('tells an error without payload as a message', () => {
    const headers = { ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': 'Oh "no"' };
    expect(decode([message(headers)])).toEqual([{ event: 'InternalFailure', data: '{"message":"Oh \\"no\\""}' }]);
  });

  it('gives a message without type as a frame without event', () => {
    expect(decode([message({}, 'x')])).toEqual([{ event: undefined, data: 'x' }]);
  });

  it('refuses a message with any one byte changed', () => {
    const whole = event('messageStart', '{"role":"assistant"}');
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const damaged = Buffer.from(whole);
        damaged.writeUInt8(whole.readUInt8(at) ^ difference, at);
        expect(() => decode([damaged])).toThrow(garbled);
      }),
    );
  });

  it('refuses a message longer than allowed before its bytes arrive', () => {
    const whole = event('delta', 'x'.repeat(200));
    expect(() => decode([whole.subarray(0, 12)], whole.length - 1)).toThrow(garbled);
    expect(decode([whole], whole.length)).toHaveLength(1);
  });

  it('drops a message that the end of the stream cuts short', () => {
    const whole = event('delta', '{}');
    expect(decode([whole, whole.subarray(0, -1)])).toHaveLength(1);
  });
});
