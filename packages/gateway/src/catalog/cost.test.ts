import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noUsage, type Usage } from '../core/usage.ts';
import type { Price } from './catalog.ts';
import { costOf } from './cost.ts';
import { freePrice } from './parse-row.ts';
import { tokenRate } from './token-rate.ts';

const sonnet: Price = {
  tiers: [
    {
      fromInputTokens: 0,
      input: tokenRate('3'),
      output: tokenRate('15'),
      cachedInput: tokenRate('0.3'),
      cacheWrite: tokenRate('3.75'),
      cacheWriteLong: tokenRate('6'),
    },
    { fromInputTokens: 200_001, input: tokenRate('6'), output: tokenRate('22.5') },
  ],
};
const usage = (more: Partial<Usage>): Usage => ({ ...noUsage, ...more });
const flat = (dollars: string): Price => ({
  tiers: [{ fromInputTokens: 0, input: tokenRate(dollars), output: tokenRate(dollars) }],
});

const tokens = fc.nat({ max: 2_000_000 });
const anyUsage = fc
  .record({ plain: tokens, cached: tokens, write: tokens, long: tokens, outputTokens: tokens, reasoning: tokens })
  .map(({ plain, cached, write, long, outputTokens, reasoning }) =>
    usage({
      inputTokens: plain + cached + write + long,
      cachedInputTokens: cached,
      cacheWriteTokens: write + long,
      cacheWriteLongTokens: long,
      outputTokens: outputTokens + reasoning,
      reasoningTokens: reasoning,
    }),
  );
const anyRate = fc.bigInt({ min: 0n, max: 10n ** 12n }).map((rate) => tokenRate(decimalOf(rate)));
const anyPrice: fc.Arbitrary<Price> = fc
  .record(
    { input: anyRate, output: anyRate, cachedInput: anyRate, cacheWrite: anyRate, cacheWriteLong: anyRate },
    { requiredKeys: ['input', 'output'] },
  )
  .map((rates) => ({ tiers: [{ fromInputTokens: 0, ...rates }] }));

function decimalOf(rate: bigint): string {
  const digits = rate.toString().padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

function plus(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    cacheWriteLongTokens: a.cacheWriteLongTokens + b.cacheWriteLongTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
  };
}

describe('costOf', () => {
  it('charges every kind of token once, and reasoning as output', () => {
    const all = usage({
      inputTokens: 100_000,
      cachedInputTokens: 60_000,
      cacheWriteTokens: 30_000,
      cacheWriteLongTokens: 10_000,
      outputTokens: 2_000,
      reasoningTokens: 1_500,
    });
    // 10,000 × $3 + 60,000 × $0.30 + 20,000 × $3.75 + 10,000 × $6 + 2,000 × $15, per million.
    expect(costOf(sonnet, all)).toBe(213_000_000n);
  });

  it('takes the tier of the input size for the whole request, and its fallbacks', () => {
    expect(costOf(sonnet, usage({ inputTokens: 200_000, outputTokens: 1 }))).toBe(600_015_000n);
    expect(costOf(sonnet, usage({ inputTokens: 200_001, outputTokens: 1 }))).toBe(1_200_028_500n);
    // The upper tier names no cached price: cached input costs as input.
    expect(costOf(sonnet, usage({ inputTokens: 300_000, cachedInputTokens: 300_000 }))).toBe(1_800_000_000n);
  });

  it('does not know the cost where it does not know the price', () => {
    expect(costOf(undefined, usage({ inputTokens: 5 }))).toBeUndefined();
  });

  it('is nothing only for what is declared free', () => {
    expect(costOf(freePrice, usage({ inputTokens: 1_000_000, outputTokens: 1_000_000 }))).toBe(0n);
    expect(costOf(sonnet, noUsage)).toBe(0n);
  });

  it('rounds half up, once', () => {
    expect(costOf(flat('0.0004'), usage({ inputTokens: 1 }))).toBe(0n);
    expect(costOf(flat('0.0005'), usage({ inputTokens: 1 }))).toBe(1n);
    expect(costOf(flat('0.0004'), usage({ inputTokens: 1, outputTokens: 1 }))).toBe(1n);
  });

  it('makes the best of counts that cannot be', () => {
    const more = usage({ inputTokens: 10, cachedInputTokens: 50, cacheWriteTokens: 70, cacheWriteLongTokens: 90 });
    expect(costOf(sonnet, more)).toBe(3_000n);
    expect(costOf(sonnet, usage({ inputTokens: -5, outputTokens: Number.NaN, cachedInputTokens: -1 }))).toBe(0n);
    expect(costOf(sonnet, usage({ inputTokens: 1.5 }))).toBe(6_000n);
  });

  it('is additive: two answers cost what their tokens together cost, to the last rounding', () => {
    fc.assert(
      fc.property(anyPrice, anyUsage, anyUsage, (price, a, b) => {
        const apart = (costOf(price, a) ?? 0n) + (costOf(price, b) ?? 0n);
        const difference = apart - (costOf(price, plus(a, b)) ?? 0n);
        expect(difference >= -1n && difference <= 1n).toBe(true);
      }),
    );
  });

  it('never gives money back, and never costs less for more output', () => {
    fc.assert(
      fc.property(anyPrice, anyUsage, tokens, (price, a, extra) => {
        const cost = costOf(price, a) ?? -1n;
        expect(cost >= 0n).toBe(true);
        expect((costOf(price, { ...a, outputTokens: a.outputTokens + extra }) ?? -1n) >= cost).toBe(true);
      }),
    );
  });

  it('always takes the last tier that has begun', () => {
    const starts = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { maxLength: 5 });
    fc.assert(
      fc.property(starts, fc.nat({ max: 1200 }), (from, inputTokens) => {
        const sorted = [0, ...from.toSorted((a, b) => a - b)];
        const tier = (start: number) => ({
          fromInputTokens: start,
          input: tokenRate(start + 1),
          output: tokenRate('0'),
        });
        const [first = 0, ...rest] = sorted;
        const price: Price = { tiers: [tier(first), ...rest.map(tier)] };
        const begun = Math.max(...sorted.filter((start) => start <= inputTokens));
        expect(costOf(price, usage({ inputTokens }))).toBe(BigInt(inputTokens) * BigInt(begun + 1) * 1_000n);
      }),
    );
  });
});
