import * as fc from 'fast-check';

/** The bytes in pieces, cut at the given positions (any order, repeats give empty pieces). */
export function cutAt(bytes: Buffer, positions: readonly number[]): readonly Buffer[] {
  const borders = positions.map((at) => Math.min(at, bytes.length)).sort((a, b) => a - b);
  return [0, ...borders].map((start, index) => Buffer.from(bytes.subarray(start, borders[index] ?? bytes.length)));
}

/** Bytes together with the same bytes cut somewhere: few pieces, many pieces, or every byte alone. */
export function cutBytes(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<{ whole: Buffer; pieces: readonly Buffer[] }> {
  return bytes.chain((whole) =>
    fc
      .oneof(
        fc.array(fc.nat({ max: whole.length }), { maxLength: 5 }),
        fc.array(fc.nat({ max: whole.length }), { minLength: 10, maxLength: 60 }),
        fc.constant([...whole.keys()]),
      )
      .map((positions) => ({ whole, pieces: cutAt(whole, positions) })),
  );
}
