import type { NanoDollars } from '../core/money.ts';
import type { Usage } from '../core/usage.ts';
import type { CostOf, Price, PriceTier } from './catalog.ts';

const million = 1_000_000n;

/** Exact cost of an answer; a fraction of a nano-dollar is rounded half up, once, at the end. */
export const costOf: CostOf = (price: Price | undefined, usage: Usage): NanoDollars | undefined => {
  if (price === undefined) return undefined;
  if (price.free) return 0n;
  const parts = partsOf(usage);
  const rates = tierOf(price, usage.inputTokens);
  const cacheWrite = rates.cacheWrite ?? rates.input;
  const total =
    parts.plainInput * rates.input +
    parts.cachedInput * (rates.cachedInput ?? rates.input) +
    parts.cacheWrite * cacheWrite +
    parts.cacheWriteLong * (rates.cacheWriteLong ?? cacheWrite) +
    parts.output * rates.output;
  return (total + million / 2n) / million;
};

function tierOf(price: Price, inputTokens: number): PriceTier {
  return price.tiers.findLast((tier) => tier.fromInputTokens <= inputTokens) ?? price.tiers[0];
}

/**
 * The tokens by what they cost: every input token once, reasoning within the output.
 * Providers' counts are not always consistent, so no part may take more than is left.
 */
function partsOf(usage: Usage) {
  const input = count(usage.inputTokens);
  const cachedInput = atMost(count(usage.cachedInputTokens), input);
  const written = atMost(count(usage.cacheWriteTokens), input - cachedInput);
  const cacheWriteLong = atMost(count(usage.cacheWriteLongTokens), written);
  return {
    plainInput: input - cachedInput - written,
    cachedInput,
    cacheWrite: written - cacheWriteLong,
    cacheWriteLong,
    output: count(usage.outputTokens),
  };
}

/** A provider's number as a count. What is none must not become a refund or an exception after the answer was given. */
function count(tokens: number): bigint {
  return Number.isFinite(tokens) && tokens > 0 ? BigInt(Math.round(tokens)) : 0n;
}

function atMost(wanted: bigint, available: bigint): bigint {
  return wanted < available ? wanted : available;
}
