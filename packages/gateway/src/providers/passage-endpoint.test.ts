import { describe, expect, it } from 'vitest';
import { passageEndpointOf, type ProviderPath } from './passage-endpoint.ts';
import { vendors } from './vendors.ts';

const at = (base: string, path: ProviderPath, query = '', kind = 'openai'): string => {
  const { places, query: own } = vendors.get(kind) ?? {};
  const provider = { baseUrl: new URL(base), ...(places ? { places } : {}), ...(own ? { query: own } : {}) };
  const endpoint = passageEndpointOf(provider, path, query);
  return endpoint.origin + endpoint.path;
};

describe('where an operation passes to', () => {
  it.each<[string, string, ProviderPath, string]>([
    ['openai', 'https://a.example/v1', { path: '/files/file-1', api: 'openai' }, 'https://a.example/v1/files/file-1'],
    ['anthropic', 'https://a.example', { path: '/files', api: 'anthropic' }, 'https://a.example/v1/files'],
    ['anthropic', 'https://a.example/v1', { path: '/files', api: 'anthropic' }, 'https://a.example/v1/files'],
    ['cohere', 'https://a.example', { path: '/rerank', api: 'cohere' }, 'https://a.example/v2/rerank'],
    [
      'azure',
      'https://a.example',
      { path: '/embeddings', api: 'openai', model: 'd' },
      'https://a.example/openai/v1/embeddings',
    ],
    [
      'gemini',
      'https://a.example',
      { path: '/models/{model}:embedContent', api: 'google', model: 'models/a b/c' },
      'https://a.example/v1beta/models/a%20b/c:embedContent',
    ],
    [
      'azure-deployments',
      'https://a.example',
      { path: '/embeddings', api: 'openai', model: 'my-vectors' },
      'https://a.example/openai/deployments/my-vectors/embeddings?api-version=2025-04-01-preview',
    ],
    [
      'azure-deployments',
      'https://a.example',
      { path: '/files', api: 'openai' },
      'https://a.example/openai/files?api-version=2025-04-01-preview',
    ],
  ])('%s at %s', (kind, base, path, expected) => {
    expect(at(base, path, '', kind)).toBe(expected);
  });

  it('has the caller’s query, but for what the provider’s own says', () => {
    const files: ProviderPath = { path: '/files', api: 'openai' };
    expect(at('https://a.example/v1', files, 'limit=2&after=a%26b')).toBe(
      'https://a.example/v1/files?limit=2&after=a%26b',
    );
    expect(at('https://a.example', files, 'api-version=mine&limit=2', 'azure-deployments')).toBe(
      'https://a.example/openai/files?limit=2&api-version=2025-04-01-preview',
    );
  });

  it('says a version once that the caller and the base URL say', () => {
    expect(at('https://a.example/api/v1', { path: '/v1/unheard/of' })).toBe('https://a.example/api/v1/unheard/of');
    expect(at('https://a.example/api', { path: '/v1/unheard/of' })).toBe('https://a.example/api/v1/unheard/of');
  });

  it.each(['/../x', '/a//b', '/a%2fb', '/%252e%252e/x', '//evil.example/x'])('is never %s', (path) => {
    expect(() => at('https://a.example/v1', { path })).toThrow(/must not stand in a path/);
  });

  it('is no model that leads out of the path', () => {
    const embed: ProviderPath = { path: '/models/{model}:embedContent', api: 'google', model: '../../x' };
    expect(() => at('https://a.example', embed)).toThrow(/is not a model name/);
  });
});
