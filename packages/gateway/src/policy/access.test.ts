import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAccess, matches } from './access.ts';

describe('a pattern of model names', () => {
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
    expect(matches(pattern, name)).toBe(fits);
  });

  it('means what the same regular expression means', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 8 });
    const names = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 });
    fc.assert(
      fc.property(letters, names, (pattern, name) => {
        const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
        expect(matches(pattern, name)).toBe(expression.test(name));
      }),
    );
  });
});

describe('access', () => {
  const key = { name: 'ann', digest: 'd', models: ['gpt-*', 'local/*'] };

  it('is given where a pattern fits', () => {
    expect(() => checkAccess(key, 'gpt-5')).not.toThrow();
  });

  it('is refused with what is allowed instead', () => {
    const failure = expect.objectContaining({
      code: 'model-forbidden',
      message: expect.stringMatching(/"ann".*"claude".*gpt-\*, local\/\*/),
    });
    expect(() => checkAccess(key, 'claude')).toThrow(failure);
    expect(() => checkAccess({ ...key, models: [] }, 'claude')).toThrow(/no models/);
  });
});
