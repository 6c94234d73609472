import { expect, it } from 'vitest';
import { createMemo } from './memo.ts';

it('a memo works each value out once, until there are too many of them', () => {
  const memo = createMemo<number>(2);
  let made = 0;
  const of = (key: string) => memo.of(key, () => (made += 1));
  expect([of('a'), of('b'), of('a'), of('b')]).toEqual([1, 2, 1, 2]);
  expect([of('c'), of('c'), of('a')]).toEqual([3, 3, 4]);
});

it('a memo forgets what failed', () => {
  const memo = createMemo<number>(2);
  const fail = () => {
    throw new Error('no');
  };
  expect(() => memo.of('a', fail)).toThrow('no');
  expect(memo.of('a', () => 1)).toBe(1);
});
