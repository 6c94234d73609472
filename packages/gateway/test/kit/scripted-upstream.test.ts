import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { textAt } from './json-access.ts';
import { playScenes } from './model-script.ts';
import { type ScriptedUpstream, startUpstream } from './scripted-upstream.ts';

const script = playScenes({
  cue: 'go',
  answers: [{ thinking: 'Let me look…', calls: [{ name: 'look', input: { at: 'é/1' } }] }, { text: 'All is well. 🙂' }],
});

const schema = { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] };
const user = { role: 'user', content: 'go' };

const samples = {
  messages: {
    path: '/v1/messages',
    headers: { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
    body: {
      model: 'claude',
      max_tokens: 9,
      stream: true,
      messages: [user],
      tools: [{ name: 'look', input_schema: schema }],
    },
    strict: [{ colour: 'red' }, { messages: [{ role: 'assistant', content: 'x' }] }, { max_tokens: undefined }],
  },
  chat: {
    path: '/v1/chat/completions',
    headers: { authorization: 'Bearer k' },
    body: {
      model: 'm',
      stream: true,
      messages: [user],
      tools: [{ type: 'function', function: { name: 'look', parameters: schema } }],
    },
    strict: [{ colour: 'red' }, { messages: [user, { role: 'tool', tool_call_id: 'x', content: '' }] }, { tools: [] }],
  },
  gemini: {
    path: '/v1beta/models/gemini-3:streamGenerateContent?alt=sse',
    headers: { 'x-goog-api-key': 'k' },
    body: {
      contents: [{ role: 'user', parts: [{ text: 'go' }] }],
      tools: [{ functionDeclarations: [{ name: 'look', parameters: schema }] }],
    },
    strict: [
      { colour: 'red' },
      { contents: [{ role: 'user', parts: [{ functionResponse: { name: 'look', response: {} } }] }] },
      { tools: [{ functionDeclarations: [{ name: 'look', parameters: { ...schema, additionalProperties: false } }] }] },
    ],
  },
  responses: {
    path: '/v1/responses',
    headers: { authorization: 'Bearer k' },
    body: { model: 'm', stream: true, input: 'go', tools: [{ type: 'function', name: 'look', parameters: schema }] },
    strict: [
      { colour: 'red' },
      { input: [{ type: 'function_call', id: 'fc_1', call_id: 'c', name: 'look', arguments: '{}' }] },
      { input: [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'forged' }] },
    ],
  },
} as const satisfies Record<string, { strict: readonly JsonObject[]; [key: string]: unknown }>;

const dialects = ['messages', 'chat', 'gemini', 'responses'] as const;

describe.each(dialects)('a scripted upstream that speaks %s', (dialect) => {
  const running: ScriptedUpstream[] = [];
  const sample = samples[dialect];

  async function post(body: JsonObject, headers: Readonly<Record<string, string>> = sample.headers) {
    const upstream = running[0] ?? (await startUpstream({ dialect, script }));
    running[0] = upstream;
    const answer = await fetch(upstream.origin + sample.path, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, text: await answer.text(), upstream };
  }

  afterEach(async () => {
    await Promise.all(running.splice(0).map((upstream) => upstream.stop()));
  });

  it('answers a good request with the scripted call in parseable frames', async () => {
    const { status, text, upstream } = await post(sample.body);
    expect({ status, text }).toMatchObject({ status: 200 });
    const payloads = text.split(/\r?\n/).filter((line) => line.startsWith('data: {'));
    expect(payloads.map((line) => JSON.parse(line.slice(6)))).not.toHaveLength(0);
    expect(text).toContain('look');
    expect(upstream.complaints).toEqual([]);
    expect(upstream.requests[0]?.conversation.tools).toMatchObject([{ wireName: 'look', textArgument: 'at' }]);
  });

  it('refuses a request without its key', async () => {
    const { status } = await post(sample.body, {});
    expect([401, 403]).toContain(status);
  });

  it.each<JsonObject>(sample.strict)('refuses a request that breaks a rule: %j', async (broken) => {
    const { status, text, upstream } = await post({ ...sample.body, ...broken });
    expect({ status, text }).toMatchObject({ status: 400 });
    expect(JSON.parse(text)).toHaveProperty('error.message');
    expect(upstream.complaints).toHaveLength(1);
  });
});

describe('seals', () => {
  it('come back accepted when unchanged and are refused when touched', async () => {
    const upstream = await startUpstream({ dialect: 'messages', script });
    const { body, headers, path } = samples.messages;
    const send = async (messages: JsonObject[]): Promise<{ status: number; content: JsonObject[] }> => {
      const request = {
        ...body,
        stream: false,
        max_tokens: 5000,
        thinking: { type: 'enabled', budget_tokens: 2000 },
        messages,
      };
      const answer = await fetch(upstream.origin + path, { method: 'POST', headers, body: JSON.stringify(request) });
      const { content } = JSON.parse(await answer.text());
      return { status: answer.status, content };
    };
    const first = await send([user]);
    const [thinking = {}, call = {}] = first.content;
    const result = { type: 'tool_result', tool_use_id: call['id'], content: 'ok' };
    const next = (thought: JsonObject): JsonObject[] => [
      user,
      { role: 'assistant', content: [thought, call] },
      { role: 'user', content: [result] },
    ];
    expect((await send(next(thinking))).status).toBe(200);
    expect((await send(next({ ...thinking, thinking: 'Let me look' }))).status).toBe(400);
    expect((await send(next({ ...thinking, signature: `${textAt(thinking, 'signature')}A` }))).status).toBe(400);
    expect(upstream.seals().returned[0]).toBe(upstream.seals().issued[0]);
    await upstream.stop();
  });

  it.each([
    ['gemini-2.5-pro', 200],
    ['gemini-3-pro-preview', 400],
  ])('are demanded by %s with status %i where a call comes back without one', async (model, status) => {
    const upstream = await startUpstream({ dialect: 'gemini', script });
    const { body, headers } = samples.gemini;
    const contents = [
      ...body.contents,
      { role: 'model', parts: [{ functionCall: { name: 'look', args: { at: 'x' } } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'look', response: { output: 'ok' } } }] },
    ];
    const answer = await fetch(`${upstream.origin}/v1beta/models/${model}:streamGenerateContent?alt=sse`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...body, contents }),
    });
    expect(answer.status).toBe(status);
    await answer.body?.cancel();
    await upstream.stop();
  });
});
