import type { DeploymentState } from '@turnpike/contract/resources/deployment-state';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { virtualClock } from '../kit/deployments.ts';
import { type House, openHouse } from './house.ts';
import { askAs, type KeyVendor, openKeyVendor } from './key-vendor.ts';

const clock = virtualClock(Date.UTC(2027, 0, 1));
let vendor: KeyVendor;
let house: House;

beforeAll(async () => {
  vendor = await openKeyVendor();
  house = await openHouse(documentOf(), clock);
});

beforeEach(() => void (vendor.calls.length = 0));

afterAll(async () => {
  await house.stop();
  await vendor.stop();
});

function documentOf(...states: readonly Omit<DeploymentState, 'id' | 'provider' | 'metadata'>[]) {
  const keys = ['a', 'b'].map((name) => ({ name, value: `sk-${name}` }));
  return {
    providers: { pool: { kind: 'openai-compatible', base_url: `${vendor.origin}/v1`, keys } },
    models: { coder: { targets: ['pool/large'], fallbacks: ['pool/small'] } },
    deployment_states: states.map((each, index) => ({ id: `s${index}`, provider: 'pool', ...each })),
  };
}

const called = () => [...new Set(vendor.calls.map(({ key, model }) => `${key} ${model}`))].toSorted();
const fleet = () => Promise.all(Array.from({ length: 20 }, (_, at) => askAs(house, `session-${at}`)));

describe('a deployment that is disabled by hand', () => {
  it('gets no request from the next one on, and is back as soon as nobody says so any more', async () => {
    await house.replace(documentOf({ state: 'disabled', credential: 'a' }));
    await fleet();
    expect(called()).toEqual(['sk-b large']);
    await house.replace(documentOf());
    await fleet();
    expect(called()).toEqual(['sk-a large', 'sk-b large']);
  });

  it('leaves its sessions to the fallback when it is a model', async () => {
    await house.replace(documentOf({ state: 'disabled', model: 'l*' }));
    await fleet();
    expect(called()).toEqual(['sk-a small', 'sk-b small']);
  });

  it('when it is only draining, goes on with the sessions that it has', async () => {
    await house.replace(documentOf());
    const before = await fleet();
    await house.replace(documentOf({ state: 'draining', credential: 'a' }));
    const homes = new Map(before.map(({ session, credential }) => [session, credential]));
    for (const { session, credential } of await fleet()) expect(credential).toBe(homes.get(session));
    expect(called()).toEqual(['sk-a large', 'sk-b large']);
    vendor.calls.length = 0;
    const fresh = await Promise.all(Array.from({ length: 20 }, (_, at) => askAs(house, `new-${at}`)));
    expect(called()).toEqual(['sk-b large']);
    expect(fresh[0]?.route?.excluded).toMatchObject([
      { credential: 'pool#a', model: 'large', why: 'draining' },
      { credential: 'pool#a', model: 'small', why: 'draining' },
    ]);
  });

  it('comes back by itself when its time is over', async () => {
    await house.replace(documentOf({ state: 'disabled', credential: 'pool#a', until: '2027-01-01T01:00:00Z' }));
    await fleet();
    expect(called()).toEqual(['sk-b large']);
    clock.pass(3_600_000);
    await fleet();
    expect(called()).toEqual(['sk-a large', 'sk-b large']);
  });

  it('is the reason that a request is told when nothing is left', async () => {
    await house.replace(documentOf({ state: 'disabled', reason: 'quarter’s budget is spent' }));
    const record = await askAs(house, 'any');
    expect(record).toMatchObject({ status: 503, failure: { code: 'not-ready' }, attempts: [] });
    expect(record.failure?.message).toContain('"pool/large" was disabled (quarter’s budget is spent)');
    expect(vendor.calls).toEqual([]);
  });
});
