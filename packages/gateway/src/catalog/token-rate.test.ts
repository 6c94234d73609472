import { describe, expect, it } from 'vitest';
import { tokenRate } from './token-rate.ts';

describe('tokenRate', () => {
  it.each([
    ['3', 3_000_000_000n],
    ['0.003625', 3_625_000n],
    ['0.000000001', 1n],
    ['1000000.5', 1_000_000_500_000_000n],
    [0.1, 100_000_000n],
    [1.25, 1_250_000_000n],
    [0.0000001, 100n],
    [0.18000000000000002, 180_000_000n],
    [0, 0n],
  ])('holds %s dollars per million exactly', (dollars, rate) => {
    expect(tokenRate(dollars)).toBe(rate);
  });

  it.each(['', '-1', '1e-7', '.5', '5.', '1,5', '0.0000000001', -1, Number.NaN, Number.POSITIVE_INFINITY, 1e21])(
    'refuses %s',
    (dollars) => expect(() => tokenRate(dollars)).toThrow(RangeError),
  );
});
