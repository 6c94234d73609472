import { describe, expect, it } from 'vitest';
import { effortOfBudget, nearestEffort } from './effort.ts';

describe('the nearest effort', () => {
  it.each([
    ['high', ['low', 'high'], 'high'],
    ['ultra', ['low', 'medium', 'high'], 'high'],
    ['medium', ['low', 'high'], 'low'],
    ['low', ['none', 'high'], 'high'],
    ['minimal', ['none', 'low'], 'none'],
    ['minimal', ['low', 'high'], 'low'],
    ['enormous', ['low', 'high'], undefined],
    ['high', [], undefined],
  ] as const)('to %s among %j is %s', (asked, taken, nearest) => {
    expect(nearestEffort(asked, taken)).toBe(nearest);
  });
});

describe('a budget in tokens', () => {
  it.each([
    [undefined, undefined],
    [-1, undefined],
    [0, 'none'],
    [4_096, 'low'],
    [16_384, 'medium'],
    [20_000, 'high'],
  ])('of %s is told as %s', (tokens, word) => {
    expect(effortOfBudget(tokens)).toBe(word);
  });
});
