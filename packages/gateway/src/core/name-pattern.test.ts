import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from './name-pattern.ts';

describe('a pattern of names', () => {
  it.each([
    ['*', 'anything/at-all', true],
    ['*', '', true],
    ['gpt-5', 'gpt-5', true],
    ['gpt-5', 'gpt-5.5', false],
    ['gpt-*', 'gpt-5.5', true],
    ['gpt-*', 'gpt', false],
    ['*-mini', 'gpt-5-mini', true],
    ['claude/*', 'claude/sonnet', true],
    ['claude/*', 'openai/claude/sonnet', false],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c', false],
    ['gpt.5', 'gptx5', false],
  ])('%s judges %s as %s', (pattern, name, fits) => {
    expect(matchesPattern(pattern, name)).toBe(fits);
  });

  it('means what the same regular expression means', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 8 });
    const names = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 });
    fc.assert(
      fc.property(letters, names, (pattern, name) => {
        const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
        expect(matchesPattern(pattern, name)).toBe(expression.test(name));
      }),
    );
  });
});
