import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noUsage, type Usage } from '../core/usage.ts';
import { costOf } from './cost.ts';
import { dearest } from './dearest.ts';
import { type EstimateQuestion, likelyEstimate, type RequestSize, shrinkToFit, upperBound } from './estimate.ts';
import { factor, tokenRate } from './rates.ts';
import type { Price } from './price.ts';

const price: Price = {
  tiers: [
    {
      fromInputTokens: 0,
      input: tokenRate('5'),
      output: tokenRate('25'),
      cachedInput: tokenRate('0.5'),
      cacheWrite: tokenRate('6.25'),
      cacheWriteLong: tokenRate('10'),
      inputAudio: tokenRate('8'),
      reasoning: tokenRate('30'),
    },
    { fromInputTokens: 100_000, input: tokenRate('4'), output: tokenRate('37.5') },
  ],
  serviceTiers: { priority: { factor: factor('2') } },
};
const facts = { contextWindow: 200_000, maxOutputTokens: 64_000 };
const question = (size: RequestSize, more: Partial<EstimateQuestion> = {}): EstimateQuestion => ({
  size,
  facts,
  price: dearest(price),
  ...more,
});

const tokens = fc.nat({ max: 200_000 });
const anyUsage: fc.Arbitrary<Usage> = fc
  .record({
    inputTokens: tokens,
    outputTokens: tokens,
    cached: tokens,
    write: tokens,
    long: tokens,
    audio: tokens,
    thought: tokens,
  })
  .map(({ inputTokens, outputTokens, cached, write, long, audio, thought }) => ({
    ...noUsage,
    inputTokens,
    outputTokens,
    cachedInputTokens: cached,
    cacheWriteTokens: write,
    cacheWriteLongTokens: long,
    inputAudioTokens: audio,
    reasoningTokens: thought,
  }));

describe('dearest', () => {
  it('costs at least as much for at least as many tokens, whatever their kind', () => {
    const tier = fc.constantFrom({}, { serviceTier: 'priority' });
    fc.assert(
      fc.property(anyUsage, tokens, tokens, tier, (usage, moreInput, moreOutput, asked) => {
        const inputTokens = usage.inputTokens + moreInput;
        const bound = costOf(
          dearest(price),
          { ...noUsage, inputTokens, outputTokens: usage.outputTokens + moreOutput },
          asked,
        );
        expect((bound ?? -1n) >= (costOf(price, usage, asked) ?? 0n)).toBe(true);
      }),
    );
  });
});

describe('upperBound', () => {
  it('counts a token for each byte, and what the caller allows to be written', () => {
    const bound = upperBound(question({ bodyBytes: 10_000, maxOutputTokens: 500 }));
    expect(bound).toMatchObject({ inputTokens: 11_024, outputTokens: 500, certain: true });
    expect(bound.nanoDollars).toBe(11_024n * 10_000n + 500n * 30_000n);
  });

  it('knows no more than the model takes and gives', () => {
    const bound = upperBound(question({ bodyBytes: 5_000_000 }));
    expect(bound).toMatchObject({ inputTokens: 200_000, outputTokens: 64_000, certain: true });
    expect(upperBound(question({ bodyBytes: 10, maxOutputTokens: 1_000_000 })).outputTokens).toBe(64_000);
  });

  it('counts images as images, and says so where nothing in the request bounds the input', () => {
    const media = { images: 2, others: 0, bytes: 900_000 };
    expect(upperBound(question({ bodyBytes: 901_000, media }))).toMatchObject({
      inputTokens: 1_000 + 2 * 49_152 + 1_024,
      certain: true,
    });
    expect(upperBound(question({ bodyBytes: 10, openEnded: true }))).toMatchObject({
      inputTokens: 200_000,
      certain: false,
    });
    const pdf = { images: 0, others: 1, bytes: 100 };
    expect(upperBound(question({ bodyBytes: 200, media: pdf })).inputTokens).toBe(200_000);
    expect(upperBound(question({ bodyBytes: 200, media: pdf }, { facts: undefined })).certain).toBe(false);
  });

  it('counts every answer that is wanted, images that are only named, and room for what a provider finds', () => {
    const plain = upperBound(question({ bodyBytes: 1_000, maxOutputTokens: 100 }));
    const more = upperBound(
      question(
        { bodyBytes: 1_000, maxOutputTokens: 100, answers: 3, namedImages: 2, findings: true },
        { facts: { contextWindow: 1_000_000 } },
      ),
    );
    expect(more.outputTokens).toBe(300);
    expect(more.inputTokens).toBe(plain.inputTokens + 2 * 49_152 + 32_768);
    expect([plain.certain, more.certain]).toEqual([true, false]);
  });

  it('has no price where there is none', () => {
    expect(upperBound(question({ bodyBytes: 10 }, { price: undefined }))).not.toHaveProperty('nanoDollars');
  });
});

describe('likelyEstimate', () => {
  it('takes three bytes for a token and a usual answer', () => {
    expect(likelyEstimate(question({ bodyBytes: 30_000 }))).toMatchObject({ inputTokens: 10_000, outputTokens: 8_192 });
    expect(likelyEstimate(question({ bodyBytes: 30_000, maxOutputTokens: 100 })).outputTokens).toBe(100);
  });

  it('never exceeds the upper bound', () => {
    const size = fc.record({
      bodyBytes: fc.nat({ max: 3_000_000 }),
      maxOutputTokens: fc.option(fc.integer({ min: 1, max: 500_000 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(size, ({ bodyBytes, maxOutputTokens }) => {
        const asked = question({ bodyBytes, ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }) });
        const [likely, bound] = [likelyEstimate(asked), upperBound(asked)];
        expect(likely.inputTokens).toBeLessThanOrEqual(bound.inputTokens);
        expect(likely.outputTokens).toBeLessThanOrEqual(bound.outputTokens);
      }),
    );
  });
});

describe('shrinkToFit', () => {
  const asked = question({ bodyBytes: 30_000 });
  const [likely, bound] = [likelyEstimate(asked), upperBound(asked)];

  it('takes a quarter of what is left, for as much output as that pays', () => {
    const fitted = shrinkToFit(likely, bound, { unit: 'nano-dollars', remaining: 4_000_000_000n }, asked);
    expect(fitted?.inputTokens).toBe(bound.inputTokens);
    // A quarter is a dollar: 31,024 tokens at $10 leave $0.68976, at $30 a million.
    expect(fitted?.outputTokens).toBe(22_992);
    expect((fitted?.nanoDollars ?? 0n) <= 1_000_000_000n).toBe(true);
  });

  it('takes more than its part where the likely one needs it, and gives up where that does not fit', () => {
    const fit = (remaining: bigint) =>
      shrinkToFit(likely, bound, { unit: 'nano-dollars', remaining }, asked)?.outputTokens;
    expect(fit(600_000_000n)).toBe(8_192);
    expect(fit(500_000_000n)).toBeUndefined();
    expect(
      shrinkToFit(likely, bound, { unit: 'nano-dollars', remaining: 1n }, { ...asked, price: undefined }),
    ).toBeUndefined();
  });

  it('fits into what is left, in every unit, and grows with it', () => {
    const units = fc.constantFrom(
      'nano-dollars' as const,
      'tokens' as const,
      'input-tokens' as const,
      'output-tokens' as const,
    );
    const room = fc.bigInt({ min: 0n, max: 20_000_000_000n });
    fc.assert(
      fc.property(units, room, room, (unit, remaining, more) => {
        const fitted = shrinkToFit(likely, bound, { unit, remaining }, asked);
        const roomier = shrinkToFit(likely, bound, { unit, remaining: remaining + more }, asked);
        if (fitted === undefined) return;
        const amount = {
          'nano-dollars': fitted.nanoDollars ?? 0n,
          tokens: BigInt(fitted.inputTokens + fitted.outputTokens),
          'input-tokens': BigInt(fitted.inputTokens),
          'output-tokens': BigInt(fitted.outputTokens),
        }[unit];
        expect(amount <= remaining).toBe(true);
        expect(roomier?.outputTokens ?? 0).toBeGreaterThanOrEqual(fitted.outputTokens);
      }),
    );
  });
});
