import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../core/json.ts';
import { longStringBytes } from './json-scanner.ts';
import { setTextsAside } from './long-texts.ts';
import { peekObject } from './peek.ts';

const long = (text: string) => text.padEnd(longStringBytes + 1, ' "quoted" \\ and\n so on, ü 🚲.');

function aside(value: JsonObject, mark = 'ex_1') {
  return setTextsAside(peekObject(Buffer.from(JSON.stringify(value))), ['text', 'output'], mark);
}

function parsed(json: string): Json {
  const value: Json = JSON.parse(json);
  return value;
}

describe('long texts', () => {
  const value = {
    input: [{ text: long('one'), type: 'text' }, { output: long('two') }, { output: 'short' }],
    arguments: long('three'),
    text: { format: 'text' },
  };

  it('have stand-ins where they are values of the given keys, and only there', () => {
    const { outline } = aside(value);
    expect(parsed(outline)).toEqual({
      ...value,
      input: [{ text: '"ex_1:0"', type: 'text' }, { output: '"ex_1:1"' }, { output: 'short' }],
    });
  });

  it('come back wherever they are written, in any order, joined with others and inside of other JSON', () => {
    const { outline, restore } = aside({ text: long('one'), output: long('two') });
    const stand = parsed(outline);
    if (typeof stand !== 'object' || stand === null || !('text' in stand)) throw new TypeError('no outline');
    const { text, output } = stand;
    const write = (one: unknown, two: unknown) => [
      `<b>${String(two)}</b>`,
      one,
      JSON.stringify({ inside: one, deeper: JSON.stringify([two]) }),
    ];
    expect(parsed(restore(JSON.stringify(write(text, output))).toString())).toEqual(write(long('one'), long('two')));
  });

  it('show the white space that they end in, and are not set aside where there is nothing else', () => {
    const texts = { text: `${long('one')} \n\t `, output: `${long('one')}\\n` };
    expect(parsed(aside(texts).outline)).toEqual({ text: '"ex_1:0" \n\t ', output: '"ex_1:1"' });
    expect(parsed(aside({ text: ' \n'.repeat(longStringBytes) }).outline)).toEqual({
      text: ' \n'.repeat(longStringBytes),
    });
  });

  it('keep the bytes that their author chose', () => {
    const raw = `{"text":"\\u0041\\/${'x'.repeat(longStringBytes)}"}`;
    const { outline, restore } = setTextsAside(peekObject(Buffer.from(raw)), ['text'], 'ex_1');
    expect(restore(JSON.stringify(parsed(outline))).toString()).toBe(raw);
  });

  it('are not mixed up with what looks like a stand-in but has another mark', () => {
    const request = { text: long('one'), output: `"ex_2:0" ${long('two')}`, note: '"ex_2:0"' };
    const { outline, restore } = aside(request);
    expect(parsed(restore(JSON.stringify(parsed(outline))).toString())).toEqual(request);
  });

  it('leave any JSON object as it was, once they are back', () => {
    const short = fc.string({ unit: 'binary', maxLength: 20 });
    const texts = short.map((text) => text.repeat(longStringBytes / 4));
    const object = fc.dictionary(fc.constantFrom('text', 'output', 'a', 'b'), fc.oneof(short, texts, fc.jsonValue()));
    fc.assert(
      fc.property(object, (generated) => {
        const json = JSON.stringify(generated);
        const { outline, restore } = setTextsAside(peekObject(Buffer.from(json)), ['text', 'output'], 'ex_1');
        expect(parsed(restore(JSON.stringify(parsed(outline))).toString())).toEqual(parsed(json));
      }),
      { numRuns: 100 },
    );
  });
});
