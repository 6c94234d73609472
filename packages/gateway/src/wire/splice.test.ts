import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonObjectText } from '../../test/kit/json-text.ts';
import { peekObject } from './peek.ts';
import { type ObjectEdits, spliceObject } from './splice.ts';

const splice = (text: string, edits: ObjectEdits): string =>
  Buffer.concat(spliceObject(peekObject(Buffer.from(text)), edits)).toString();

const bodies = jsonObjectText(fc.jsonValue({ stringUnit: 'grapheme' }));

describe('spliceObject', () => {
  it('gives the object with its fields replaced, added and removed', () => {
    const cases = bodies.chain((body) => {
      const keys = fc.constantFrom(...Object.keys(body.object), 'model', 'new "key"', 'é');
      return fc.record({
        body: fc.constant(body),
        replace: fc.dictionary(keys, fc.jsonValue({ stringUnit: 'grapheme' }), { maxKeys: 4 }),
        remove: fc.array(keys, { maxLength: 6 }),
      });
    });
    fc.assert(
      fc.property(cases, ({ body, replace, remove }) => {
        const texts = Object.entries(replace).map(([key, value]) => [key, JSON.stringify(value)]);
        const result = splice(body.text, { replace: Object.fromEntries(texts), remove });
        const kept = Object.entries(body.object).filter(([key]) => !remove.includes(key));
        expect(JSON.parse(result)).toEqual(JSON.parse(JSON.stringify({ ...Object.fromEntries(kept), ...replace })));
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves every byte outside a replaced value as it was', () => {
    const cases = bodies
      .filter(({ object }) => Object.keys(object).length > 0)
      .chain(({ text, object }) => fc.tuple(fc.constant(text), fc.constantFrom(...Object.keys(object))));
    fc.assert(
      fc.property(cases, ([text, key]) => {
        const body = Buffer.from(text);
        const peek = peekObject(body);
        const span = peek.fields.get(key) ?? { valueStart: 0, valueEnd: 0 };
        const result = spliceObject(peek, { replace: { [key]: '"other"' } });
        const expected = [body.subarray(0, span.valueStart), Buffer.from('"other"'), body.subarray(span.valueEnd)];
        expect(Buffer.concat(result)).toEqual(Buffer.concat(expected));
      }),
    );
  });

  it('returns the body itself where there is nothing to change', () => {
    const body = Buffer.from('{"a":1}');
    expect(spliceObject(peekObject(body), { remove: ['b'], replace: {} })[0]).toBe(body);
  });

  it('keeps commas right whichever fields go', () => {
    const text = '{ "a":1, "b":2, "c":3 }';
    expect(splice(text, { remove: ['a'] })).toBe('{ "b":2, "c":3 }');
    expect(splice(text, { remove: ['b'] })).toBe('{ "a":1, "c":3 }');
    expect(splice(text, { remove: ['c'] })).toBe('{ "a":1, "b":2 }');
    expect(splice(text, { remove: ['a', 'b'] })).toBe('{ "c":3 }');
    expect(splice(text, { remove: ['b', 'c'] })).toBe('{ "a":1 }');
    expect(splice(text, { remove: ['a', 'b', 'c'] })).toBe('{  }');
  });

  it('takes bytes out of a value that stays, whatever else changes', () => {
    const text = '{"stream":true,"input":[1,2,3],"model":"x"}';
    const cut = { start: text.indexOf('1'), end: text.indexOf('3') };
    expect(splice(text, { cut, remove: ['stream'], replace: { model: '"y"', type: '"z"' } })).toBe(
      '{"input":[3],"model":"y","type":"z"}',
    );
    expect(splice(text, { cut })).toBe('{"stream":true,"input":[3],"model":"x"}');
  });

  it('adds a missing field at the end', () => {
    expect(splice('{}', { replace: { model: '"x"' } })).toBe('{"model":"x"}');
    expect(splice('{"a":1}', { replace: { model: '"x"', stream: 'true' } })).toBe('{"a":1,"model":"x","stream":true}');
    expect(splice('{"a":1}', { remove: ['a'], replace: { model: '"x"' } })).toBe('{"model":"x"}');
  });

  it('keeps a field that is both removed and replaced, with its new value', () => {
    expect(splice('{"a":1,"b":2}', { remove: ['a'], replace: { a: '3' } })).toBe('{"a":3,"b":2}');
  });
});
