import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capturesDir } from '../../../test/kit/shared-data.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import { chat } from './index.ts';

const target: EncodeTarget = {
  model: 'm',
  issuer: 'openrouter',
  abilities: {},
  quirks: { effort: 'openrouter', reasoningField: 'reasoning', maxTokensField: 'max_tokens' },
};

const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } };

/** Everything the dialect can say, in the spelling of the encoder. */
const rich: JsonObject = {
  model: 'm',
  messages: [
    { role: 'system', content: 'Be brief.', name: 'sys' },
    { role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }, picture] },
    { role: 'user', content: [{ type: 'text', text: 'one part, still an array' }] },
    {
      role: 'user',
      content: [
        { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,AA==', filename: 'a.pdf' } },
        { type: 'video_url', video_url: { url: 'https://v.example' } },
      ],
    },
    {
      role: 'assistant',
      content: 'Looking.',
      reasoning: 'hm',
      reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', index: 0 }],
      tool_calls: [
        {
          id: '1',
          type: 'function',
          function: { name: 'read', arguments: '{"a": 1}' },
          extra_content: { google: 'sig' },
        },
        { id: '2', type: 'function', function: { name: 'read', arguments: '{}' } },
      ],
      annotations: [],
    },
    { role: 'tool', tool_call_id: '1', content: 'one', name: 'read' },
    { role: 'tool', tool_call_id: '2', content: [{ type: 'text', text: 'two' }] },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: '3', type: 'function', function: { name: 'read', arguments: '{}' } }],
      audio: null,
    },
    { role: 'tool', tool_call_id: '3', content: '' },
    { role: 'critic', content: 'a role nobody knows' },
  ],
  tools: [
    {
      type: 'function',
      function: { name: 'read', description: 'Reads.', parameters: { type: 'object' }, strict: true, examples: [] },
      cache_control: { type: 'ephemeral' },
    },
    { type: 'openrouter:datetime' },
  ],
  tool_choice: { type: 'function', function: { name: 'read' } },
  parallel_tool_calls: false,
  response_format: {
    type: 'json_schema',
    json_schema: { name: 'out', description: 'd', schema: { type: 'object' }, strict: true },
  },
  reasoning: { effort: 'low', exclude: true },
  max_tokens: 100,
  temperature: 0.5,
  top_p: 0.9,
  top_k: 4,
  stop: ['END'],
  verbosity: 'low',
  service_tier: 'flex',
  stream: true,
  stream_options: { include_usage: true },
  seed: 7,
  metadata: { a: 'b' },
};

describe('a Chat request', () => {
  it('comes back as it was, unknown fields and all', () => {
    const { body, losses } = chat.encodeRequest(chat.decodeRequest(rich), target);
    expect(body).toEqual(rich);
    expect(losses).toEqual([]);
  });

  it('in the old function form reads as tools, calls and results that belong together', () => {
    const old = chat.decodeRequest({
      model: 'm',
      functions: [{ name: 'f' }],
      function_call: { name: 'f' },
      messages: [
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: 'one' },
      ],
    });
    expect(old).toMatchObject({ tools: [{ name: 'f' }], toolChoice: { mode: 'tool', tool: { name: 'f' } } });
    const ids = old.items.map((item) => ('callId' in item ? item.callId : undefined));
    expect(ids[0]).toBeDefined();
    expect(ids[1]).toBe(ids[0]);
  });

  it('with custom tools keeps their kind, in results too', () => {
    const { items, tools } = chat.decodeRequest({
      model: 'm',
      tools: [
        {
          type: 'custom',
          custom: { name: 'patch', format: { type: 'grammar', grammar: { syntax: 'regex', definition: 'x' } } },
        },
      ],
      messages: [
        { role: 'assistant', tool_calls: [{ id: '1', type: 'custom', custom: { name: 'patch', input: 'x' } }] },
        { role: 'tool', tool_call_id: '1', content: 'ok' },
      ],
    });
    expect(tools).toMatchObject([{ type: 'custom', grammar: { syntax: 'regex' } }]);
    expect(items).toMatchObject([{ kind: 'custom', input: 'x' }, { kind: 'custom' }]);
  });

  it('reads both names of the output limit, a single stop word, both forms of effort', () => {
    const base = { model: 'm', messages: [] };
    expect(
      chat.decodeRequest({ ...base, max_tokens: 5, max_completion_tokens: 6, stop: 'x', reasoning_effort: 'high' }),
    ).toMatchObject({
      maxOutputTokens: 6,
      stop: ['x'],
      reasoning: { effort: 'high' },
    });
    expect(chat.decodeRequest({ ...base, reasoning: { max_tokens: 9 } })).toMatchObject({
      reasoning: { budgetTokens: 9 },
    });
  });

  it.each<[string, JsonObject]>([
    ['model', { messages: [] }],
    ['messages', { model: 'm' }],
    ['messages[0]', { model: 'm', messages: ['hi'] }],
    ['messages[0].role', { model: 'm', messages: [{ content: 'hi' }] }],
    ['messages[0].content', { model: 'm', messages: [{ role: 'user', content: 5 }] }],
    ['messages[0].content[0].text', { model: 'm', messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    [
      'messages[0].content[0].image_url.url',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
    ],
    ['messages[0].tool_calls[0].id', { model: 'm', messages: [{ role: 'assistant', tool_calls: [{}] }] }],
    ['messages[0].tool_call_id', { model: 'm', messages: [{ role: 'tool', content: '' }] }],
    ['tools[0].function.name', { model: 'm', messages: [], tools: [{ type: 'function', function: {} }] }],
    ['max_tokens', { model: 'm', messages: [], max_tokens: 'many' }],
    ['stream', { model: 'm', messages: [], stream: 'yes' }],
  ])('with a wrong %s is refused by its path', (path, body) => {
    expect(() => chat.decodeRequest(body)).toThrow(
      expect.objectContaining({ code: 'request-malformed', message: expect.stringContaining(`\`${path}\` must be`) }),
    );
  });
});

const skip = capturesDir === undefined ? ' (skipped: no captures)' : '';

describe.skipIf(capturesDir === undefined)(`a real agent's Chat request${skip}`, () => {
  const names = capturesDir === undefined ? ['none'] : readdirSync(capturesDir).filter(isChatCapture);

  it.each(names)('%s comes back as it was', (name) => {
    const capture = parseJson(readFileSync(join(capturesDir ?? '', name), 'utf8'));
    const asked = isJsonObject(capture) && isJsonObject(capture['body']) ? capture['body'] : {};
    const decoded = chat.decodeRequest(asked);
    const { body, losses } = chat.encodeRequest(decoded, { ...target, model: decoded.model });
    expect(body).toEqual(asked);
    expect(losses).toEqual([]);
  });
});

function isChatCapture(name: string): boolean {
  return /^(qwen-openai|opencode-openai-compatible)/.test(name);
}
