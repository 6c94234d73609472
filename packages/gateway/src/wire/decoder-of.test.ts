import { describe, expect, it } from 'vitest';
import { decoderOf } from './decoder-of.ts';
import { createAwsEventStreamDecoder } from './aws-event-stream.ts';
import { createSseDecoder } from './sse-decoder.ts';

describe('decoderOf', () => {
  it.each([
    ['text/event-stream; charset=utf-8', createSseDecoder],
    ['Text/Event-Stream', createSseDecoder],
    ['application/vnd.amazon.eventstream', createAwsEventStreamDecoder],
    ['application/json', undefined],
    ['application/problem+json; charset=utf-8', undefined],
    ['text/html', undefined],
  ])('knows how %s is cut, whatever was asked for', (type, decoder) => {
    expect(decoderOf(type, true)).toBe(decoder);
    expect(decoderOf(type, false)).toBe(decoder);
  });

  it.each(['text/plain; charset=utf-8', 'application/octet-stream', 'application/x-ndjson', undefined])(
    'takes %s for what was asked for',
    (type) => {
      expect(decoderOf(type, true)).toBe(createSseDecoder);
      expect(decoderOf(type, false)).toBeUndefined();
    },
  );
});
