import { describe, expect, it } from 'vitest';
import { goodConfiguration } from '../../test/kit/configuration.ts';
import { createDirectory } from '../identity/directory.ts';
import { holdLimitBook } from './hold-limit-book.ts';

const withLimits = (limits: string) => `
providers:
  pool:
    kind: openai-compatible
    base_url: http://127.0.0.1:9/v1
    keys: [{ name: a, value: sk-a, limits: ${limits} }, { name: b, value: sk-b }]
`;

const payer = { key: 'k', tags: [] };

/** What applies to a request that goes out with a key. */
async function applying(limits: string, key: string): Promise<readonly string[]> {
  const { snapshot } = await goodConfiguration(withLimits(limits));
  const book = holdLimitBook(createDirectory(), () => snapshot.providers)();
  const place = { provider: 'pool', model: 'm', credential: `pool#${key}` };
  const found = book.applicable({ caller: { payer, exchangeId: 'x' }, modelAsked: 'm', place });
  return found.map(
    ({ limit }) => `${limit.name}: ${limit.kind === 'rate' ? `${limit.refill}/${limit.every}` : limit.unit}`,
  );
}

describe('the limits of a key', () => {
  it('hold for requests that go out with it, and for no others', async () => {
    const all = '{ requests_per_minute: 60, tokens_per_minute: 2000, concurrent_requests: 2 }';
    expect(await applying(all, 'a')).toEqual([
      'pool#a requests: 60/minute',
      'pool#a tokens: 2000/minute',
      'pool#a at a time: concurrent-requests',
    ]);
    expect(await applying(all, 'b')).toEqual([]);
    expect(await applying('{}', 'a')).toEqual([]);
  });

  it('change with the configuration', async () => {
    let { providers } = (await goodConfiguration(withLimits('{ requests_per_minute: 60 }'))).snapshot;
    const book = holdLimitBook(createDirectory(), () => providers);
    const before = book();
    expect(book()).toBe(before);
    providers = (await goodConfiguration(withLimits('{ requests_per_minute: 90 }'))).snapshot.providers;
    expect(book().limits.map((limit) => limit.kind === 'rate' && limit.refill)).toEqual([90n]);
  });
});
