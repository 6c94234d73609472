import type { ModelFacts, Price, PriceTier } from './catalog.ts';
import { tokenRate } from './token-rate.ts';

/** A model that costs nothing, declared so. */
export const freePrice: Price = {
  tiers: [{ fromInputTokens: 0, input: tokenRate('0'), output: tokenRate('0') }],
  free: true,
};

/** The name in a row of the bundled data. */
export function rowName(row: string): string {
  return row.slice(0, row.indexOf('|'));
}

/**
 * The facts in a row of the bundled data: `name|context|max output|abilities|efforts|price`, where a field may be empty.
 *
 * - abilities: a letter each for tools, images, reasoning; small has it, capital lacks it, absent is unknown.
 * - efforts: words, weakest first, between commas.
 * - price: `free`, or tiers between semicolons, each `from:input:output:cached input:cache write:long cache write`
 *   with rates in dollars per million tokens; fields at the end may be missing.
 */
export function parseRow(row: string): ModelFacts {
  const [, context = '', maxOutput = '', abilities = '', efforts = '', price = ''] = row.split('|');
  return {
    ...(context === '' ? {} : { contextWindow: Number(context) }),
    ...(maxOutput === '' ? {} : { maxOutputTokens: Number(maxOutput) }),
    ...ability('tools', 't', abilities),
    ...ability('images', 'i', abilities),
    ...ability('reasoning', 'r', abilities),
    ...(efforts === '' ? {} : { reasoningEfforts: efforts.split(',') }),
    ...(price === '' ? {} : { price: parsePrice(price) }),
  };
}

function ability(name: 'tools' | 'images' | 'reasoning', letter: string, known: string): Partial<ModelFacts> {
  if (known.includes(letter)) return { [name]: true };
  return known.includes(letter.toUpperCase()) ? { [name]: false } : {};
}

function parsePrice(text: string): Price {
  if (text === 'free') return freePrice;
  const [first = '', ...others] = text.split(';');
  return { tiers: [parseTier(first), ...others.map(parseTier)] };
}

function parseTier(text: string): PriceTier {
  const [from = '', input = '', output = '', cachedInput, cacheWrite, cacheWriteLong] = text.split(':');
  return {
    fromInputTokens: Number(from),
    input: tokenRate(input),
    output: tokenRate(output),
    ...(cachedInput ? { cachedInput: tokenRate(cachedInput) } : {}),
    ...(cacheWrite ? { cacheWrite: tokenRate(cacheWrite) } : {}),
    ...(cacheWriteLong ? { cacheWriteLong: tokenRate(cacheWriteLong) } : {}),
  };
}
