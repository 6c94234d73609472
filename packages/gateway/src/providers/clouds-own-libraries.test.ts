import { GoogleGenAI } from '@google/genai';
import { OAuth2Client } from 'google-auth-library';
import OpenAI, { AzureOpenAI } from 'openai';
import { describe, expect, it } from 'vitest';
import type { DialectName } from '../core/items.ts';
import { Secret } from '../core/secret.ts';
import { authorize } from './authorize.ts';
import { createProvider, type ProviderSettings } from './create-provider.ts';
import { endpointOf } from './endpoint.ts';
import { vendors } from './vendors.ts';

interface Call {
  readonly url: string;
  readonly headers: Headers;
}

/** What a library calls, without a network. */
async function callOf(ask: (fetch: typeof globalThis.fetch) => Promise<unknown>): Promise<Call> {
  let seen: Call | undefined;
  await ask(async (input, init) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    seen = { url, headers: new Headers(init?.headers) };
    return new Response('data: [DONE]\n\n', { headers: { 'content-type': 'text/event-stream' } });
  }).catch(() => undefined);
  if (!seen) throw new Error('the library called nothing');
  return seen;
}

const secret = new Secret('cloud-key');

/** What we call for the same. */
function ours(kind: string, dialect: DialectName, more: Partial<ProviderSettings>) {
  const vendor = vendors.get(kind);
  if (!vendor) throw new Error(`no vendor ${kind}`);
  const provider = createProvider({ name: kind, vendor, credentials: [{ id: 'one', secret }], ...more });
  const { origin, path } = endpointOf(provider, dialect, 'my-model', true);
  return { url: origin + path, headers: authorize(provider, { id: 'one', secret }) };
}

/** Of a library's call as much as ours says. */
function comparable({ url, headers }: Call, mine: { readonly headers: Readonly<Record<string, string>> }) {
  return { url, headers: Object.fromEntries(Object.keys(mine.headers).map((name) => [name, headers.get(name)])) };
}

const messages = [{ role: 'user' as const, content: 'Hi' }];
const resource = 'https://house.openai.azure.com';

describe('a call goes where the cloud’s own library sends it, with the same key', () => {
  it('Azure with deployments, Chat', async () => {
    const theirs = await callOf((fetch) =>
      new AzureOpenAI({
        endpoint: resource,
        apiKey: 'cloud-key',
        apiVersion: '2024-10-21',
        fetch,
        maxRetries: 0,
      }).chat.completions.create({ model: 'my-model', messages, stream: true }),
    );
    const mine = ours('azure-deployments', 'chat', { baseUrl: resource, query: { 'api-version': '2024-10-21' } });
    expect(comparable(theirs, mine)).toEqual(mine);
  });

  it('Azure with deployments, Responses', async () => {
    const theirs = await callOf((fetch) =>
      new AzureOpenAI({
        endpoint: resource,
        apiKey: 'cloud-key',
        apiVersion: '2025-04-01-preview',
        fetch,
        maxRetries: 0,
      }).responses.create({ model: 'my-model', input: 'Hi', stream: true }),
    );
    const mine = ours('azure-deployments', 'responses', { baseUrl: resource });
    expect(comparable(theirs, mine)).toEqual(mine);
  });

  it('Azure with its v1 API, by way of a token', async () => {
    const theirs = await callOf((fetch) =>
      new OpenAI({ baseURL: `${resource}/openai/v1/`, apiKey: 'cloud-key', fetch, maxRetries: 0 }).responses.create({
        model: 'my-model',
        input: 'Hi',
        stream: true,
      }),
    );
    const keyHeader = { name: 'authorization', prefix: 'Bearer ' };
    const mine = ours('azure', 'responses', { baseUrl: resource, keyHeader });
    expect(comparable(theirs, mine)).toEqual(mine);
  });

  it.each(['global', 'europe-west4', 'us'])('Vertex AI in %s', async (region) => {
    const original = globalThis.fetch;
    const client = new GoogleGenAI({
      vertexai: true,
      project: 'house',
      location: region,
      googleAuthOptions: { authClient: tokenClient() },
    });
    const theirs = await callOf(async (fetch) => {
      globalThis.fetch = fetch;
      try {
        await client.models.generateContentStream({ model: 'my-model', contents: 'Hi' });
      } finally {
        globalThis.fetch = original;
      }
    });
    const mine = ours('vertex', 'gemini', { project: 'house', region });
    expect(mine.url.replace('/v1/', '/v1beta1/')).toBe(theirs.url);
    expect(theirs.headers.get('authorization')).toBe(mine.headers['authorization']);
  });
});

/** A client of Google's that has its token already. */
function tokenClient() {
  return new OAuth2Client({ credentials: { access_token: 'cloud-key', expiry_date: 4_000_000_000_000 } });
}
