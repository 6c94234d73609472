import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testKey } from '../kit/gateway-process.ts';
import { everyone, type House, openHouse } from './house.ts';
import { type KeyVendor, openKeyVendor } from './key-vendor.ts';

let vendor: KeyVendor;
let house: House;

beforeAll(async () => {
  vendor = await openKeyVendor();
});

afterEach(async () => {
  vendor.moods.clear();
  await house.stop();
});

afterAll(() => vendor.stop());

async function open(
  server: { readonly route_header?: 'off' | 'brief' | 'full' },
  limits: { readonly requests_per_minute?: number } = {},
): Promise<void> {
  const provider = (key: string) => ({
    kind: 'openai-compatible' as const,
    base_url: `${vendor.origin}/v1`,
    keys: [{ name: 'main', value: `sk-${key}`, ...(key === 'one' ? { limits } : {}) }],
  });
  house = await openHouse({
    server,
    providers: { one: provider('one'), two: provider('two') },
    models: { coder: { targets: ['one/m'], fallbacks: ['two/m'] } },
    virtual_keys: [everyone],
  });
}

/** What an answer tells of who gave it. */
async function told(path: string, body: object): Promise<Record<string, string>> {
  const answer = await fetch(`${house.origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
    body: JSON.stringify(body),
  });
  await answer.text();
  const names = ['x-turnpike-route', 'x-turnpike-model', 'x-turnpike-lane'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name.replace('x-turnpike-', ''), value]];
    }),
  );
}

const chat = (model: string) => told('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'Hello' }] });

describe('what answers tell of their way', () => {
  it('is the provider, its model and how many attempts it took, unless something else is configured', async () => {
    await open({});
    expect(await chat('coder')).toEqual({ route: 'one/m; attempts=1', model: 'one/m', lane: 'express' });
    vendor.moods.set('sk-one', { status: 503 });
    expect(await chat('coder')).toMatchObject({ route: 'two/m; attempts=2' });
  });

  it('can be the names of keys and the failures on the way as well', async () => {
    await open({ route_header: 'full' });
    vendor.moods.set('sk-one', { status: 503 });
    expect(await chat('coder')).toMatchObject({
      route: 'two/m two#main; attempts=2; lane=express; failed=one/m one#main upstream-overloaded',
    });
  });

  it('counts no attempt where a limit of the gateway was in the way', async () => {
    await open({ route_header: 'full' }, { requests_per_minute: 1 });
    expect(await chat('coder')).toMatchObject({ route: expect.stringMatching(/^one\/m .*attempts=1;/) });
    expect(await chat('coder')).toMatchObject({
      route: 'two/m two#main; attempts=1; lane=express; failed=one/m one#main deployment-limited',
    });
  });

  it('is told with failures, too', async () => {
    await open({ route_header: 'full' });
    vendor.moods.set('sk-one', { status: 401 });
    expect(await chat('one/m')).toEqual({
      route: 'nobody; attempts=1; failed=one/m one#main upstream-credential-refused',
    });
    expect(await chat('nothing')).toEqual({});
  });

  it('can be nothing at all', async () => {
    await open({ route_header: 'off' });
    expect(await chat('coder')).toEqual({});
    expect(await told('/v1/embeddings', { model: 'one/m', input: 'Hello' })).toEqual({});
  });
});
