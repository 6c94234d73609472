import { describe, expect, it } from 'vitest';
import type { CanonicalRequest, Item } from '../../core/items.ts';
import type { EncodeTarget } from '../dialect.ts';
import { emptySeal } from '../shared/seal.ts';
import { encodeRequest } from './request-encoder.ts';

const target: EncodeTarget = { model: 'command-a-03-2025', issuer: 'cohere', abilities: {}, quirks: {} };
const question: Item = { type: 'message', role: 'user', parts: [{ type: 'text', text: 'How is the weather?' }] };
const call: Item = {
  type: 'tool-call',
  kind: 'function',
  callId: 'weather_1',
  tool: { name: 'weather' },
  input: '{"city":"Köln"}',
};
const result: Item = {
  type: 'tool-result',
  kind: 'function',
  callId: 'weather_1',
  output: [{ type: 'text', text: 'sunny' }],
};
const weather = { type: 'function', name: 'weather', schema: { type: 'object', properties: {} } } as const;

function encode(request: Partial<CanonicalRequest>, more: Partial<EncodeTarget> = {}) {
  const whole = { model: 'm', stream: true, items: [question], tools: [], ...request };
  return encodeRequest(whole, { ...target, ...more });
}

describe('a request for Cohere', () => {
  it('gives back a thought of its own as the plan of its calls, or as thinking where there are none', () => {
    const thought: Item = { type: 'reasoning', summary: ['I will ask.'], seal: emptySeal('cohere') };
    const said: Item = { type: 'message', role: 'assistant', parts: [{ type: 'text', text: 'Sunny.' }] };
    const { body } = encode({ items: [question, thought, call, result, thought, said] });
    expect(body['messages']).toEqual([
      { role: 'user', content: 'How is the weather?' },
      {
        role: 'assistant',
        tool_plan: 'I will ask.',
        tool_calls: [
          { id: 'weather_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'weather_1', content: 'sunny' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'I will ask.' },
          { type: 'text', text: 'Sunny.' },
        ],
      },
    ]);
  });

  it('keeps the thoughts of others to itself, and tells of a sealed one', () => {
    const foreign: Item = { type: 'reasoning', summary: ['Hm.'], seal: { issuer: 'openai', data: 'sealed' } };
    const { body, losses } = encode({ items: [question, foreign, call, result] });
    expect(JSON.stringify(body)).not.toContain('Hm.');
    expect(losses).toMatchObject([{ weight: 'hint', what: 'reasoning.seal' }]);
  });

  it('names tools as Cohere takes them', () => {
    const { body, tools } = encode({ tools: [{ ...weather, name: '2nd-weather.now' }] });
    expect(body['tools']).toMatchObject([{ function: { name: '_nd_weather_now' } }]);
    expect(tools.resolve('_nd_weather_now')).toEqual({ kind: 'function', tool: { name: '2nd-weather.now' } });
  });

  it('asks for a form of the answer by a field, but beside tools in words', () => {
    const outputFormat = { type: 'json-schema', name: 'x', schema: { type: 'object' } } as const;
    const alone = encode({ outputFormat });
    expect(alone.body['response_format']).toEqual({ type: 'json_object', json_schema: { type: 'object' } });
    const beside = encode({ outputFormat, tools: [weather] });
    expect(beside.body['response_format']).toBeUndefined();
    expect(JSON.stringify(beside.body['messages'])).toContain('JSON Schema');
    expect(beside.losses).toMatchObject([{ weight: 'hint', what: 'text.format' }]);
  });

  it.each([
    [{ mode: 'auto' }, undefined, []],
    [{ mode: 'none' }, 'NONE', []],
    [{ mode: 'required' }, 'REQUIRED', []],
    [{ mode: 'tool', tool: { name: 'weather' }, kind: 'function' }, 'REQUIRED', ['tool_choice']],
  ] as const)('says the choice %j as %s', (toolChoice, word, lost) => {
    const { body, losses } = encode({ toolChoice, tools: [weather] });
    expect(body['tool_choice']).toBe(word);
    expect(losses.map(({ what }) => what)).toEqual(lost);
  });

  it.each([
    [{ effort: 'none' }, { type: 'disabled' }],
    [{ effort: 'low' }, { type: 'enabled', token_budget: 4_096 }],
    [{ effort: 'high' }, { type: 'enabled' }],
    [{ budgetTokens: 900 }, { type: 'enabled', token_budget: 900 }],
    [{ budgetTokens: 0 }, { type: 'disabled' }],
  ])('asks a model that reasons for %j as %j, and no other model', (reasoning, thinking) => {
    expect(encode({ reasoning }, { abilities: { reasoning: true } }).body['thinking']).toEqual(thinking);
    const unknown = encode({ reasoning });
    expect(unknown.body['thinking']).toBeUndefined();
    expect(unknown.losses).toMatchObject([{ weight: 'hint', what: 'reasoning.effort' }]);
  });

  it('keeps sampling within what is taken', () => {
    const { body, losses } = encode({ topP: 1, topK: 40, stop: ['1', '2', '3', '4', '5', '6'], maxOutputTokens: 9 });
    expect(body).toMatchObject({ p: 0.99, k: 40, max_tokens: 9, stop_sequences: ['1', '2', '3', '4', '5'] });
    expect(losses).toMatchObject([{ weight: 'hint', what: 'stop' }]);
  });

  it('tells pictures of a result behind it, and refuses what it cannot say', () => {
    const image = { type: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'iVBORw0=' } } as const;
    const pdf = { type: 'file', source: { kind: 'data', mediaType: 'application/pdf', base64: 'JVBERi0=' } } as const;
    const seen = encode({ items: [question, call, { ...result, output: [image] }] });
    expect(seen.body['messages']).toMatchObject([
      {},
      {},
      { role: 'tool', content: 'The result follows in the next message.' },
      { role: 'user', content: [{ type: 'text' }, { type: 'image_url' }] },
    ]);
    const blind = encode({ items: [{ ...question, parts: [image, pdf] }] }, { abilities: { images: false } });
    expect(blind.losses).toMatchObject([
      { weight: 'meaning', what: 'image' },
      { weight: 'meaning', what: 'file' },
    ]);
  });
});
