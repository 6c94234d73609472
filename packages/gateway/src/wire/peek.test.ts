import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../core/failure.ts';
import { isJsonObject, type JsonObject, parseJson } from '../core/json.ts';
import { jsonObjectText } from '../../test/kit/json-text.ts';
import { booleanField, hasField, numberField, type Peek, peekObject, stringField } from './peek.ts';

const peekText = (text: string): Peek => peekObject(Buffer.from(text, 'utf8'));

/** The object, or the code of the refusal. */
function outcome(body: Buffer): Peek | string {
  try {
    return peekObject(body);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.code;
    throw thrown;
  }
}

function parseObject(body: Buffer): JsonObject | undefined {
  const value = isUtf8(body) ? parseJson(body.toString('utf8')) : undefined;
  return isJsonObject(value) ? value : undefined;
}

/** Every field as it is seen: by its bytes and through the helpers. */
function fieldsSeen(peek: Peek): Record<string, unknown> {
  const fields = [...peek.fields].map(([key, { valueStart, valueEnd }]) => {
    const value = parseJson(peek.body.toString('utf8', valueStart, valueEnd));
    const scalars = [stringField(peek, key), numberField(peek, key), booleanField(peek, key)];
    return [key, { value, scalars, has: hasField(peek, key) }];
  });
  return Object.fromEntries(fields);
}

/** The same of a parsed object. */
function fieldsTold(object: JsonObject): Record<string, unknown> {
  const ofType = (value: unknown, type: string) => (typeof value === type ? value : undefined);
  const fields = Object.entries(object).map(([key, value]) => {
    const scalars = [ofType(value, 'string'), ofType(value, 'number'), ofType(value, 'boolean')];
    return [key, { value, scalars, has: true }];
  });
  return Object.fromEntries(fields);
}

/** What a parser takes for an object must be seen in the same way or be refused as ambiguous: else, what differs. */
function disagreement(body: Buffer): unknown {
  const parsed = parseObject(body);
  const peeked = outcome(body);
  if (!parsed || peeked === 'request-ambiguous') return undefined;
  if (typeof peeked === 'string') return peeked;
  const both = { seen: fieldsSeen(peeked), told: fieldsTold(parsed) };
  return isDeepStrictEqual(both.seen, both.told) ? undefined : both;
}

/** Bytes with a few of them changed, left out or put in; mostly to bytes that mean something in JSON. */
function damaged(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const byte = fc.oneof(fc.constantFrom(...Buffer.from('{}[],:"\\ \n01-.etnfu/\'a')), fc.nat({ max: 255 }));
  const edit = fc.record({ at: fc.nat(), byte, take: fc.nat({ max: 1 }), put: fc.nat({ max: 1 }) });
  return fc.tuple(bytes, fc.array(edit, { maxLength: 4 })).map(([whole, edits]) =>
    edits.reduce((body, { at, byte, take, put }) => {
      const start = at % (body.length + 1);
      return Buffer.concat([body.subarray(0, start), Buffer.alloc(put, byte), body.subarray(start + take)]);
    }, whole),
  );
}

describe('peekObject', () => {
  it('finds the fields that a parser finds, however the object is written', () => {
    fc.assert(
      fc.property(jsonObjectText(fc.jsonValue({ stringUnit: 'grapheme' })), ({ text, object }) => {
        expect(fieldsSeen(peekText(text))).toEqual(fieldsTold(object));
      }),
      { numRuns: 500 },
    );
  });

  it('finds the end of long strings full of quotes and backslashes', () => {
    const awkward = fc.string({ unit: fc.constantFrom('\\', '"', 'x', '\n', '🦃'), maxLength: 80, size: 'max' });
    fc.assert(
      fc.property(jsonObjectText(awkward), ({ text, object }) => {
        expect(fieldsSeen(peekText(text))).toEqual(fieldsTold(object));
      }),
      { numRuns: 500 },
    );
  });

  it('never sees another object than a parser in damaged bytes', () => {
    const bytes = jsonObjectText(fc.jsonValue({ maxDepth: 3 })).map(({ text }) => Buffer.from(text, 'utf8'));
    fc.assert(
      fc.property(damaged(bytes), (body) => {
        expect(disagreement(body)).toBeUndefined();
      }),
      { numRuns: 4000 },
    );
  });

  it('never sees another object than a parser in a soup of tokens', () => {
    const tokens = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"B"', '"\\""', '"', '\\', ' ', '1', 'null');
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 14 }), fc.boolean(), (soup, bare) => {
        const body = Buffer.from(bare ? soup.join('') : `{"x":${soup.join('')}}`);
        expect(disagreement(body)).toBeUndefined();
      }),
      { numRuns: 4000 },
    );
  });

  it('refuses at the top level whatever a parser refuses', () => {
    const scalars = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
    const flat = jsonObjectText(fc.oneof(scalars, fc.constant(null))).map(({ text }) => Buffer.from(text, 'utf8'));
    const dull = (body: Buffer) => !/:\s*["[{]/.test(body.toString('latin1'));
    fc.assert(
      fc.property(damaged(flat).filter(dull), (body) => {
        const peeked = outcome(body);
        const ambiguous = peeked === 'request-ambiguous';
        expect(typeof peeked !== 'string').toBe(parseObject(body) !== undefined && !ambiguous);
      }),
      { numRuns: 4000 },
    );
  });

  it.each([
    ['nothing', ''],
    ['white space only', ' \n'],
    ['an array', '[]'],
    ['a byte order mark', '\uFEFF{}'],
    ['bytes after the object', '{} x'],
    ['a second object', '{}{}'],
    ['an object that never ends', '{"a":1'],
    ['a missing comma', '{"a":1 "b":2}'],
    ['a comma too many', '{"a":1,}'],
    ['a missing colon', '{"a" 1}'],
    ['a missing value', '{"a":}'],
    ['a key without quotes', '{a:1}'],
    ['a key in single quotes', "{'a':1}"],
    ['a string that never ends', '{"a":"x}'],
    ['a string whose last quote is escaped', '{"a":"x\\"}'],
    ['brackets that do not match', '{"a":[}}'],
    ['brackets that cross', '{"a":[{]}}'],
    ['a comment inside a value', '{"a":[/*"*/],"b":1}/*"*/'],
    ['a single quote inside a value', '{"a":[\'"\'],"b":1}'],
    ['a number with a leading zero', '{"a":01}'],
    ['a misspelt literal', '{"a":True}'],
  ])('refuses %s as malformed', (_what, text) => {
    expect(outcome(Buffer.from(text))).toBe('request-malformed');
  });

  it('refuses invalid UTF-8 as malformed', () => {
    expect(outcome(Buffer.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')]))).toBe('request-malformed');
  });

  it('refuses nesting that would overflow the stack of others', () => {
    const nested = (depth: number) => Buffer.from(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect(outcome(nested(1000))).not.toBeTypeOf('string');
    expect(outcome(nested(1001))).toBe('request-malformed');
  });

  it('refuses more fields than any dialect has', () => {
    const wide = (count: number) =>
      Buffer.from(`{${Array.from({ length: count }, (_, index) => `"f${index}":0`).join(',')}}`);
    expect(outcome(wide(1000))).not.toBeTypeOf('string');
    expect(outcome(wide(1001))).toBe('request-malformed');
  });

  it.each([
    ['a repeated key', '{"model":"a","model":"b"}'],
    ['a key repeated in another case', '{"model":"a","Model":"b"}'],
    ['an escaped key', '{"mod\\u0065l":"a"}'],
    ['a key that folds to another outside ASCII', '{"\u017Ftream":true}'],
  ])('refuses %s as ambiguous', (_what, text) => {
    expect(outcome(Buffer.from(text))).toBe('request-ambiguous');
  });

  it('lets keys repeat or be escaped inside values', () => {
    expect([...peekText('{"a":{"b":1,"b":2,"\\u0062":3},"c":0}').fields.keys()]).toEqual(['a', 'c']);
  });

  it('says at which byte the body goes wrong', () => {
    expect(() => peekText('{"é":1}')).toThrow('byte 2');
    expect(() => peekText('{"a":"é" 1}')).toThrow('expected "," or "}" (byte 10)');
  });

  it('refuses a string it is asked for when its inside is not JSON', () => {
    const peek = peekText('{"model":"a\\x"}');
    expect(() => stringField(peek, 'model')).toThrow(expect.objectContaining({ code: 'request-malformed' }));
  });

  it('gives undefined for a field that is missing or of another type', () => {
    const peek = peekText('{"a":"1","b":null,"toString":1}');
    expect(numberField(peek, 'a')).toBeUndefined();
    expect(stringField(peek, 'b')).toBeUndefined();
    expect(booleanField(peek, 'c')).toBeUndefined();
    expect(hasField(peek, 'b')).toBe(true);
    expect(hasField(peek, 'constructor')).toBe(false);
  });
});
