import { expect, it } from 'vitest';
import { sqliteValueOf } from './sqlite-value.ts';

it.each([
  [undefined, null],
  [null, null],
  [true, 1n],
  [false, 0n],
  [7, 7n],
  [-0, 0n],
  [1.5, 1.5],
  [2n ** 63n - 1n, 2n ** 63n - 1n],
  ['text', 'text'],
])('makes of %s what every driver takes: %s', (value, bound) => {
  expect(sqliteValueOf(value)).toBe(bound);
});

it('keeps bytes', () => {
  const bytes = Buffer.from([0, 255]);
  expect(sqliteValueOf(bytes)).toBe(bytes);
});

it.each([[new Date(0)], [{}], [[1]], [new Uint8Array(1)], [Number.NaN], [Infinity], [2n ** 63n], ['a\0b'], [() => 1]])(
  'refuses %s, which would crash a driver or be lost',
  (value) => {
    expect(() => sqliteValueOf(value)).toThrow(/the store cannot keep/);
  },
);
