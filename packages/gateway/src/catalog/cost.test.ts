import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noUsage, type Usage } from '../core/usage.ts';
import { costOf, unpricedParts } from './cost.ts';
import { freePrice, type Price } from './price.ts';
import { factor, tokenRate, unitRate } from './rates.ts';

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

/** Small enough that no sum of two leaves a tier. */
const tokens = fc.nat({ max: 200_000 });
const anyUsage: fc.Arbitrary<Usage> = fc
  .record({
    text: tokens,
    audio: tokens,
    image: tokens,
    cachedText: tokens,
    cachedAudio: tokens,
    write: tokens,
    long: tokens,
    words: tokens,
    reasoning: tokens,
    speech: tokens,
    searches: fc.nat({ max: 50 }),
    requests: fc.nat({ max: 3 }),
  })
  .map((of) =>
    usage({
      inputTokens: of.text + of.audio + of.image + of.cachedText + of.cachedAudio + of.write + of.long,
      cachedInputTokens: of.cachedText + of.cachedAudio,
      cacheWriteTokens: of.write + of.long,
      cacheWriteLongTokens: of.long,
      inputAudioTokens: of.audio + of.cachedAudio,
      cachedAudioTokens: of.cachedAudio,
      inputImageTokens: of.image,
      outputTokens: of.words + of.reasoning + of.speech,
      reasoningTokens: of.reasoning,
      outputAudioTokens: of.speech,
      units: { 'web-search': of.searches, request: of.requests },
    }),
  );
const rate = (min: bigint) => fc.bigInt({ min, max: 10n ** 12n }).map((nano) => tokenRate(decimalOf(nano)));
const kinds = {
  cachedInput: rate(1n),
  cacheWrite: rate(1n),
  cacheWriteLong: rate(1n),
  reasoning: rate(1n),
  inputAudio: rate(1n),
  cachedAudio: rate(1n),
  outputAudio: rate(1n),
  inputImage: rate(1n),
};
const times = fc.integer({ min: 1, max: 10_000_000 }).map((millionths) => factor((millionths / 1_000_000).toFixed(6)));
const each = fc.nat({ max: 1_000 }).map((cents) => unitRate((cents + 1) / 100));
/** Not free: every rate is more than nothing. */
const anyPrice: fc.Arbitrary<Price> = fc.record(
  {
    tiers: fc
      .record({ input: rate(1n), output: rate(1n), ...kinds }, { requiredKeys: ['input', 'output'] })
      .map((rates): Price['tiers'] => [{ fromInputTokens: 0, ...rates }]),
    units: fc.record({ 'web-search': each, request: each }, { requiredKeys: [] }),
    factor: times,
    serviceTiers: fc.record({ flex: times.map((by) => ({ factor: by })) }),
  },
  { requiredKeys: ['tiers'] },
);
const circumstances = fc.constantFrom({}, { serviceTier: 'flex' }, { serviceTier: 'unheard of' });

function decimalOf(nano: bigint): string {
  const digits = nano.toString().padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

const counts = [
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'cacheWriteLongTokens',
  'reasoningTokens',
  'inputAudioTokens',
  'cachedAudioTokens',
  'inputImageTokens',
  'outputAudioTokens',
] as const;

function plus(a: Usage, b: Usage): Usage {
  const sums = counts.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)] as const);
  const units = (['web-search', 'request'] as const).map(
    (u) => [u, (a.units?.[u] ?? 0) + (b.units?.[u] ?? 0)] as const,
  );
  return { ...noUsage, ...Object.fromEntries(sums), units: Object.fromEntries(units) };
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

  it('rounds a fraction of a nano-dollar up, once', () => {
    expect(costOf(flat('0.0004'), usage({ inputTokens: 1 }))).toBe(1n);
    expect(costOf(flat('0.0004'), usage({ inputTokens: 1, outputTokens: 1 }))).toBe(1n);
    expect(costOf(flat('0.001'), usage({ inputTokens: 1, outputTokens: 1 }))).toBe(2n);
    expect(costOf({ ...flat('0.001'), factor: factor('1.000001') }, usage({ inputTokens: 1 }))).toBe(2n);
  });

  it('charges audio and images by their own rates, also from a cache and in the output', () => {
    const live: Price = {
      tiers: [
        {
          fromInputTokens: 0,
          input: tokenRate('4'),
          output: tokenRate('16'),
          cachedInput: tokenRate('0.4'),
          inputAudio: tokenRate('32'),
          outputAudio: tokenRate('64'),
          inputImage: tokenRate('5'),
          cachedImage: tokenRate('0.5'),
        },
      ],
    };
    const spoken = usage({
      inputTokens: 1_000,
      inputAudioTokens: 600,
      inputImageTokens: 300,
      outputTokens: 50,
      outputAudioTokens: 40,
    });
    expect(costOf(live, spoken)).toBe(100n * 4_000n + 600n * 32_000n + 300n * 5_000n + 10n * 16_000n + 40n * 64_000n);
    const cached = { ...spoken, cachedInputTokens: 500, cachedAudioTokens: 200, cachedImageTokens: 100 };
    // No rate for cached audio is known: it costs as audio, never as little as cached text.
    const input = 200n * 400n + 200n * 32_000n + 100n * 500n + 400n * 32_000n + 100n * 5_000n;
    expect(costOf(live, cached)).toBe(input + 10n * 16_000n + 40n * 64_000n);
  });

  it('charges reasoning apart where it has a price of its own', () => {
    const deep: Price = { tiers: [{ ...flat('2').tiers[0], output: tokenRate('8'), reasoning: tokenRate('3') }] };
    expect(costOf(deep, usage({ outputTokens: 100, reasoningTokens: 60 }))).toBe(40n * 8_000n + 60n * 3_000n);
  });

  it('charges pieces: searches, seconds with fractions, and each request', () => {
    const price: Price = {
      ...flat('1'),
      units: { 'web-search': unitRate('0.01'), second: unitRate('0.0001'), request: unitRate('0.005') },
    };
    expect(costOf(price, usage({ units: { 'web-search': 3 } }))).toBe(30_000_000n + 5_000_000n);
    expect(costOf(price, usage({ units: { second: 12.5, request: 2 } }))).toBe(1_250_000n + 10_000_000n);
    expect(costOf(price, usage({ inputTokens: 1, units: { request: 0 } }))).toBe(1_000n);
  });

  it('does not know the cost where the price is by the piece and nobody counted them', () => {
    const byTheSecond: Price = { ...flat('0'), units: { second: unitRate('0.0001') } };
    expect(costOf(byTheSecond, usage({ units: { second: 2 } }))).toBe(200_000n);
    expect(costOf(byTheSecond, usage({ inputTokens: 500, outputTokens: 20 }))).toBeUndefined();
  });

  it('charges the service tier that was served, else the one that was asked for, and never on pieces', () => {
    const price: Price = {
      ...sonnet,
      units: { 'web-search': unitRate('0.01') },
      serviceTiers: {
        batch: { factor: factor('0.5') },
        fast: { tiers: [{ fromInputTokens: 0, input: tokenRate('30'), output: tokenRate('150') }] },
      },
    };
    const some = usage({ inputTokens: 1_000, outputTokens: 100 });
    expect(costOf(price, some)).toBe(4_500_000n);
    expect(costOf(price, some, { serviceTier: 'batch' })).toBe(2_250_000n);
    expect(costOf(price, { ...some, serviceTier: 'standard' }, { serviceTier: 'batch' })).toBe(4_500_000n);
    expect(costOf(price, { ...some, serviceTier: 'fast' })).toBe(45_000_000n);
    expect(costOf(price, { ...some, units: { 'web-search': 1 } }, { serviceTier: 'batch' })).toBe(12_250_000n);
    expect(costOf(price, some, { serviceTier: 'constructor' })).toBe(4_500_000n);
  });

  it('tells what it has no price for', () => {
    const searched = usage({ inputTokens: 5, units: { 'web-search': 2, second: 0 }, serviceTier: 'priority' });
    expect(unpricedParts(sonnet, searched)).toEqual(['web-search', 'service tier priority']);
    expect(unpricedParts(sonnet, usage({ serviceTier: 'default' }))).toEqual([]);
    expect(unpricedParts(freePrice, searched)).toEqual([]);
  });

  it('makes the best of counts that cannot be', () => {
    const more = usage({ inputTokens: 10, cachedInputTokens: 50, cacheWriteTokens: 70, cacheWriteLongTokens: 90 });
    expect(costOf(sonnet, more)).toBe(3_000n);
    expect(costOf(sonnet, usage({ inputTokens: -5, outputTokens: Number.NaN, cachedInputTokens: -1 }))).toBe(0n);
    expect(costOf(sonnet, usage({ inputTokens: 1.5 }))).toBe(6_000n);
  });

  it('is additive: two answers apart cost what they cost together, or a nano-dollar more', () => {
    fc.assert(
      fc.property(anyPrice, anyUsage, anyUsage, circumstances, (price, a, b, asked) => {
        const apart = (costOf(price, a, asked) ?? 0n) + (costOf(price, b, asked) ?? 0n);
        const together = costOf(price, plus(a, b), asked) ?? 0n;
        expect(apart === together || apart === together + 1n).toBe(true);
      }),
    );
  });

  it('never gives money back, and never costs less for more of anything', () => {
    const more = fc.tuple(fc.constantFrom('inputTokens' as const, 'outputTokens' as const), tokens);
    fc.assert(
      fc.property(anyPrice, anyUsage, more, circumstances, (price, a, [kind, extra], asked) => {
        const cost = costOf(price, a, asked) ?? -1n;
        expect(cost >= 0n).toBe(true);
        expect((costOf(price, { ...a, [kind]: a[kind] + extra }, asked) ?? -1n) >= cost).toBe(true);
        const units = { ...a.units, 'web-search': (a.units?.['web-search'] ?? 0) + 1 };
        expect((costOf(price, { ...a, units }, asked) ?? -1n) >= cost).toBe(true);
      }),
    );
  });

  it('is never nothing where there is a price and something to pay for', () => {
    fc.assert(
      fc.property(anyPrice, anyUsage, circumstances, (price, a, asked) => {
        fc.pre(a.inputTokens + a.outputTokens > 0);
        expect((costOf(price, a, asked) ?? 0n) > 0n).toBe(true);
      }),
    );
  });

  it('survives any numbers that a provider may send', () => {
    const odd = fc.oneof(fc.double(), fc.constantFrom(-1, 1e300, Number.NaN, Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(anyPrice, fc.array(odd, { minLength: counts.length, maxLength: counts.length }), (price, numbers) => {
        const strange = { ...noUsage, ...Object.fromEntries(counts.map((name, at) => [name, numbers[at] ?? 0])) };
        expect((costOf(price, strange) ?? -1n) >= 0n).toBe(true);
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
