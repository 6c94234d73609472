import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { virtualClock } from '../kit/deployments.ts';
import { type House, openHouse } from './house.ts';
import { askAs, type KeyVendor, openKeyVendor } from './key-vendor.ts';

const clock = virtualClock(Date.UTC(2027, 0, 1));
let vendor: KeyVendor;
let house: House;

beforeAll(async () => {
  vendor = await openKeyVendor();
});

beforeEach(async () => {
  vendor.moods.clear();
  vendor.calls.length = 0;
  await house?.stop();
  house = await openHouse(documentOf(vendor.origin), clock);
});

afterAll(async () => {
  await house.stop();
  await vendor.stop();
});

function documentOf(origin: string, values: Readonly<Record<string, string>> = {}) {
  const provider = (...names: readonly string[]) => ({
    kind: 'openai-compatible',
    base_url: `${origin}/v1`,
    keys: names.map((name) => ({ name, value: values[name] ?? `sk-${name}` })),
  });
  return {
    providers: { pool: provider('a', 'b', 'c', 'd'), spare: provider('spare') },
    models: { coder: { targets: ['pool/m'], fallbacks: ['spare/m'] } },
  };
}

const ask = (session: string) => askAs(house, session);
const servedBy = async (session: string) => (await ask(session)).credential?.split('#')[1] ?? '';

describe('a pool of keys', () => {
  it('gives each session one of them, and a fleet nearly all the cache hits that one key would have', async () => {
    const sessions = Array.from({ length: 200 }, (_, at) => `session-${at}`);
    for (let turn = 0; turn < 3; turn += 1) await Promise.all(sessions.map((session) => ask(session)));
    const caches = new Set<string>();
    let hits = 0;
    for (const { key, session } of vendor.calls) {
      const cache = `${key} ${session}`;
      if (caches.has(cache)) hits += 1;
      caches.add(cache);
    }
    expect(vendor.calls).toHaveLength(600);
    expect(hits).toBe(400);
    const loads = ['a', 'b', 'c', 'd'].map((name) => vendor.calls.filter(({ key }) => key === `sk-${name}`).length);
    for (const load of loads) expect(load).toBeGreaterThan(90);
  });

  it('moves a session to another key when its own is limited, for as long as the provider says, and then back', async () => {
    const own = await servedBy('mine');
    vendor.moods.set(`sk-${own}`, { status: 429, retryAfterS: 60 });
    const moved = await ask('mine');
    expect(moved.attempts.map(({ failure }) => failure?.code)).toEqual(['upstream-rate-limited', undefined]);
    const next = moved.credential?.split('#')[1] ?? '';
    vendor.moods.clear();
    clock.pass(59_000);
    const waiting = await ask('mine');
    expect(waiting.credential).toBe(moved.credential);
    expect(waiting.attempts).toHaveLength(1);
    expect(waiting.skipped).toEqual([{ provider: 'pool', model: 'm', credential: `pool#${own}`, why: 'rate-limited' }]);
    clock.pass(31_000);
    expect(await servedBy('mine')).toBe(own);
    expect(next).not.toBe(own);
  });

  it('leaves a key alone that is refused, but for one request now and then that finds out whether it is well again', async () => {
    const own = await servedBy('mine');
    vendor.moods.set(`sk-${own}`, { status: 401 });
    for (let times = 0; times < 10; times += 1) await ask('mine');
    expect(vendor.calls.filter(({ key }) => key === `sk-${own}`)).toHaveLength(2);
    clock.pass(120_000);
    await Promise.all(Array.from({ length: 10 }, () => ask('mine')));
    expect(vendor.calls.filter(({ key }) => key === `sk-${own}`)).toHaveLength(3);
    vendor.moods.clear();
    clock.pass(600_000);
    expect(await servedBy('mine')).toBe(own);
  });

  it('with nothing but dead keys falls over to the fallback within the attempts of one request', async () => {
    for (const name of ['a', 'b', 'c', 'd']) vendor.moods.set(`sk-${name}`, { status: 401 });
    const record = await ask('mine');
    expect(record).toMatchObject({ outcome: 'done', provider: 'spare' });
    expect(record.attempts).toHaveLength(3);
    await ask('mine');
    const third = await ask('mine');
    expect(third.attempts).toHaveLength(1);
    expect(third.skipped?.map(({ why }) => why)).toEqual(Array(4).fill('credential-refused'));
  });

  it('rests whole while the provider fails, is probed by one request, and gets its sessions back', async () => {
    for (const name of ['a', 'b', 'c', 'd']) vendor.moods.set(`sk-${name}`, { status: 503 });
    for (let times = 0; times < 20; times += 1) expect((await ask(`session-${times}`)).outcome).toBe('done');
    expect(vendor.calls.filter(({ key }) => key !== 'sk-spare').length).toBeLessThanOrEqual(6);
    clock.pass(20_000);
    vendor.calls.length = 0;
    await Promise.all(Array.from({ length: 20 }, (_, at) => ask(`session-${at}`)));
    expect(vendor.calls.filter(({ key }) => key !== 'sk-spare')).toHaveLength(1);
    vendor.moods.clear();
    clock.pass(60_000);
    await ask('probe');
    clock.pass(30_000);
    expect((await ask('mine')).provider).toBe('pool');
  });

  it('is tried all the same when it is all there is and nobody is well', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'spare']) vendor.moods.set(`sk-${name}`, { status: 429, retryAfterS: 60 });
    expect((await ask('mine')).attempts).toHaveLength(4);
    vendor.moods.clear();
    expect(await ask('mine')).toMatchObject({ outcome: 'done' });
  });

  it('starts anew with a key that was replaced, and knows of the others what it knew', async () => {
    const own = await servedBy('mine');
    vendor.moods.set(`sk-${own}`, { status: 401 });
    const other = await servedBy('mine');
    vendor.moods.set(`sk-${other}`, { status: 401 });
    await ask('mine');
    vendor.moods.clear();
    await house.replace(documentOf(vendor.origin));
    expect([own, other]).not.toContain(await servedBy('mine'));
    await house.replace(documentOf(vendor.origin, { [own]: 'sk-new' }));
    vendor.calls.length = 0;
    expect(await ask('mine')).toMatchObject({ credential: `pool#${own}`, attempts: [{}] });
    expect(vendor.calls).toMatchObject([{ key: 'sk-new' }]);
    await house.replace(documentOf(vendor.origin));
  });
});
