import { priceOverride } from '@turnpike/contract/resources/price-override';
import { describe, expect, it } from 'vitest';
import { noUsage } from '../core/usage.ts';
import type { Catalog, ModelFacts } from './catalog.ts';
import { costOf } from './cost.ts';
import { freePrice, type Price } from './price.ts';
import { createPriceBook, type PriceBookParts, type PricedPlace } from './price-book.ts';
import { priceRules } from './price-rules.ts';
import { tokenRate } from './rates.ts';

const flat = (dollars: number): Price => ({
  tiers: [{ fromInputTokens: 0, input: tokenRate(dollars), output: tokenRate(dollars) }],
});
const place = (model: string, name = 'openai'): PricedPlace => ({
  provider: { name, vendor: { priceId: name } },
  model,
});
const knowing = (facts: Readonly<Record<string, ModelFacts>>): Pick<Catalog, 'facts'> => ({
  facts: (provider, model) => facts[`${provider.name}/${model}`],
});
const bookOf = (overrides: readonly object[], parts: Partial<PriceBookParts> = {}) =>
  createPriceBook({
    catalog: knowing({ 'openai/gpt-5': { price: flat(10) } }),
    rules: priceRules(overrides.map((entry, at) => priceOverride.parse({ id: `rule-${at}`, ...entry }))),
    ...parts,
  });
const at = Date.parse('2026-06-01');
/** Dollars per million tokens that an answer amounts to. */
const perMillion = (price: Price | undefined) =>
  Number(costOf(price, { ...noUsage, inputTokens: 1_000_000 }) ?? Number.NaN) / 1e9;

describe('a price book', () => {
  it('gives the price of the catalog, and knows that it does not know', () => {
    const book = bookOf([]);
    expect(book.priceOf(place('gpt-5'), { at })).toMatchObject({ price: flat(10), source: 'catalog' });
    expect(book.priceOf(place('gpt-6'), { at })).toBeUndefined();
    expect(book.unpriced).toBe('refuse-if-budgeted');
  });

  it('takes an unknown model for what the configuration says, and nothing else', () => {
    const book = bookOf([], { fallback: flat(99) });
    expect(book.priceOf(place('gpt-6'), { at })).toMatchObject({ price: flat(99), source: 'fallback' });
    expect(book.priceOf(place('gpt-5'), { at })?.source).toBe('catalog');
  });

  it('lets the most specific override win, for the organization that asks', () => {
    const price = (input: number) => ({ input, output: input });
    const book = bookOf([
      { price: price(1) },
      { model: 'gpt-5', price: price(2) },
      { organization: 'acme', price: price(3) },
    ]);
    const dollars = (model: string, organization?: string) =>
      perMillion(book.priceOf(place(model), { at, organization })?.price);
    expect([dollars('gpt-5'), dollars('gpt-6'), dollars('gpt-5', 'acme'), dollars('gpt-5', 'other')]).toEqual([
      2, 1, 3, 2,
    ]);
  });

  it('compares places by the same function for an organization, as of the same minute', () => {
    const cheap = { input: 1, output: 1 };
    const book = bookOf([{ organization: 'acme', price: cheap, from: '2026-06-01T00:01:00Z' }]);
    const ask = (organization: string, afterMs: number) => book.comparison({ organization, at: at + afterMs });
    expect(ask('acme', 59_999)).toBe(ask('acme', 0));
    const before = ask('acme', 0)(place('gpt-5')) ?? 0;
    expect(ask('acme', 60_000)(place('gpt-5'))).toBeCloseTo(before / 10);
    expect(ask('other', 60_000)(place('gpt-5'))).toBe(before);
    expect(ask('other', 0)(place('gpt-6'))).toBeUndefined();
  });

  it('knows a dated name by the override of the name without its date', () => {
    const book = bookOf([{ model: 'gpt-6', free: true }]);
    expect(book.priceOf(place('gpt-6-2026-04-01'), { at })).toMatchObject({ price: freePrice, source: 'override' });
  });

  it('multiplies what it would cost otherwise, and several factors with each other', () => {
    const book = bookOf([
      { multiplier: 1.5 },
      { model: 'gpt-*', multiplier: '0.5' },
      { organization: 'acme', multiplier: 2 },
    ]);
    expect(perMillion(book.priceOf(place('gpt-5'), { at })?.price)).toBe(7.5);
    expect(perMillion(book.priceOf(place('gpt-5'), { at, organization: 'acme' })?.price)).toBe(15);
    expect(book.priceOf(place('gpt-5'), { at })?.source).toBe('override');
    expect(book.priceOf(place('gpt-6'), { at })).toBeUndefined();
  });

  it('never multiplies a price away', () => {
    const book = bookOf([{ multiplier: '0.000001' }, { model: 'gpt-*', multiplier: '0.000001' }]);
    expect(costOf(book.priceOf(place('gpt-5'), { at })?.price, { ...noUsage, inputTokens: 1 })).toBe(1n);
  });

  it('keeps to the dates of overrides and of the catalog', () => {
    const dated = [
      { from: Date.parse('2026-03-01'), price: flat(20) },
      { from: Date.parse('2026-04-01'), daily: { from: 3_600_000, until: 7_200_000 }, price: flat(40) },
    ];
    const catalog = knowing({ 'openai/gpt-5': { price: flat(10), datedPrices: dated } });
    const book = bookOf([{ from: '2026-07-01', until: '2026-08-01', multiplier: 0.5 }], { catalog });
    const when = (time: string) => perMillion(book.priceOf(place('gpt-5'), { at: Date.parse(time) })?.price);
    expect(when('2026-02-28T23:59:59Z')).toBe(10);
    expect(when('2026-03-01T00:00:00Z')).toBe(20);
    expect(when('2026-04-02T01:00:00Z')).toBe(40);
    expect(when('2026-04-02T02:00:00Z')).toBe(20);
    expect(when('2026-07-01T00:30:00Z')).toBe(10);
    expect(when('2026-07-31T01:30:00Z')).toBe(20);
    expect(when('2026-08-01T00:00:00Z')).toBe(20);
  });

  it('answers the same however many names were asked for', () => {
    const book = bookOf([]);
    for (let index = 0; index < 10_000; index += 1) book.priceOf(place(`made-up-${index}`), { at });
    expect(book.priceOf(place('gpt-5'), { at })?.source).toBe('catalog');
  });
});
