import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSseDecoder } from './sse-decoder.ts';
import { encodeSseFrame } from './sse-encoder.ts';

const decode = (text: string) =>
  createSseDecoder()
    .push(Buffer.from(text, 'utf8'))
    .map(({ event, data }) => ({ event, data: data.toString('utf8') }));

describe('the event-stream encoder', () => {
  it('writes event, data and a blank line', () => {
    expect(encodeSseFrame({ event: 'ping', data: '{"a":1}' })).toBe('event: ping\ndata: {"a":1}\n\n');
    expect(encodeSseFrame({ data: '[DONE]' })).toBe('data: [DONE]\n\n');
  });

  it('writes text with line breaks as several lines', () => {
    expect(encodeSseFrame({ data: 'a\nb\r\nc\rd' })).toBe('data: a\ndata: b\ndata: c\ndata: d\n\n');
    expect(encodeSseFrame({ comment: 'a\nb' })).toBe(': a\n: b\n\n');
  });

  it('writes frames that decode to themselves, line breaks told as LF', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.constantFrom('\r', '\n', ' ', ':', 'data', '🦃')).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, fc.option(text, { nil: undefined }), (data, event) => {
        const breaks = /\r\n|\r|\n/g;
        expect(decode(encodeSseFrame({ data, ...(event === undefined ? {} : { event }) }))).toEqual([
          { event: event?.replace(breaks, ' ') || undefined, data: data.replace(breaks, '\n') },
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  it('writes comments that decode to nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (comment) => {
        expect(decode(encodeSseFrame({ comment }))).toEqual([]);
      }),
    );
  });
});
