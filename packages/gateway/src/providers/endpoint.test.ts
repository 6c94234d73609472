import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../core/failure.ts';
import { endpointOf } from './endpoint.ts';

const at = (baseUrl: string) => ({ baseUrl: new URL(baseUrl) });

describe('endpointOf', () => {
  it.each([
    ['https://api.openai.com/v1', 'responses', '/v1/responses'],
    ['https://api.groq.com/openai/v1', 'chat', '/openai/v1/chat/completions'],
    ['http://127.0.0.1:9001/', 'chat', '/chat/completions'],
    ['https://api.anthropic.com', 'messages', '/v1/messages'],
    ['https://openrouter.ai/api/v1', 'messages', '/api/v1/messages'],
    ['https://proxy.example/anthropic', 'messages', '/anthropic/v1/messages'],
  ] as const)('appends the operation to %s for %s', (base, dialect, path) => {
    expect(endpointOf(at(base), dialect, 'any', true)).toEqual({ origin: new URL(base).origin, path });
  });

  it.each([
    ['https://host', '/openai/v1/responses'],
    ['https://host/openai', '/openai/v1/responses'],
    ['https://host/openai/v1/', '/openai/v1/responses'],
    ['https://host/openai/v1/responses', '/openai/v1/responses'],
    ['https://host/proxy', '/proxy/openai/v1/responses'],
  ])('does not say twice what the base URL %s ends with', (base, path) => {
    const places = { responses: { path: '/openai/v1/responses' } };
    expect(endpointOf({ ...at(base), places }, 'responses', 'any', true).path).toBe(path);
  });

  it.each([
    ['https://host/v1', '../anthropic/v1/messages', 'https://host', '/anthropic/v1/messages'],
    ['https://host/proxy/v1', '../anthropic/v1/messages', 'https://host', '/proxy/anthropic/v1/messages'],
    ['https://host/api/paas/v4', '../../anthropic/v1/messages', 'https://host', '/api/anthropic/v1/messages'],
    ['https://host/v1', 'https://other:8443/m?x=1', 'https://other:8443', '/m?x=1'],
  ])('leads from %s by %s', (base, path, origin, whole) => {
    expect(endpointOf({ ...at(base), places: { messages: { path } } }, 'messages', 'any', true)).toEqual({
      origin,
      path: whole,
    });
  });

  it('puts the model into a place, streams elsewhere where they go elsewhere, and adds the query', () => {
    const provider = {
      ...at('https://host'),
      places: { messages: { path: '/m/{model}:rawPredict', streamPath: '/m/{model}:streamRawPredict?alt=sse' } },
      query: { 'api-version': '2025-04-01' },
    };
    const path = (stream: boolean) => endpointOf(provider, 'messages', 'claude@20250929', stream).path;
    expect(path(false)).toBe('/m/claude@20250929:rawPredict?api-version=2025-04-01');
    expect(path(true)).toBe('/m/claude@20250929:streamRawPredict?alt=sse&api-version=2025-04-01');
    expect(() => endpointOf(provider, 'messages', '../x', true)).toThrow(Failure);
  });

  it('names the model and the way of answering in a Gemini path', () => {
    const base = at('https://generativelanguage.googleapis.com');
    expect(endpointOf(base, 'gemini', 'gemini-2.5-pro', true).path).toBe(
      '/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse',
    );
    expect(endpointOf(base, 'gemini', 'gemini-2.5-pro', false).path).toBe(
      '/v1beta/models/gemini-2.5-pro:generateContent',
    );
  });

  it.each(['/v1beta', '/v1', '/v1alpha', '/google/v1beta/'])('does not double the version in %s', (path) => {
    const { path: whole } = endpointOf(at(`https://host${path}`), 'gemini', 'models/m', false);
    expect(whole).toBe(`${path.replace(/\/$/, '')}/models/m:generateContent`);
  });

  it('keeps slashes of a model name and encodes the rest', () => {
    const { path } = endpointOf(at('https://host/v1beta'), 'gemini', 'acme/a b?c#d%2e', false);
    expect(path).toBe('/v1beta/models/acme/a%20b%3Fc%23d%252e:generateContent');
  });

  it.each(['..', '../x', 'a/../b', 'a//b', '', '/a', 'a/', '.', 'models/..', 'x\ud800'])(
    'refuses a model name that cannot stand in a path: %j',
    (model) => {
      const call = () => endpointOf(at('https://host'), 'gemini', model, true);
      expect(call).toThrow(Failure);
      expect(call).toThrow(expect.objectContaining({ code: 'model-unknown' }));
    },
  );

  it('never lets a model name change anything but its own segments', () => {
    const segment = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/^\.{1,2}$|\//.test(text));
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 3 }), (segments) => {
        const { path } = endpointOf(at('https://host'), 'gemini', `models/${segments.join('/')}`, true);
        const url = new URL(path, 'https://host');
        expect(url.origin).toBe('https://host');
        expect(url.search).toBe('?alt=sse');
        const prefix = '/v1beta/models/';
        expect(url.pathname.startsWith(prefix)).toBe(true);
        const named = url.pathname.slice(prefix.length).replace(/:streamGenerateContent$/, '');
        expect(named.split('/').map(decodeURIComponent)).toEqual(segments);
      }),
    );
  });

  it('writes the whole id of a Bedrock model as one segment, also an ARN', () => {
    const arn = 'arn:aws:bedrock:eu-central-1:1:application-inference-profile/a1';
    const { path } = endpointOf(at('https://bedrock-runtime.eu-central-1.amazonaws.com'), 'converse', arn, true);
    expect(path).toBe(`/model/${encodeURIComponent(arn)}/converse-stream`);
    expect(endpointOf(at('https://x.example/base'), 'converse', 'a.b-v1:0', false).path).toBe(
      '/base/model/a.b-v1%3A0/converse',
    );
    expect(() => endpointOf(at('https://x.example'), 'converse', '..', true)).toThrow('not a model name');
  });
});
