import { describe, expect, it } from 'vitest';
import { type JsonObject, parseJson } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import { dialects } from '../registry.ts';
import type { Settings } from './settings.ts';

const home: Record<keyof typeof dialects, EncodeTarget> = {
  responses: { model: 'gpt-5.5', issuer: 'openai', abilities: {}, quirks: {} },
  chat: { model: 'gpt-5.5', issuer: 'openai', abilities: {}, quirks: {} },
  messages: { model: 'claude-opus-4-8', issuer: 'anthropic', abilities: {}, quirks: {} },
  gemini: { model: 'gemini-3.5-flash', issuer: 'google', abilities: {}, quirks: {} },
};

/** The body after the settings have been written into it, and what was lost. */
function written(
  name: keyof typeof dialects,
  settings: Settings,
  { body = {}, target = {} }: { body?: JsonObject; target?: Partial<EncodeTarget> } = {},
) {
  const fields = (key: string) => (body[key] === undefined ? undefined : Buffer.from(JSON.stringify(body[key])));
  const { replace, remove, losses } = dialects[name].writeSettings(settings, fields, { ...home[name], ...target });
  const kept = Object.entries(body).filter(([key]) => !remove.includes(key));
  const set = Object.entries(replace).map(([key, value]) => [key, parseJson(value)]);
  return { body: Object.fromEntries([...kept, ...set]), lost: losses.map(({ what }) => what) };
}

const all: Settings = { reasoningEffort: 'high', temperature: 0.5, topP: 0.9, verbosity: 'low', serviceTier: 'flex' };

describe('what the configuration sets in a request', () => {
  it('stands where each dialect says it', () => {
    expect(written('responses', all)).toEqual({
      body: {
        reasoning: { effort: 'high' },
        temperature: 0.5,
        top_p: 0.9,
        text: { verbosity: 'low' },
        service_tier: 'flex',
      },
      lost: [],
    });
    expect(written('chat', all)).toEqual({
      body: { reasoning_effort: 'high', temperature: 0.5, top_p: 0.9, verbosity: 'low', service_tier: 'flex' },
      lost: [],
    });
    expect(written('gemini', all)).toEqual({
      body: { generationConfig: { temperature: 0.5, topP: 0.9, thinkingConfig: { thinkingLevel: 'HIGH' } } },
      lost: ['text.verbosity', 'service_tier'],
    });
    expect(written('messages', all)).toEqual({
      body: { output_config: { effort: 'high' }, thinking: { type: 'adaptive' } },
      lost: ['text.verbosity', 'temperature', 'top_p', 'service_tier'],
    });
  });

  it('takes the place of what the agent says, and leaves the rest of its objects', () => {
    const responses = { reasoning: { effort: 'low', summary: 'auto' }, text: { format: { type: 'text' } } };
    expect(written('responses', { reasoningEffort: 'high', verbosity: 'low' }, { body: responses }).body).toEqual({
      reasoning: { effort: 'high', summary: 'auto' },
      text: { format: { type: 'text' }, verbosity: 'low' },
    });
    const gemini = {
      generation_config: { top_k: 3, top_p: 1, thinking_config: { include_thoughts: true, thinking_budget: 5 } },
    };
    expect(written('gemini', { reasoningEffort: 'low', topP: 0.5 }, { body: gemini }).body).toEqual({
      generation_config: { top_k: 3, topP: 0.5, thinkingConfig: { include_thoughts: true, thinkingLevel: 'LOW' } },
    });
    const openrouter = { issuer: 'openrouter', quirks: { effort: 'openrouter' } } as const;
    const chat = { reasoning: { max_tokens: 100, exclude: true }, reasoning_effort: 'low' };
    expect(written('chat', { reasoningEffort: 'high' }, { body: chat, target: openrouter }).body).toEqual({
      reasoning: { exclude: true, effort: 'high' },
    });
  });

  it.each([
    ['responses', { reasoning: { effort: 'high' } }],
    ['chat', { reasoning_effort: 'high' }],
  ] as const)('is the nearest effort that the model takes, in %s', (name, body) => {
    const target = { abilities: { reasoningEfforts: ['low', 'high'] } };
    expect(written(name, { reasoningEffort: 'max' }, { target })).toEqual({ body, lost: ['reasoning.effort'] });
  });

  it.each([
    ['responses', { abilities: { reasoning: false } }],
    ['chat', { abilities: { reasoning: false } }],
    ['chat', { issuer: 'groq' }],
    ['messages', { model: 'claude-3-5-haiku' }],
    ['gemini', { model: 'gemma-3' }],
  ] as const)('is left out and told where a model of %s cannot think: %j', (name, target) => {
    expect(written(name, { reasoningEffort: 'high' }, { target })).toEqual({ body: {}, lost: ['reasoning.effort'] });
  });

  it('is left out and told where the vendor refuses the field', () => {
    const target = { quirks: { omit: ['service_tier'] } };
    for (const name of ['responses', 'chat'] as const)
      expect(written(name, { serviceTier: 'flex' }, { target })).toEqual({ body: {}, lost: ['service_tier'] });
  });
});

describe('how hard Claude is to think', () => {
  const budget = { model: 'claude-sonnet-4-5' };
  const high = { reasoningEffort: 'high' };
  const effortOf = (body: JsonObject, target = {}) => written('messages', high, { body, target });

  it('is an effort for models that decide themselves, which are told to think unless a tool is forced', () => {
    const thinking = { type: 'adaptive', display: 'summarized' };
    expect(effortOf({ thinking, output_config: { format: 1 } }).body).toEqual({
      thinking,
      output_config: { format: 1, effort: 'high' },
    });
    const forced = { tool_choice: { type: 'any' }, thinking: { type: 'disabled' } };
    expect(effortOf(forced).body).toEqual({ ...forced, output_config: { effort: 'high' } });
  });

  it('takes away settings of sampling that do not go with thinking', () => {
    expect(effortOf({ temperature: 0.2, top_k: 4 }, { model: 'claude-opus-4-6' })).toEqual({
      body: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      lost: ['temperature', 'top_k'],
    });
  });

  it('is a budget for older models, within the answer, and only where the agent lets them think', () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 };
    expect(effortOf({ thinking, max_tokens: 64_000 }, budget).body['thinking']).toEqual({
      type: 'enabled',
      budget_tokens: 20_480,
    });
    expect(effortOf({ thinking, max_tokens: 9_000 }, budget).body['thinking']).toEqual({
      type: 'enabled',
      budget_tokens: 7_976,
    });
    expect(effortOf({ max_tokens: 9_000 }, budget)).toEqual({
      body: { max_tokens: 9_000 },
      lost: ['reasoning.effort'],
    });
  });

  it('is off by the word none, and little where it cannot be off', () => {
    const off = (model: string) => written('messages', { reasoningEffort: 'none' }, { target: { model } });
    expect(off('claude-opus-4-8').body).toEqual({ thinking: { type: 'disabled' } });
    expect(off('claude-sonnet-4-5').body).toEqual({ thinking: { type: 'disabled' } });
    expect(off('claude-mythos-preview')).toMatchObject({
      body: { output_config: { effort: 'low' } },
      lost: ['reasoning.effort'],
    });
  });
});
