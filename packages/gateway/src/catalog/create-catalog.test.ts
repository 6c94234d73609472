import { describe, expect, it } from 'vitest';
import { vendors } from '../providers/vendors.ts';
import type { ModelFacts } from './catalog.ts';
import { createCatalog } from './create-catalog.ts';
import bundled from './models.generated.json' with { type: 'json' };
import { parseRow, rowName } from './parse-row.ts';
import { freePrice, type Price } from './price.ts';
import { factor, tokenRate, unitRate } from './rates.ts';

const catalog = createCatalog([]);
const anthropic = { name: 'claude', priceId: 'anthropic' };
const rows = Object.entries(bundled).flatMap(([id, list]) => list.map((row) => [id, row] as const));

function isPlausible(name: string, facts: ModelFacts): boolean {
  const { contextWindow = 1, maxOutputTokens = 1, price = freePrice, datedPrices = [] } = facts;
  return contextWindow > 0 && maxOutputTokens > 0 && [price, ...datedPrices.map((each) => each.price)].every(isSound);

  function isSound({ tiers, units, free }: Price): boolean {
    const starts = tiers.map((tier) => tier.fromInputTokens);
    const rising = starts.every((start, at) => (at === 0 ? start === 0 : start > (starts[at - 1] ?? 0)));
    const costly = tiers.every(({ input, output }) => input > 0n && (output > 0n || writesNothing.test(name)));
    return rising && (costly || units !== undefined) !== (free === true);
  }
}

/** Embeddings and the like. Any other model without a price for its output would be given away. */
const writesNothing = /embed|bge-|rerank|voyage|distilbert/;

describe('the bundled data', () => {
  it('names every model of a provider once', () => {
    const names = rows.map(([id, row]) => `${id}/${row.split('|', 1)[0]}`);
    expect(names.length).toBeGreaterThan(1000);
    expect(new Set(names).size).toBe(names.length);
  });

  it('holds in every row what can be', () => {
    expect(rows.filter(([, row]) => !isPlausible(rowName(row), parseRow(row)))).toEqual([]);
  });

  it('knows the price ids of the vendors', () => {
    const ids = [...vendors.values()].flatMap(({ priceId }) => (priceId === undefined ? [] : [priceId]));
    expect(ids.filter((id) => catalog.models(id).length === 0)).toEqual([]);
  });
});

describe('createCatalog', () => {
  it('knows prices and abilities by the exact name', () => {
    const facts = catalog.facts(anthropic, 'claude-sonnet-4-5');
    expect(facts).toMatchObject({ contextWindow: 200_000, maxOutputTokens: 64_000, tools: true, images: true });
    expect(facts?.price?.tiers[0]).toEqual({
      fromInputTokens: 0,
      input: tokenRate('3'),
      output: tokenRate('15'),
      cachedInput: tokenRate('0.3'),
      cacheWrite: tokenRate('3.75'),
      cacheWriteLong: tokenRate('6'),
    });
  });

  it.each(['claude-sonnet-4-5-20990101', 'claude-sonnet-4-5@20990101', 'claude-sonnet-4-5-2099-01-01'])(
    'knows %s by the name without its date',
    (model) => expect(catalog.facts(anthropic, model)).toEqual(catalog.facts(anthropic, 'claude-sonnet-4-5')),
  );

  it('knows a name with the prefix of its own provider, and the prefixed names of others', () => {
    expect(catalog.facts(anthropic, 'anthropic/claude-sonnet-4-5')?.price).toBeDefined();
    expect(catalog.facts({ name: 'g', priceId: 'google' }, 'models/gemini-2.5-pro')?.price).toBeDefined();
    expect(catalog.facts({ name: 'o', priceId: 'openrouter' }, 'anthropic/claude-sonnet-4.5')?.price).toBeDefined();
    expect(catalog.facts(anthropic, 'openai/claude-sonnet-4-5')).toBeUndefined();
  });

  it.each(['claude-sonnet-99', 'claude-sonnet', '', '__proto__', 'constructor'])('knows nothing of %j', (model) => {
    expect(catalog.facts(anthropic, model)).toBeUndefined();
    expect(catalog.offeredBy(model)).toEqual([]);
  });

  it.each(['toString', '__proto__', 'nobody'])('knows nothing of the price id %s', (priceId) => {
    expect(catalog.facts({ name: 'x', priceId }, 'gpt-5.5')).toBeUndefined();
    expect(catalog.models(priceId)).toEqual([]);
  });

  it('knows nothing of a provider without a price id', () => {
    expect(catalog.facts({ name: 'local' }, 'gpt-5.5')).toBeUndefined();
  });

  it('lets overrides win, field by field and for their provider only', () => {
    const price = { tiers: [{ fromInputTokens: 0, input: tokenRate('1'), output: tokenRate('2') }] } as const;
    const own = createCatalog([
      { provider: 'claude', model: 'claude-sonnet-4-5', facts: { price } },
      { provider: 'local', model: 'qwen3-coder', facts: { tools: true, price: freePrice } },
    ]);
    expect(own.facts(anthropic, 'claude-sonnet-4-5-20250929')).toMatchObject({ contextWindow: 200_000, price });
    const other = own.facts({ name: 'other', priceId: 'anthropic' }, 'claude-sonnet-4-5');
    expect(other?.price?.tiers[0].input).toBe(tokenRate('3'));
    expect(own.facts({ name: 'local' }, 'qwen3-coder')).toEqual({ tools: true, price: freePrice });
    expect(own.facts({ name: 'local' }, 'qwen3')).toBeUndefined();
  });

  it('knows what is billed apart: audio, searches, seconds and other service tiers', () => {
    const google = { name: 'g', priceId: 'google' };
    expect(catalog.facts(google, 'gemini-2.5-flash')?.price?.tiers[0]).toMatchObject({
      inputAudio: tokenRate('1'),
      cachedAudio: tokenRate('0.1'),
    });
    expect(catalog.facts(anthropic, 'claude-sonnet-4-5')?.price).toMatchObject({
      units: { 'web-search': unitRate('0.01') },
      serviceTiers: { batch: { factor: factor('0.5') } },
    });
    const openai = { name: 'o', priceId: 'openai' };
    expect(catalog.facts(openai, 'whisper-1')?.price?.units?.second).toBe(unitRate('0.0001'));
    expect(catalog.facts(openai, 'gpt-5.5-2026-04-01')?.price?.serviceTiers).toMatchObject({
      priority: { factor: factor('2.5') },
    });
    expect(catalog.facts(openai, 'omni-moderation-latest')?.price?.free).toBe(true);
  });

  it('lets a price of the configuration take the place of the dated ones, too', () => {
    const deepseek = { name: 'd', priceId: 'deepseek' };
    expect(catalog.facts(deepseek, 'deepseek-v4-flash')?.datedPrices).toMatchObject([
      { daily: { from: 3_600_000, until: 14_400_000 } },
      { daily: { from: 21_600_000, until: 36_000_000 } },
    ]);
    const own = createCatalog([{ provider: 'd', model: 'deepseek-v4-flash', facts: { price: freePrice } }]);
    expect(own.facts(deepseek, 'deepseek-v4-flash')?.datedPrices).toEqual([]);
  });

  it('names the maker of a model before those who host it', () => {
    expect(catalog.offeredBy('gpt-5.5')[0]).toBe('openai');
    expect(catalog.offeredBy('claude-sonnet-4-5')).toEqual(['anthropic']);
    expect(catalog.offeredBy('gemini-2.5-pro')[0]).toBe('google');
    expect(catalog.offeredBy('openai/gpt-oss-120b')).toEqual(expect.arrayContaining(['groq', 'openrouter']));
  });

  it('lists the models an agent can use', () => {
    const models = catalog.models('openai');
    expect(models).toContain('gpt-5.5');
    expect(models).not.toContain('davinci');
    expect(catalog.models('perplexity').length).toBeGreaterThan(0);
  });

  it('has the demo free under any name', () => {
    expect(catalog.facts({ name: 'demo', priceId: 'demo' }, 'gpt-6.1-sol')?.price?.free).toBe(true);
    expect(catalog.offeredBy('turnpike-demo')).toEqual(['demo']);
    expect(catalog.models('demo')).toEqual(['turnpike-demo']);
  });
});
