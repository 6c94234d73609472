import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countWords } from './count-words.ts';

const count = (text: string) => countWords(Buffer.from(text));

describe('countWords', () => {
  it('counts words that end at a space inside a string', () => {
    expect(count('{"text":"one two  three\\n  four"}')).toBe(3);
  });

  it('counts nothing of a JSON text’s own spaces, however it is printed', () => {
    const value = { messages: [{ role: 'user', parts: ['a', true, null, 1] }], empty: {} };
    for (const text of [JSON.stringify(value), JSON.stringify(value, undefined, 2)]) expect(count(text)).toBe(0);
    expect(count('{"a": 1, "b" : [ "x", "y" ] , "c": { } }')).toBe(0);
  });

  it('takes what has no spaces for one word', () => {
    expect(count(`{"data":"${Buffer.alloc(9_000, 7).toString('base64')} end"}`)).toBe(1);
  });

  it('counts only within bounds, and no further than is enough', () => {
    const text = Buffer.from('"a b c d e"');
    expect(countWords(text, { from: 3 })).toBe(3);
    expect(countWords(text, { to: 5 })).toBe(2);
    expect(countWords(text, { enough: 2 })).toBe(2);
  });

  it('never counts more words than a text has, printed as JSON in any way', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, 4), (json, indent) => {
        const value: unknown = JSON.parse(json);
        let words = 0;
        JSON.stringify(value, (_, each: unknown) => {
          const texts = typeof each === 'object' && each !== null ? Object.keys(each) : [each];
          for (const text of texts) if (typeof text === 'string') words += text.split(/\s+/u).length;
          return each;
        });
        expect(count(JSON.stringify(value, undefined, indent))).toBeLessThanOrEqual(words);
      }),
    );
  });
});
