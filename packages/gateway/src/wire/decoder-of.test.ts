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
    ['undefined', undefined],
  ])('knows how %s is cut', (type, decoder) => {
    expect(decoderOf(type)).toBe(decoder);
  });
});
