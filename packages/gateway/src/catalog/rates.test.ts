import { describe, expect, it } from 'vitest';
import { factor, tokenRate, unitRate } from './rates.ts';

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

describe('unitRate', () => {
  it.each([
    ['0.01', 10_000_000_000_000n],
    [0.0001, 100_000_000_000n],
    ['0.000000000000001', 1n],
  ])('holds %s dollars each exactly', (dollars, rate) => {
    expect(unitRate(dollars)).toBe(rate);
  });

  it('refuses what is no price', () => {
    expect(() => unitRate('-1')).toThrow(RangeError);
  });
});

describe('factor', () => {
  it('holds six decimals exactly', () => {
    expect(factor('1.25')).toBe(1_250_000n);
    expect(factor(0.5)).toBe(500_000n);
    expect(() => factor('0.0000001')).toThrow(RangeError);
    expect(() => factor('half')).toThrow(RangeError);
  });
});
