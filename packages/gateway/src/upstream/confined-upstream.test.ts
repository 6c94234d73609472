import { afterAll, describe, expect, it } from 'vitest';
import { serveLoopback } from '../../test/kit/vendor-server.ts';
import { Failure } from '../core/failure.ts';
import type { NetworkRules } from '../providers/network-rules.ts';
import { createConfinedUpstream } from './confined-upstream.ts';
import { createJsonFetcher } from './fetch-json.ts';
import { createHttpUpstream } from './http-upstream.ts';
import type { Upstream } from './upstream.ts';

/** What names resolve to here: no test asks a real resolver. */
const names: Readonly<Record<string, string>> = {
  'api.vendor.example': '93.184.216.34',
  'rebound.corp.example': '93.184.216.34',
};

const http = createHttpUpstream((host, _options, callback) => {
  const address = names[host];
  if (address === undefined) callback(new Error(`no such name: ${host}`), []);
  else callback(null, [{ address, family: 4 }]);
});
const upstream = createConfinedUpstream(http, () => ({ insideOnly: true, allowedHosts: [] }));
const near = await serveLoopback(async (_request, response) => void response.end('{"near":true}'));

afterAll(async () => {
  await upstream.close();
  await near.stop();
});

const call = {
  path: '/',
  method: 'GET',
  headers: {},
  body: [],
  deadlines: { connectMs: 1000, headersMs: 1000, idleMs: 1000 },
  allowPrivate: false,
  signal: new AbortController().signal,
} as const;

/** How a call ends: with its status, or the code of its failure and what is said of it. */
async function callTo(origin: string): Promise<string> {
  try {
    const answer = await upstream.call({ ...call, origin });
    answer.body.cancel();
    return String(answer.status);
  } catch (error) {
    return error instanceof Failure ? `${error.code}: ${error.message}` : String(error);
  }
}

describe('an upstream that stays inside', () => {
  it('reaches this machine', async () => {
    expect(await callTo(near.origin)).toBe('200');
  });

  it.each([
    'https://93.184.216.34',
    'https://api.vendor.example',
    'https://rebound.corp.example',
    'https://[2606:4700::1111]',
  ])('refuses what is outside, whatever it is called: %s', async (origin) => {
    expect(await callTo(origin)).toMatch(/^address-forbidden: .*outside.*network\.allowed_hosts/);
  });

  it('lets calls go inside without being told so of each provider, and listed hosts go where they want, as the rules are at the moment', () => {
    const seen: (boolean | undefined)[][] = [];
    const inner: Upstream = {
      call({ allowPrivate, insideOnly }) {
        seen.push([allowPrivate, insideOnly]);
        return Promise.reject(new Error('not wanted'));
      },
      close: async () => undefined,
    };
    let now: NetworkRules = { insideOnly: true, allowedHosts: ['*.vendor.example'] };
    const confined = createConfinedUpstream(inner, () => now);
    const calls = ['https://models.corp.example', 'https://API.vendor.example'].map((origin) => ({ ...call, origin }));
    for (const each of calls) confined.call(each).catch(() => undefined);
    now = { ...now, allowedHosts: [] };
    for (const each of calls) confined.call(each).catch(() => undefined);
    now = { ...now, insideOnly: false };
    for (const each of calls) confined.call(each).catch(() => undefined);
    const [within, anywhere] = [
      [true, true],
      [false, undefined],
    ];
    expect(seen).toEqual([within, anywhere, within, within, anywhere, anywhere]);
  });

  it('holds for documents that are fetched, such as the keys of token issuers', async () => {
    const fetchJson = createJsonFetcher(upstream);
    expect(await fetchJson(`${near.origin}/keys`, { allowPrivate: false })).toEqual({ near: true });
    await expect(fetchJson('https://api.vendor.example/keys', { allowPrivate: true })).rejects.toMatchObject({
      code: 'address-forbidden',
    });
  });
});
