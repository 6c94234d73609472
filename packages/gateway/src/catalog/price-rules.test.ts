import { priceOverride } from '@turnpike/contract/resources/price-override';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../core/name-pattern.ts';
import { freePrice } from './price.ts';
import { patternsMeet, priceRules, tiesOf } from './price-rules.ts';

const rules = (...entries: readonly object[]) =>
  priceRules(entries.map((entry, at) => priceOverride.parse({ id: `rule-${at}`, free: true, ...entry })));
const order = (...entries: readonly object[]) => rules(...entries).map(({ id }) => Number(id.slice('rule-'.length)));

describe('price overrides', () => {
  it('stand in the order of how much they say: whose, what, where, when', () => {
    const everything = {};
    const family = { model: 'gpt-*' };
    const nearer = { model: 'gpt-5*' };
    const exact = { model: 'gpt-5.5' };
    const there = { model: 'gpt-5.5', provider: 'azure' };
    const then = { model: 'gpt-5.5', provider: 'azure', from: '2027-01-01' };
    const theirs = { organization: 'acme' };
    expect(order(everything, family, nearer, exact, there, then, theirs)).toEqual([6, 5, 4, 3, 2, 1, 0]);
  });

  it.each([
    [{ model: 'gpt-*' }, { model: '*-mini' }, false],
    [{ model: 'gpt-*' }, { model: '*mini' }, true],
    [{ model: 'gpt-5' }, { model: 'gpt-5' }, true],
    [{ model: 'gpt-5', provider: 'a' }, { model: 'gpt-5', provider: 'b' }, false],
    [{ model: 'gpt-5', organization: 'a' }, { model: 'gpt-5', organization: 'b' }, false],
    [{ until: '2027-01-01' }, { from: '2027-01-01' }, false],
    [{ until: '2027-01-02' }, { from: '2027-01-01' }, true],
  ])('%j and %j leave it open which one holds: %j', (first, second, tied) => {
    expect(tiesOf(rules(first, second))).toHaveLength(tied ? 1 : 0);
  });

  it('hold prices with everything that a price can say', () => {
    const price = {
      input: 1,
      output: '2.5',
      cache_write_1h: 2,
      output_audio: 9,
      units: { web_search: 0.01 },
      tiers: [{ from_input_tokens: 1000, input: 2, output: 5 }],
      service_tiers: { flex: { multiplier: 0.5 }, fast: { input: 6, output: 15 } },
    };
    const [rule] = rules({ free: undefined, price });
    expect(rule?.effect).toEqual({
      price: {
        tiers: [
          {
            fromInputTokens: 0,
            input: 1_000_000_000n,
            output: 2_500_000_000n,
            cacheWriteLong: 2_000_000_000n,
            outputAudio: 9_000_000_000n,
          },
          { fromInputTokens: 1000, input: 2_000_000_000n, output: 5_000_000_000n },
        ],
        units: { 'web-search': 10_000_000_000_000n },
        serviceTiers: {
          flex: { factor: 500_000n },
          fast: { tiers: [{ fromInputTokens: 0, input: 6_000_000_000n, output: 15_000_000_000n }] },
        },
      },
    });
    expect(rules({})[0]?.effect).toEqual({ price: freePrice });
  });

  it.each([
    { price: { input: 0, output: 0 }, free: undefined },
    { free: undefined },
    { multiplier: 2 },
    { free: undefined, multiplier: 0 },
    { free: undefined, multiplier: '0.000000' },
    { free: undefined, multiplier: -1 },
    { free: undefined, price: { input: -1, output: 1 } },
    { from: '2027-01-02', until: '2027-01-01' },
    { model: 'two words' },
    {
      free: undefined,
      price: {
        input: 1,
        output: 1,
        tiers: [
          { from_input_tokens: 9, input: 1, output: 1 },
          { from_input_tokens: 9, input: 2, output: 2 },
        ],
      },
    },
  ])('are refused where they make no sense: %j', (entry) => {
    expect(priceOverride.safeParse({ id: 'x', free: true, ...entry }).success).toBe(false);
  });
});

describe('patternsMeet', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 5 });

  it('is true exactly where some name fits both', () => {
    const names = allNames(8);
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        const some = names.some((name) => matchesPattern(a, name) && matchesPattern(b, name));
        expect(patternsMeet(a, b)).toBe(some);
      }),
    );
  });
});

/** All names of a and b up to a length: long enough for any two of the patterns above. */
function allNames(length: number): readonly string[] {
  const shorter = length === 0 ? [] : allNames(length - 1);
  const longest = shorter.filter((name) => name.length === length - 1);
  return length === 0 ? [''] : [...shorter, ...longest.flatMap((name) => [`${name}a`, `${name}b`])];
}
