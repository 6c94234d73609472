import { describe, expect, it } from 'vitest';
import type { CanonicalRequest, DialectName } from '../core/items.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { dialects, providerDialects } from '../dialects/registry.ts';
import { createProvider } from './create-provider.ts';
import { endpointOf } from './endpoint.ts';
import type { Provider } from './provider.ts';
import { vendors } from './vendors.ts';

const question = { role: 'user', content: 'Read notes.txt.' };
const readFile = {
  type: 'function',
  function: {
    name: 'read_file',
    strict: true,
    parameters: { type: 'object', properties: { lines: { type: 'array', minItems: 1, items: { type: 'number' } } } },
  },
};

/** A provider of this vendor as a one-line configuration makes it. */
function providerOf(kind: string): Provider {
  const vendor = vendors.get(kind);
  if (!vendor) throw new Error(`no vendor ${kind}`);
  return createProvider({ name: kind, vendor, project: 'account', credentials: [{ id: `${kind}#1` }] });
}

function targetOf({ issuer, quirks }: Provider) {
  return { model: 'm', issuer, abilities: {}, quirks };
}

/** What the vendor is sent of a Chat caller's request, and what was lost on the way. */
function asked(kind: string, fields: JsonObject, dialect: DialectName = 'chat') {
  const request = dialects.chat.decodeRequest({ model: 'm', messages: [question], ...fields });
  return written(kind, request, dialect);
}

function written(kind: string, request: CanonicalRequest, dialect: DialectName) {
  const { body, losses } = providerDialects[dialect].encodeRequest(request, targetOf(providerOf(kind)));
  return { body, lost: losses.map(({ what }) => what) };
}

/** Whether the same request may pass to the vendor untouched but for its top-level fields, and which of them are taken out. */
function passes(kind: string, fields: JsonObject) {
  const body: JsonObject = { model: 'm', messages: [question], ...fields };
  const express = { body: Buffer.from(JSON.stringify(body)), stream: false, has: (key: string) => key in body };
  return dialects.chat.planExpress(express, targetOf(providerOf(kind)));
}

/** Fields that a vendor answers with 400 or 422. Where its page says so stands with its row. */
const refused: readonly (readonly [string, Readonly<Record<string, Json>>])[] = [
  ['groq', { logprobs: true, top_logprobs: 2, logit_bias: { '50256': -100 } }],
  ['cerebras', { frequency_penalty: 0.1, presence_penalty: 0.1, logit_bias: {}, parallel_tool_calls: false }],
  ['mistral', { store: false, user: 'u', seed: 1, logprobs: true }],
  ['xai', { presence_penalty: 0.1, frequency_penalty: 0.1, stop: ['x'] }],
  ['moonshot', { temperature: 0.2, top_p: 0.9, presence_penalty: 0.1 }],
];

describe('what a vendor refuses', () => {
  it.each(refused)('%s is not sent, and that is told: %j', (kind, fields) => {
    const names = Object.keys(fields);
    const { body, lost } = asked(kind, { ...fields, tools: [readFile] });
    expect(names.filter((name) => name in body)).toEqual([]);
    expect(lost).toEqual(expect.arrayContaining(names));
    expect(passes(kind, fields)?.remove).toEqual(expect.arrayContaining(names));
  });

  it('Cerebras: tools that are strict and lengths of arrays, which takes a translation', () => {
    const { body, lost } = asked('cerebras', { tools: [readFile] });
    expect(JSON.stringify(body['tools'])).not.toMatch(/strict|minItems/);
    expect(lost).toEqual(['tool.schema', 'tool.strict']);
    expect(passes('cerebras', { tools: [readFile] })).toBeUndefined();
    expect(passes('cerebras', {})).toBeDefined();
    expect(JSON.stringify(asked('groq', { tools: [readFile] }).body['tools'])).toMatch(
      /strict.*minItems|minItems.*strict/,
    );
  });

  it.each([
    ['zai', 'none', undefined],
    ['zai', 'required', undefined],
    ['zai', 'auto', 'auto'],
    ['moonshot', 'none', 'none'],
    ['moonshot', 'required', undefined],
    ['groq', 'required', 'required'],
  ])('%s: the choice "%s" of tools is sent as %s', (kind, choice, sent) => {
    const { body, lost } = asked(kind, { tools: [readFile], tool_choice: choice });
    expect(body['tool_choice']).toBe(sent);
    expect(lost.includes('tool_choice')).toBe(sent !== choice);
  });

  it('LM Studio: to be told which tool is called, so that it is told to call one', () => {
    const choice = { type: 'function', function: { name: 'read_file' } };
    const { body, lost } = asked('lmstudio', { tools: [readFile], tool_choice: choice });
    expect(body['tool_choice']).toBe('required');
    expect(lost).toEqual(['tool_choice']);
    expect(asked('groq', { tools: [readFile], tool_choice: choice }).body['tool_choice']).toEqual(choice);
  });

  it.each([
    ['groq', 'max_completion_tokens'],
    ['cerebras', 'max_completion_tokens'],
    ['mistral', 'max_tokens'],
    ['zai', 'max_tokens'],
  ])('%s: the limit of an answer is %s, whatever the caller calls it', (kind, name) => {
    const other = name === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
    const { body } = asked(kind, { [other]: 100 });
    expect(body[name]).toBe(100);
    expect(body[other]).toBeUndefined();
    expect(passes(kind, { [other]: 100 })).toBeUndefined();
    expect(passes(kind, { [name]: 100 })).toBeDefined();
  });

  it('xAI: a summary of reasoning, in Responses', () => {
    const request = dialects.responses.decodeRequest({
      model: 'm',
      input: 'Hi',
      reasoning: { effort: 'low', summary: 'auto' },
    });
    const { body, lost } = written('xai', request, 'responses');
    expect(body['reasoning']).toEqual({ effort: 'low' });
    expect(lost).toContain('reasoning.summary');
  });

  it('Azure: to forget what it thought, which is why it is asked to seal it, as OpenAI is', () => {
    const vendor = vendors.get('azure');
    if (!vendor) throw new Error('no Azure');
    const credentials = [{ id: 'azure#1' }];
    const azure = createProvider({ name: 'azure', vendor, baseUrl: 'https://x.openai.azure.com', credentials });
    const request = dialects.messages.decodeRequest({ model: 'm', max_tokens: 9, messages: [question] });
    const { body } = providerDialects.responses.encodeRequest(request, targetOf(azure));
    expect(body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] });
    expect(written('xai', request, 'responses').body['include']).toBeUndefined();
  });

  it('Mistral: to be asked for usage, which comes unasked', () => {
    expect(asked('mistral', {}).body['stream_options']).toBeUndefined();
    expect(asked('groq', {}).body['stream_options']).toEqual({ include_usage: true });
  });

  it.each(['deepseek', 'moonshot', 'zai'])('%s: a round of tools without the thought before it', (kind) => {
    const call = { id: 'call_1', type: 'function', function: { name: 'read_file', arguments: '{}' } };
    const turn = { role: 'assistant', content: null, reasoning_content: 'I will read.', tool_calls: [call] };
    const result = { role: 'tool', tool_call_id: 'call_1', content: 'Hello' };
    const { body } = asked(kind, { messages: [question, turn, result], tools: [readFile] });
    expect(body['messages']).toMatchObject([{}, { reasoning_content: 'I will read.' }, {}]);
  });
});

describe('where a vendor speaks Messages', () => {
  it.each([
    ['deepseek', 'https://api.deepseek.com/anthropic/v1/messages'],
    ['moonshot', 'https://api.moonshot.ai/anthropic/v1/messages'],
    ['zai', 'https://api.z.ai/api/anthropic/v1/messages'],
    ['minimax', 'https://api.minimax.io/anthropic/v1/messages'],
    ['alibaba', 'https://dashscope-intl.aliyuncs.com/apps/anthropic/v1/messages'],
    ['openrouter', 'https://openrouter.ai/api/v1/messages'],
    ['vercel', 'https://ai-gateway.vercel.sh/v1/messages'],
  ])('%s: at %s', (kind, url) => {
    const { origin, path } = endpointOf(providerOf(kind), 'messages', 'm', true);
    expect(origin + path).toBe(url);
  });

  it('and where Cloudflare speaks Chat, in the path of the account', () => {
    const { path } = endpointOf(providerOf('cloudflare'), 'chat', '@cf/meta/llama', true);
    expect(path).toBe('/client/v4/accounts/account/ai/v1/chat/completions');
  });
});

describe('usage and thoughts in odd places', () => {
  const events = (kind: string, chunks: readonly JsonObject[]) => {
    const { tools } = providerDialects.chat.encodeRequest(
      { model: 'm', stream: true, items: [], tools: [] },
      targetOf(providerOf(kind)),
    );
    const decoder = dialects.chat.createReplyDecoder({ tools, issuer: kind });
    return [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].flatMap((data) =>
      decoder.push({ event: undefined, data: Buffer.from(data) }),
    );
  };
  const choice = (delta: JsonObject, finish: string | null = null) => [{ index: 0, delta, finish_reason: finish }];

  it('Groq: usage beside the choices under its own name (https://console.groq.com/docs/api-reference#chat)', () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, queue_time: 0.02 };
    const told = events('groq', [
      { id: 'c', choices: choice({ reasoning: 'Hm. ' }) },
      { id: 'c', choices: choice({ content: 'Hi' }) },
      { id: 'c', choices: choice({}, 'stop'), x_groq: { id: 'req_1', usage } },
    ]);
    expect(told.at(-1)).toMatchObject({ type: 'reply-done', usage: { inputTokens: 7, outputTokens: 3 } });
    expect(told.map(({ type }) => type)).toContain('summary-delta');
  });

  it('Moonshot: usage inside the last choice (https://platform.kimi.ai/docs/api/chat)', () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, cached_tokens: 5 };
    const told = events('moonshot', [
      { id: 'c', choices: choice({ reasoning_content: 'Hm. ' }) },
      { id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }] },
    ]);
    expect(told.at(-1)).toMatchObject({
      type: 'reply-done',
      usage: { inputTokens: 7, outputTokens: 3, cachedInputTokens: 5 },
    });
  });

  it('DeepSeek: what was cached under its own names (https://api-docs.deepseek.com/guides/kv_cache)', () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 3 };
    const told = events('deepseek', [{ id: 'c', choices: choice({ content: 'Hi' }, 'stop'), usage }]);
    expect(told.at(-1)).toMatchObject({ usage: { inputTokens: 7, cachedInputTokens: 4 } });
  });
});
