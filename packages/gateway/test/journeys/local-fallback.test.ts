import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { virtualClock } from '../kit/deployments.ts';
import { type FaultProxy, startFaultProxy } from '../kit/fault-proxy.ts';
import { unknownHost } from '../kit/wire-faults.ts';
import { everyone, type House, openHouse } from './house.ts';
import { askAs, type KeyVendor, openKeyVendor } from './key-vendor.ts';

let far: KeyVendor;
let near: KeyVendor;
let way: FaultProxy;

beforeAll(async () => {
  [far, near] = await Promise.all([openKeyVendor(), openKeyVendor()]);
  const target = { origin: far.origin, baseUrl: `${far.origin}/v1`, dialect: 'chat' as const };
  way = await startFaultProxy({ target });
});

afterAll(async () => {
  await Promise.all([way.stop(), far.stop(), near.stop()]);
});

const documentOf = (cloud: string) => ({
  providers: {
    cloud: { kind: 'openai-compatible' as const, base_url: cloud, keys: [{ value: 'sk-cloud' }] },
    ollama: { base_url: `${near.origin}/v1` },
  },
  models: { coder: { targets: ['cloud/m'], fallbacks: ['ollama/m'] } },
  virtual_keys: [everyone],
});

/** Who has answered, and how many were asked for it. */
async function answeredBy(house: House, session: string): Promise<string> {
  const { provider, attempts } = await askAs(house, session);
  return `${provider} after ${attempts.length}`;
}

describe('local models behind those of a cloud', () => {
  it('answer when the cloud cannot be reached, soon without asking it first, and sessions go back when it can', async () => {
    const clock = virtualClock(Date.UTC(2027, 0, 1));
    const house = await openHouse(documentOf(way.baseUrl), clock);
    expect(await answeredBy(house, 'mine')).toBe('cloud after 1');
    await way.set('refuse');
    const told = [];
    for (let times = 0; times < 6; times += 1) told.push(await answeredBy(house, 'mine'));
    expect(told).toEqual([...Array(2).fill('ollama after 2'), ...Array(4).fill('ollama after 1')]);
    expect(await answeredBy(house, 'another')).toBe('ollama after 1');
    const { skipped } = await askAs(house, 'mine');
    expect(skipped).toEqual([{ provider: 'cloud', model: 'm', credential: 'cloud#1', why: 'unreachable' }]);

    await way.set(undefined);
    clock.pass(150_000);
    await answeredBy(house, 'mine');
    clock.pass(60_000);
    expect(await answeredBy(house, 'mine')).toBe('cloud after 1');
    await house.stop();
  });

  it('answer at once where the cloud’s name is not found', async () => {
    const house = await openHouse(documentOf(unknownHost), virtualClock(Date.UTC(2027, 0, 1)));
    const told = [];
    for (let times = 0; times < 4; times += 1) told.push(await answeredBy(house, 'mine'));
    expect(told).toEqual(['ollama after 2', 'ollama after 2', 'ollama after 1', 'ollama after 1']);
    await house.stop();
  });

  it('are all that is asked where connections stay inside', async () => {
    const document = { ...documentOf('http://8.8.8.8/v1'), network: { reach: 'private' as const } };
    await expect(openHouse(document)).rejects.toThrow(/leads to 8\.8\.8\.8, which is outside/);
    const { cloud: _, ...local } = document.providers;
    const house = await openHouse({ ...document, providers: local, models: { coder: { targets: ['ollama/m'] } } });
    expect(await answeredBy(house, 'mine')).toBe('ollama after 1');
    await house.stop();
  });
});
