import { describe, expect, it } from 'vitest';
import { Failure } from '../core/failure.ts';
import type { JsonObject } from '../core/json.ts';
import { readRoutingWishes, takesWishes } from './wishes.ts';

const read = (request: JsonObject) => readRoutingWishes((key) => request[key]);

/** The failure for a request that must be refused. */
function refusal(request: JsonObject): Failure {
  try {
    read(request);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error('it was not refused');
}

describe('the wishes of a request', () => {
  it('are for Chat Completions and Responses', () => {
    expect((['chat', 'responses', 'messages', 'gemini'] as const).map(takesWishes)).toEqual([true, true, false, false]);
  });

  it('are none in most requests', () => {
    expect(read({ model: 'm', messages: [] })).toBeUndefined();
    expect(read({ models: null, provider: null })).toBeUndefined();
  });

  it('are read as OpenRouter, LiteLLM and Bifrost write them', () => {
    const provider = {
      order: ['anthropic', 'openai'],
      only: ['openai'],
      ignore: ['azure'],
      sort: { by: 'price', partition: 'none' },
      max_price: { prompt: 1.5, completion: '2' },
      require_parameters: true,
      allow_fallbacks: false,
      data_collection: 'deny',
    };
    const fallbacks = ['b', { model: 'c' }, { provider: 'groq', model: 'd' }];
    expect(read({ models: ['a', 'b'], provider, fallbacks })).toEqual({
      fields: ['models', 'provider', 'fallbacks'],
      models: ['a', 'b', 'c', 'groq/d'],
      order: ['anthropic', 'openai'],
      only: ['openai'],
      ignore: ['azure'],
      sort: 'price',
      sortsAll: true,
      maxPrice: { input: 1_500_000_000n, output: 2_000_000_000n },
      requireParameters: true,
      allowFallbacks: false,
      provider,
    });
  });

  it.each<[string, JsonObject]>([
    ['models', { models: 'a' }],
    ['models[1]', { models: ['a', 7] }],
    ['models', { models: Array.from({ length: 21 }, (_, at) => `m${at}`) }],
    ['fallbacks', { fallbacks: { model: 'a' } }],
    ['fallbacks[0]', { fallbacks: [{ 'gpt-4': ['a'] }] }],
    ['provider', { provider: 'openai' }],
    ['provider.order', { provider: { order: 'openai' } }],
    ['provider.only[0]', { provider: { only: [''] } }],
    ['provider.sort', { provider: { sort: 'beauty' } }],
    ['provider.sort', { provider: { sort: { partition: 'none' } } }],
    ['provider.max_price', { provider: { max_price: 3 } }],
    ['provider.max_price.prompt', { provider: { max_price: { prompt: 'cheap' } } }],
    ['provider.require_parameters', { provider: { require_parameters: 'yes' } }],
    ['provider.allow_fallbacks', { provider: { allow_fallbacks: 0 } }],
  ])('are refused with the path of what is wrong: %s', (path, request) => {
    const failure = refusal(request);
    expect(failure.code).toBe('request-malformed');
    expect(failure.message).toContain(`\`${path}\``);
  });
});
