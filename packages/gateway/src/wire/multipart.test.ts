import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formText, isMultipart, readForm, replaceFormText } from './multipart.ts';

const type = 'multipart/form-data; boundary=XX';

/** A form as clients write it. */
function written(...parts: readonly (readonly [head: string, value: Buffer | string])[]): Buffer {
  const pieces = parts.flatMap(([head, value]) => [`--XX\r\ncontent-disposition: ${head}\r\n\r\n`, value, '\r\n']);
  return Buffer.concat([...pieces, '--XX--\r\n'].map((piece) => Buffer.from(piece)));
}

const field = (name: string) => `form-data; name="${name}"`;

describe('a form', () => {
  it('is known by its Content-Type', () => {
    expect(isMultipart('multipart/form-data; boundary=a')).toBe(true);
    expect(isMultipart('Multipart/Form-Data;boundary=a')).toBe(true);
    expect(isMultipart('multipart/mixed; boundary=a')).toBe(false);
    expect(isMultipart(undefined)).toBe(false);
  });

  it('has one field replaced and every other byte as it was, whatever a file holds', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), fc.string(), (bytes, before, after) => {
        const file = Buffer.from(bytes);
        fc.pre(![file, Buffer.from(before), Buffer.from(after)].some((each) => each.includes('--XX')));
        const form = (model: string) =>
          written(['form-data; name="file"; filename="a"', file], [field('model'), model]);
        const read = readForm(form(before), type);
        expect(formText(read, 'model')).toBe(Buffer.from(before).toString());
        expect(Buffer.concat(replaceFormText(read, 'model', after)).equals(form(after))).toBe(true);
      }),
    );
  });

  it.each([
    ['a name twice', written([field('model'), 'cheap'], [field('model'), 'dear'])],
    ['a name in another case', written([field('Model'), 'dear'])],
    ['a file', written(['form-data; name="model"; filename="m"', 'dear'])],
  ])('with the model as %s is ambiguous', (_, body) => {
    expect(() => formText(readForm(body, type), 'model')).toThrow(/once, as plain text/);
  });

  it.each([
    ['two names', written(['form-data; name="a"; name="model"', 'dear'])],
    ['an extended name', written([`form-data; name="a"; name*=UTF-8''model`, 'dear'])],
    ['a name without quotes', written(['form-data; name=model', 'dear'])],
    ['a folded head', written(['form-data;\r\n name="model"', 'dear'])],
    ['no name', written(['form-data', 'dear'])],
    ['a name inside a file name', written(['form-data; name="a"; filename="; name="model"', 'dear'])],
  ])('whose part has %s is refused', (_, body) => {
    expect(() => readForm(body, type)).toThrow(/name="…"/);
  });

  it.each([
    ['no boundary', 'multipart/form-data', written()],
    ['two boundaries', 'multipart/form-data; boundary=XX; boundary=YY', written()],
    ['something before', type, Buffer.concat([Buffer.from('hello\r\n'), written([field('a'), 'b'])])],
    ['no end', type, written([field('a'), 'b']).subarray(0, -8)],
    ['another boundary', 'multipart/form-data; boundary=YY', written([field('a'), 'b'])],
  ])('with %s is malformed', (_, contentType, body) => {
    expect(() => readForm(body, contentType)).toThrow(/not a valid form/);
  });
});
