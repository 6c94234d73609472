import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { virtualClock } from '../kit/deployments.ts';
import { type House, openHouse } from './house.ts';
import { askAs, type KeyVendor, openKeyVendor } from './key-vendor.ts';

type Limits = Readonly<Partial<Record<'requests_per_minute' | 'tokens_per_minute' | 'concurrent_requests', number>>>;

const clock = virtualClock(Date.UTC(2027, 0, 1));
/** Answers that wait to be let go. */
let waiting: (() => void)[] = [];
let holds = false;
let vendor: KeyVendor;
let house: House;

beforeEach(async () => {
  [waiting, holds] = [[], false];
  vendor = await openKeyVendor(() => (holds ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()));
});

afterEach(async () => {
  await house.stop();
  await vendor.stop();
});

async function openWith(limits: Readonly<Record<string, Limits>>) {
  const keys = Object.entries(limits).map(([name, each]) => ({ name, value: `sk-${name}`, limits: each }));
  house = await openHouse(
    {
      providers: { pool: { kind: 'openai-compatible', base_url: `${vendor.origin}/v1`, keys } },
      models: { coder: { targets: ['pool/m'] } },
      server: { max_attempts: keys.length },
    },
    clock,
  );
}

const callsOf = (name: string) => vendor.calls.filter(({ key }) => key === `sk-${name}`).length;

describe('a key with limits of its own', () => {
  it('never has more requests at a time, the others take over, and nobody sees an error', async () => {
    await openWith({ a: { concurrent_requests: 2 }, b: { concurrent_requests: 3 }, c: {} });
    const sizes = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 6 });
    const rounds = fc.sample(sizes, { numRuns: 8, seed: 1 });
    for (const sessions of rounds) {
      vendor.mostAtOnce.clear();
      const records = await Promise.all(
        sessions.flatMap((session) => [1, 2, 3].map(() => askAs(house, `session-${session}`))),
      );
      expect(records.every(({ outcome }) => outcome === 'done')).toBe(true);
      expect(vendor.mostAtOnce.get('sk-a') ?? 0).toBeLessThanOrEqual(2);
      expect(vendor.mostAtOnce.get('sk-b') ?? 0).toBeLessThanOrEqual(3);
    }
    expect(callsOf('a')).toBeGreaterThan(0);
  });

  it('is used up to its limit, and again as soon as a request is over', async () => {
    await openWith({ a: { concurrent_requests: 2 } });
    holds = true;
    const running = [askAs(house, 'one'), askAs(house, 'two')];
    await expect.poll(() => waiting.length).toBe(2);
    const refused = await askAs(house, 'three');
    expect(refused).toMatchObject({ status: 429, failure: { code: 'deployment-limited' } });
    expect(refused.failure?.message).toContain('Provider key "pool#a" has 2 of 2 requests at a time');
    holds = false;
    for (const release of waiting) release();
    await Promise.all(running);
    expect(await askAs(house, 'three')).toMatchObject({ outcome: 'done' });
    expect(house.records.filter(({ attempts }) => attempts.some(({ failure }) => failure)).length).toBe(1);
  });

  it('gets its requests and tokens per minute, and then another key does', async () => {
    await openWith({ a: { requests_per_minute: 3 }, b: {} });
    const ask = async (times: number) => {
      for (let time = 0; time < times; time += 1) expect((await askAs(house, `s${time}`)).outcome).toBe('done');
    };
    await ask(20);
    expect([callsOf('a'), callsOf('b')]).toEqual([3, 17]);
    clock.pass(60_000);
    await ask(20);
    expect([callsOf('a'), callsOf('b')]).toEqual([6, 34]);
  });
});
