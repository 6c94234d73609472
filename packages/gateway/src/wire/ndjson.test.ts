import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutBytes } from '../../test/kit/cut-bytes.ts';
import { createNdjsonDecoder, encodeNdjsonFrame } from './ndjson.ts';

function decode(pieces: readonly Buffer[], maxFrameBytes?: number): readonly string[] {
  const decoder = createNdjsonDecoder(maxFrameBytes === undefined ? {} : { maxFrameBytes });
  const frames = pieces.flatMap((piece) => decoder.push(piece));
  return [...frames, ...decoder.end()].map(({ data }) => data.toString('utf8'));
}

const jsonLines = fc.array(fc.json({ stringUnit: 'grapheme' }), { maxLength: 12 });

describe('newline-delimited JSON', () => {
  it('comes back line by line, wherever the chunks are cut', () => {
    const streams = fc.tuple(jsonLines, fc.constantFrom('\n', '\r\n', '\n\n', '\r\n \t\r\n'), fc.boolean());
    const cut = streams.chain(([values, end, closed]) =>
      cutBytes(fc.constant(Buffer.from(values.join(end) + (closed ? end : '')))).map(({ pieces }) => ({
        values,
        pieces,
      })),
    );
    fc.assert(
      fc.property(cut, ({ values, pieces }) => {
        expect(decode(pieces)).toEqual(values);
      }),
      { numRuns: 500 },
    );
  });

  it('has frames without event names', () => {
    expect(createNdjsonDecoder().push(Buffer.from('{}\n'))).toEqual([{ event: undefined, data: Buffer.from('{}') }]);
  });

  it('refuses a line longer than allowed, however it is cut', () => {
    const stream = fc.constantFrom('\n', '\r\n', '').map((end) => Buffer.from(`1\n"${'x'.repeat(8)}"${end}`));
    fc.assert(
      fc.property(cutBytes(stream), ({ pieces }) => {
        expect(() => decode(pieces, 9)).toThrow(expect.objectContaining({ code: 'upstream-garbled' }));
        expect(decode(pieces, 10)).toHaveLength(2);
      }),
    );
  });

  it('is written one value per line, also where the JSON text was written over several', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const line = encodeNdjsonFrame({ data: JSON.stringify(value, null, 2) });
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('has no comments', () => {
    expect(encodeNdjsonFrame({ comment: 'keepalive' })).toBe('');
  });
});
