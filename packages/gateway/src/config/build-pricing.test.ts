import { priceOverride } from '@turnpike/contract/resources/price-override';
import { describe, expect, it } from 'vitest';
import { goodConfiguration, problemsOf } from '../../test/kit/configuration.ts';
import { createDirectory } from '../identity/directory.ts';
import { holdPriceBook } from './hold-price-book.ts';

const providers = `
providers:
  local:
    kind: openai-compatible
    base_url: http://127.0.0.1:9/v1
    keyless: true
    models:
      coder: { price: { input: 1, output: 2 } }
`;
const local = (model: string) => ({ provider: { name: 'local', vendor: {} }, model });
const inputRate = (answer: { price: { tiers: readonly [{ input: bigint }, ...unknown[]] } } | undefined) =>
  answer && Number(answer.price.tiers[0].input) / 1e9;

async function booksOf(text: string) {
  const { snapshot } = await goodConfiguration(providers + text);
  const directory = createDirectory();
  directory.replaceFile(snapshot.resources.map(({ resource }) => resource));
  return { snapshot, directory, bookOf: holdPriceBook(directory) };
}

describe('what the document says of prices', () => {
  it('is a price book of single models, overrides and a fallback', async () => {
    const { snapshot, bookOf } = await booksOf(`
prices:
  - { id: all, model: 'coder*', price: { input: 5, output: 5 } }
  - { id: acme, organization: acme, multiplier: 2 }
organizations: [{ id: acme }]
unpriced_models: { price: { input: 50, output: 50 } }
`);
    const book = bookOf(snapshot);
    const at = 0;
    expect(inputRate(book.priceOf(local('coder'), { at }))).toBe(1);
    expect(inputRate(book.priceOf(local('coder-2'), { at }))).toBe(5);
    expect(book.priceOf(local('other'), { at })).toMatchObject({ source: 'fallback' });
    const theirs = book.priceOf(local('coder'), { at, organization: 'acme' });
    expect([inputRate(theirs), theirs?.price.factor]).toEqual([1, 2_000_000n]);
  });

  it('refuses what has no price only under a budget, unless it says otherwise', async () => {
    const usual = await booksOf('');
    expect(usual.bookOf(usual.snapshot).unpriced).toBe('refuse-if-budgeted');
    const strict = await booksOf('unpriced_models: refuse');
    expect(strict.bookOf(strict.snapshot).unpriced).toBe('refuse');
  });

  it('is known anew when an override changes, and only then', async () => {
    const { snapshot, directory, bookOf } = await booksOf('');
    const before = bookOf(snapshot);
    expect(bookOf(snapshot)).toBe(before);
    const body = priceOverride.parse({ id: 'made', model: 'other', free: true });
    directory.apply([{ change: 'put', resource: { kind: 'prices', body } }]);
    expect(before.priceOf(local('other'), { at: 0 })).toBeUndefined();
    expect(bookOf(snapshot).priceOf(local('other'), { at: 0 })?.price.free).toBe(true);
  });

  it.each([
    [
      'prices: [{ id: a, model: gpt-*, free: true }, { id: b, model: "*-pro", free: true }, { id: c, model: "gpt*", free: true }]',
      'prices[1]: may fit the same requests as `a`, and neither is more specific (name a provider, an organization, dates or a more exact model in one of them)',
    ],
    [
      'prices: [{ id: a, provider: local, model: coder, free: true }]',
      'prices[0]: may fit the same requests as `providers.local.models.coder`, and neither is more specific (name a provider, an organization, dates or a more exact model in one of them)',
    ],
    [
      'prices: [{ id: a, organization: acme, free: true }]',
      'prices[0].organization: names `acme`, which is not in `organizations`',
    ],
    ['unpriced_models: free', 'unpriced_models: must be `refuse`, `refuse-if-budgeted` or a `price`'],
  ])('%s is refused', async (text, problem) => {
    expect(await problemsOf(providers + text)).toEqual([expect.stringContaining(problem)]);
  });
});
