import { billedUnits } from '../core/usage.ts';
import type { ModelFacts } from './catalog.ts';
import { type DatedPrice, freePrice, type Price, type PriceTier, type Tiers, type UnitRates } from './price.ts';
import { type TokenRate, tokenRate, unitRate } from './rates.ts';

/** The name in a row of the bundled data. */
export function rowName(row: string): string {
  return row.slice(0, row.indexOf('|'));
}

/** Whether a row says that its model has tools: a tenth of the work of reading it all. */
export function rowHasTools(row: string): boolean {
  return row.split('|', 4)[3]?.includes('t') === true;
}

/**
 * The facts in a row of the bundled data: `name|context|max output|abilities|efforts|price|units|dated prices`, where a field may be empty.
 *
 * - abilities: a letter each for tools, images, reasoning; small has it, capital lacks it, absent is unknown.
 * - efforts: words, weakest first, between commas.
 * - price: `free`, or tiers between semicolons, each its first number of input tokens and then the rates of `rateNames` between colons,
 *   in dollars per million tokens; an empty one is absent, and those at the end may be missing.
 * - units: `name=dollars each` between commas.
 * - dated prices: `from~until~daily from~daily until=tiers` between exclamation marks: dates, and times of day in UTC (`01:30`).
 */
export function parseRow(row: string): ModelFacts {
  const [, context = '', maxOutput = '', abilities = '', efforts = '', price = '', units = '', dated = ''] =
    row.split('|');
  const unitRates = units === '' ? {} : { units: parseUnits(units) };
  return {
    ...(context === '' ? {} : { contextWindow: Number(context) }),
    ...(maxOutput === '' ? {} : { maxOutputTokens: Number(maxOutput) }),
    ...ability('tools', 't', abilities),
    ...ability('images', 'i', abilities),
    ...ability('reasoning', 'r', abilities),
    ...(efforts === '' ? {} : { reasoningEfforts: efforts.split(',') }),
    ...(price === '' ? {} : { price: parsePrice(price, unitRates) }),
    ...(dated === '' ? {} : { datedPrices: dated.split('!').map((text) => parseDated(text, unitRates)) }),
  };
}

function ability(name: 'tools' | 'images' | 'reasoning', letter: string, known: string): Partial<ModelFacts> {
  if (known.includes(letter)) return { [name]: true };
  return known.includes(letter.toUpperCase()) ? { [name]: false } : {};
}

function parsePrice(text: string, units: Pick<Price, 'units'>): Price {
  return text === 'free' ? freePrice : { tiers: parseTiers(text), ...units };
}

function parseTiers(text: string): Tiers {
  const [first = '', ...others] = text.split(';');
  return [parseTier(first), ...others.map(parseTier)];
}

/** In the order of a row. */
const rateNames = [
  'input',
  'output',
  'cachedInput',
  'cacheWrite',
  'cacheWriteLong',
  'reasoning',
  'inputAudio',
  'cachedAudio',
  'outputAudio',
  'inputImage',
  'cachedImage',
  'outputImage',
] as const satisfies readonly (keyof PriceTier)[];

function parseTier(text: string): PriceTier {
  const [from = '', ...fields] = text.split(':');
  const rates: { [Name in (typeof rateNames)[number]]?: TokenRate } = {};
  rateNames.forEach((name, at) => {
    const field = fields[at] ?? '';
    if (field !== '') rates[name] = tokenRate(field);
  });
  // A model without a rate for its input or its output has none of them: embeddings write nothing, pieces are no tokens.
  return { fromInputTokens: Number(from), input: tokenRate('0'), output: tokenRate('0'), ...rates };
}

function parseUnits(text: string): UnitRates {
  const known = new Map(text.split(',').map((each) => [each.split('=')[0], each.split('=')[1]] as const));
  return Object.fromEntries(
    billedUnits.filter((unit) => known.has(unit)).map((unit) => [unit, unitRate(known.get(unit) ?? '')]),
  );
}

function parseDated(text: string, units: Pick<Price, 'units'>): DatedPrice {
  const [when = '', tiers = ''] = text.split('=');
  const [from = '', until = '', dailyFrom = '', dailyUntil = ''] = when.split('~');
  return {
    ...(from === '' ? {} : { from: Date.parse(from) }),
    ...(until === '' ? {} : { until: Date.parse(until) }),
    ...(dailyFrom === '' ? {} : { daily: { from: timeOfDayMs(dailyFrom), until: timeOfDayMs(dailyUntil) } }),
    price: { tiers: parseTiers(tiers), ...units },
  };
}

/** `01:30` in milliseconds since midnight. */
function timeOfDayMs(text: string): number {
  const [hours = '', minutes = ''] = text.split(':');
  return (Number(hours) * 60 + Number(minutes)) * 60_000;
}
