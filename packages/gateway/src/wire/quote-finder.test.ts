import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createQuoteFinder } from './quote-finder.ts';

/** The same, one byte after the other. */
function findSimply(text: Buffer, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === 0x5c) at += 1;
    else if (text[at] === 0x22) return at;
  }
  return -1;
}

describe('the quote finder', () => {
  it('finds the closing quote of any string, wherever the text lies in memory', () => {
    const bytes = fc.oneof(
      { weight: 6, arbitrary: fc.constant(0x61) },
      fc.constantFrom(0x22, 0x5c, 0x23, 0xa2, 0x21, 0x00, 0xff),
    );
    const texts = fc.tuple(fc.nat({ max: 3 }), fc.array(bytes, { maxLength: 90, size: 'max' }), fc.nat());
    fc.assert(
      fc.property(texts, ([offset, inside, start]) => {
        // Quotes around the text, so that reading beyond either end shows.
        const memory = Buffer.from([...Array.from({ length: offset }, () => 0x22), 0x22, ...inside, 0x22, 0x22, 0x22]);
        const text = memory.subarray(offset, offset + 1 + inside.length);
        const quotes = [...text.keys()].filter((at) => text[at] === 0x22);
        const opening = quotes[start % quotes.length] ?? 0;
        expect(createQuoteFinder(text)(opening + 1)).toBe(findSimply(text, opening + 1));
      }),
      { numRuns: 5000 },
    );
  });

  it('is not misled by a byte above a quote that looks like one', () => {
    expect(createQuoteFinder(Buffer.from('aaaaaaaaaaaaaaaaaaaa\\"#aaaaa"'))(0)).toBe(28);
  });
});
