import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJson } from '../../src/core/json.ts';
import type { Document } from '../kit/gateway-process.ts';
import { testKey } from '../kit/gateway-process.ts';
import { arrayAt, textAt } from '../kit/json-access.ts';
import { everyone, type House, openHouse } from './house.ts';

const narrowKey = 'vk-narrow-0123456789';
const openai = { kind: 'openai' as const, keys: [{ value: 'sk-0123456789' }] };
let house: House;

beforeAll(async () => {
  house = await openHouse(documentOf('coder'));
});

afterAll(() => house.stop());

function documentOf(name: string, ...narrow: readonly string[]): Document {
  return {
    providers: { 'openai-a': openai, 'openai-b': openai },
    models: { [name]: { targets: ['openai-b/gpt-5.5'] } },
    virtual_keys: [everyone, { name: 'narrow', value: narrowKey, models: [...narrow] }],
  };
}

function look(headers: Record<string, string> = {}, init: RequestInit & { path?: string; key?: string } = {}) {
  const { path = '/v1/models?client_version=0.169.0', key = testKey, ...rest } = init;
  return fetch(house.origin + path, { ...rest, headers: { authorization: `Bearer ${key}`, ...headers } });
}

async function offered(answer: Promise<Response>): Promise<readonly string[]> {
  return arrayAt(parseJson(await (await answer).text()), 'data').map((model) => textAt(model, 'id'));
}

describe('a list of models', () => {
  it('need not be sent again to who has it', async () => {
    const first = await look();
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    expect(Number(first.headers.get('content-length'))).toBe((await first.arrayBuffer()).byteLength);
    for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await look({ 'if-none-match': condition });
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    }
    expect((await look({ 'if-none-match': '"other"' })).status).toBe(200);
    expect((await look({ 'if-none-match': etag }, { key: narrowKey })).status).toBe(200);
  });

  it('can be asked for its head alone', async () => {
    const head = await look({}, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(head.headers.get('content-length')).toBe((await look()).headers.get('content-length'));
  });

  it('begins with what is configured, and shows what has changed at once, to whom it may', async () => {
    const { headers } = await look();
    expect((await offered(look())).slice(0, 1)).toEqual(['coder']);
    expect(await offered(look({}, { key: narrowKey }))).toEqual([]);
    await house.replace(documentOf('builder'));
    expect((await offered(look())).filter((name) => !name.includes('/'))).toEqual(['builder']);
    expect((await look({ 'if-none-match': headers.get('etag') ?? '' })).status).toBe(200);
    expect(await offered(look({}, { key: narrowKey }))).toEqual([]);
  });

  it('names a model of two entries once, and each entry when it is asked for', async () => {
    const names = await offered(look());
    expect(names.filter((name) => name.endsWith('/gpt-5.5'))).toEqual(['openai-a/gpt-5.5']);
    const one = await look({}, { path: '/v1/models/openai-b/gpt-5.5' });
    expect([one.status, await one.json()]).toMatchObject([200, { id: 'openai-b/gpt-5.5', owned_by: 'openai-b' }]);
    expect((await look({}, { path: '/v1/models/openai-b/gpt-5.5', key: narrowKey })).status).toBe(404);
  });
});
