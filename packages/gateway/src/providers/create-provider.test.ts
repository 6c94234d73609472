import { describe, expect, it } from 'vitest';
import { Secret } from '../core/secret.ts';
import { authorize } from './authorize.ts';
import { createProvider, type ProviderSettings } from './create-provider.ts';
import type { Vendor } from './provider.ts';
import { vendors } from './vendors.ts';

const vendor = (kind: string): Vendor => {
  const found = vendors.get(kind);
  if (!found) throw new Error(`no vendor ${kind}`);
  return found;
};
const key = { id: 'p#1', secret: new Secret('sk-test') };
const settings = (kind: string, more: Partial<ProviderSettings> = {}): ProviderSettings => ({
  name: 'p',
  vendor: vendor(kind),
  credentials: [key],
  ...more,
});

describe('createProvider', () => {
  it('takes what the configuration does not say from the vendor', () => {
    const provider = createProvider(settings('groq'));
    expect(provider.baseUrl.href).toBe('https://api.groq.com/openai/v1');
    expect(provider.speaks).toEqual(['chat']);
    expect(provider.issuer).toBe('groq');
    expect(provider.allowPrivate).toBe(false);
    expect(provider.quirks.effort).toBe('reasoning_effort');
  });

  it('goes on over a WebSocket at the own address of a vendor that speaks it, and elsewhere where it is told to', () => {
    const speaks = (kind: string, more: Partial<ProviderSettings> = {}) =>
      createProvider(settings(kind, more)).websocket;
    expect(speaks('openai')).toBe(true);
    expect(speaks('openai', { baseUrl: 'https://api.openai.com/v1' })).toBe(true);
    expect(speaks('openai', { baseUrl: 'https://proxy.example.com/v1' })).toBe(false);
    expect(speaks('openai', { baseUrl: 'https://proxy.example.com/v1', websocket: 'on' })).toBe(true);
    expect(speaks('openai', { websocket: 'off' })).toBe(false);
    expect(speaks('groq')).toBe(false);
  });

  it('lets the configuration override the base URL, dialects, quirks and headers', () => {
    const provider = createProvider(
      settings('anthropic', {
        baseUrl: 'http://127.0.0.1:9001/base//',
        speaks: ['chat'],
        quirks: { noStreamOptions: true },
        headers: { 'X-Team': 'core', 'Anthropic-Version': '2030-01-01' },
        allowPrivate: true,
      }),
    );
    expect(provider.baseUrl.href).toBe('http://127.0.0.1:9001/base');
    expect(provider.speaks).toEqual(['chat']);
    expect(provider.quirks).toEqual({ noStreamOptions: true });
    expect(provider.headers).toEqual({ 'anthropic-version': '2030-01-01', 'x-team': 'core' });
    expect(provider.allowPrivate).toBe(true);
  });

  it('keeps the issuer of a vendor behind another base URL, and gives every generic server its own', () => {
    expect(createProvider(settings('openai', { baseUrl: 'https://proxy.example/v1' })).issuer).toBe('openai');
    const generic = settings('openai-compatible', { name: 'house', baseUrl: 'https://models.example/v1' });
    expect(createProvider(generic).issuer).toBe('house');
  });

  it('fills project and location into the places of a cloud, and takes its host from the region', () => {
    const at = (more: Partial<ProviderSettings>) => createProvider(settings('vertex', { project: 'house', ...more }));
    expect(at({}).baseUrl.href).toBe('https://aiplatform.googleapis.com/');
    expect(at({}).places?.gemini?.path).toBe(
      '/v1/projects/house/locations/global/publishers/google/models/{model}:generateContent',
    );
    expect(at({ region: 'europe-west4' }).baseUrl.href).toBe('https://europe-west4-aiplatform.googleapis.com/');
    expect(at({ region: 'eu' }).baseUrl.href).toBe('https://aiplatform.eu.rep.googleapis.com/');
    expect(at({ region: 'eu' }).places?.gemini?.streamPath).toContain('/locations/eu/');
  });

  it('lays the places, the query and the header of the configuration over the vendor’s', () => {
    const provider = createProvider(
      settings('azure-deployments', {
        baseUrl: 'https://house.openai.azure.com',
        places: { chat: { path: '/chat/{model}' } },
        query: { 'api-version': '2024-10-21' },
        keyHeader: { name: 'authorization', prefix: 'Bearer ' },
      }),
    );
    expect(provider.places).toEqual({ responses: { path: '/openai/responses' }, chat: { path: '/chat/{model}' } });
    expect(provider.query).toEqual({ 'api-version': '2024-10-21' });
    expect(authorize(provider, key)).toEqual({ authorization: 'Bearer sk-test' });
  });

  it('gives every resource of Azure an issuer of its own, which cannot open what another has sealed', () => {
    const at = (name: string) => createProvider(settings('azure', { name, baseUrl: 'https://x.openai.azure.com' }));
    expect([at('one').issuer, at('two').issuer]).toEqual(['one', 'two']);
  });

  it('needs a base URL for the generic kind', () => {
    expect(() => createProvider(settings('openai-compatible'))).toThrow('Provider p needs a base_url');
  });

  it.each([
    ['models.example/v1', 'whole URL'],
    ['ftp://models.example', 'whole URL'],
    ['https://?', 'whole URL'],
    ['https://user:secret@models.example', 'user name or password'],
    ['https://models.example/v1?key=1', 'query'],
    ['https://models.example/v1#top', 'fragment'],
    ['https://models.example/v1?', 'query'],
  ])('refuses the base URL %s and does not repeat it', (baseUrl, told) => {
    const make = () => createProvider(settings('openai', { baseUrl }));
    expect(make).toThrow(told);
    expect(make).not.toThrow(baseUrl);
  });

  it('refuses headers that could not be sent', () => {
    expect(() => createProvider(settings('openai', { headers: { 'a b': 'x' } }))).toThrow('name is not allowed');
    expect(() => createProvider(settings('openai', { headers: { a: 'x\r\ny' } }))).toThrow('single line');
  });

  it('asks for a key where one is needed, and makes a keyless credential where none is', () => {
    expect(() => createProvider(settings('groq', { credentials: [] }))).toThrow('GROQ_API_KEY');
    expect(createProvider(settings('ollama', { credentials: [] })).credentials).toEqual([{ id: 'p#1' }]);
    expect(createProvider(settings('groq', { credentials: [{ id: 'p#1' }] })).credentials).toHaveLength(1);
  });

  it('refuses a provider that speaks nothing', () => {
    expect(() => createProvider(settings('openai', { speaks: [] }))).toThrow('at least one dialect');
  });
});

describe('authorize', () => {
  it.each([
    ['openai', { authorization: 'Bearer sk-test' }],
    ['anthropic', { 'x-api-key': 'sk-test' }],
    ['gemini', { 'x-goog-api-key': 'sk-test' }],
    ['demo', {}],
  ])('puts the key of %s where the vendor looks for it', (kind, headers) => {
    expect(authorize({ vendor: vendor(kind) }, key)).toEqual(headers);
  });

  it('sends nothing for a keyless credential', () => {
    expect(authorize({ vendor: vendor('ollama') }, { id: 'p#1' })).toEqual({});
  });
});
