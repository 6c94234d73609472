import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillStar, starOf, starPatterns } from './star-pattern.ts';

const only = (pattern: string) => {
  const [first] = starPatterns([[pattern, 0]]);
  if (!first) throw new TypeError(`${pattern} has no star`);
  return first;
};

describe('a name with a star', () => {
  it.each([
    ['claude-*', 'claude-opus-5', 'opus-5'],
    ['claude-*', 'claude-', ''],
    ['*', 'anything', 'anything'],
    ['*-mini', 'gpt-5-mini', 'gpt-5'],
    ['a*a', 'a', undefined],
    ['claude-*', 'gpt-5', undefined],
    ['claude-*', 'claude-*', undefined],
  ])('%s fits %s with %s', (pattern, name, star) => {
    expect(starOf(only(pattern), name)).toBe(star);
  });

  it('gives back the name when its star is filled in', () => {
    const plain = string().filter((text) => !text.includes('*'));
    assert(
      property(plain, plain, (star, head) => {
        const pattern = `${head}*`;
        expect(fillStar(pattern, star)).toBe(head + star);
        expect(starOf(only(pattern), head + star)).toBe(star);
      }),
    );
  });

  it('comes the earlier the more of it is literal, and in the order of the document where that is equal', () => {
    const names = ['*', 'claude-*', 'gpt-5', 'claude-opus-*', '*-claude'];
    const sorted = starPatterns(names.map((name) => [name, name])).map(({ value }) => value);
    expect(sorted).toEqual(['claude-opus-*', 'claude-*', '*-claude', '*']);
  });
});
