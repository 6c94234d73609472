import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientDialectName, DialectName } from '../../src/core/items.ts';
import type { Json } from '../../src/core/json.ts';
import { readTold } from '../kit/ask.ts';
import { testKey } from '../kit/gateway-process.ts';
import { type Asked, type ClientTool, clients, type Understood } from './clients.ts';
import { type House, openHouse } from './house.ts';

const clientNames: readonly ClientDialectName[] = ['responses', 'chat', 'messages', 'gemini'];
/** Everything that it can be, and in what dialect. */
const providers: Readonly<Record<string, DialectName>> = {
  responses: 'responses',
  chat: 'chat',
  messages: 'messages',
  gemini: 'gemini',
  cohere: 'cohere',
  converse: 'converse',
  azure: 'chat',
  vertex: 'gemini',
  openrouter: 'chat',
  ollama: 'chat',
};

const tool: ClientTool = {
  name: 'get_weather',
  description: 'Tells the weather.',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

/** One server that speaks all dialects and that nobody here wrote: what it says judges us from outside. */
const stranger = new LLMock({ port: 0, logLevel: 'silent' });
let house: House;

beforeAll(async () => {
  stranger.on(
    { userMessage: 'weather', hasToolResult: false },
    { toolCalls: [{ name: 'get_weather', arguments: '{"city":"Köln"}' }] },
  );
  stranger.on({ userMessage: 'weather', hasToolResult: true }, { content: 'Sunny in Köln. ☀️' });
  stranger.onEmbedding(/./, { embedding: [0.25, 0.5] });
  stranger.onImage(/./, { image: { b64Json: 'aGVsbG8=' } });
  stranger.onSpeech(/./, { audio: Buffer.from('a voice').toString('base64') });
  stranger.on({}, { content: 'Whatever you say.' });
  await stranger.start();
  const keys = [{ value: 'sk-stranger' }];
  house = await openHouse({
    providers: {
      responses: { kind: 'openai', base_url: `${stranger.url}/v1`, speaks: ['responses'], keys },
      chat: { kind: 'openai', base_url: `${stranger.url}/v1`, speaks: ['chat'], keys },
      messages: { kind: 'anthropic', base_url: stranger.url, keys },
      gemini: { kind: 'gemini', base_url: `${stranger.url}/v1beta`, keys },
      cohere: { kind: 'cohere', base_url: stranger.url, keys },
      converse: { kind: 'bedrock', base_url: stranger.url, keys },
      azure: { kind: 'azure-deployments', base_url: stranger.url, speaks: ['chat'], keys },
      vertex: { kind: 'vertex', base_url: stranger.url, project: 'house', keys },
      openrouter: { kind: 'openrouter', base_url: `${stranger.url}/v1`, speaks: ['chat'], keys },
      ollama: { kind: 'ollama', base_url: `${stranger.url}/v1`, speaks: ['chat'] },
    },
  });
});

afterAll(async () => {
  await house.stop();
  await stranger.stop();
});

async function say(dialect: ClientDialectName, asked: Asked): Promise<Understood> {
  const { path, body } = clients[dialect].request(asked);
  const answer = await fetch(house.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
    body: JSON.stringify(body),
  });
  const told = await readTold(answer);
  expect({ status: told.status, text: told.text.slice(0, 500) }).toMatchObject({ status: 200 });
  return clients[dialect].understand(told, asked.stream);
}

const journeys = clientNames.flatMap((client) =>
  Object.keys(providers).flatMap((provider) => [true, false].map((stream) => ({ client, provider, stream }))),
);

describe.each(journeys)(
  'a $client client (stream: $stream) of a $provider provider that we did not write',
  ({ client, provider, stream }) => {
    const asked = { model: `${provider}/some-model`, stream };

    it('gets plain text', async () => {
      const history = [clients[client].user('Hello')];
      expect(await say(client, { ...asked, tools: [tool], history })).toMatchObject({
        text: 'Whatever you say.',
        calls: [],
      });
    });

    it('has a tool called and brings back its result', async () => {
      const speaker = clients[client];
      const before = house.records.length;
      const question: readonly Json[] = [speaker.user('How is the weather?')];
      const first = await say(client, { ...asked, tools: [tool], history: question });
      expect(first.calls).toMatchObject([{ name: 'get_weather', input: { city: 'Köln' } }]);

      const history = [...question, ...first.history, speaker.result(first.calls[0] ?? { id: '', name: '' }, 'sunny')];
      const second = await say(client, { ...asked, tools: [tool], history });
      expect(second).toMatchObject({ text: 'Sunny in Köln. ☀️', calls: [] });

      await house.recordOf((record) => house.records.indexOf(record) === before + 1);
      const record = house.records[before + 1];
      expect(record).toMatchObject({ outcome: 'done', lane: client === providers[provider] ? 'express' : 'translate' });
      const { inputTokens = -1, outputTokens = -1 } = record?.usage ?? {};
      expect({ input: inputTokens, output: outputTokens }).toEqual(second.tokens);
      expect(record?.usage?.estimated).toBeUndefined();
    });
  },
);

describe('a provider that we did not write', () => {
  const asked = { model: 'chat/some-model' };
  const voice = { ...asked, input: 'Hello', voice: 'alloy' };

  it.each([
    ['embeddings', '/openai/v1/embeddings', { ...asked, input: 'Hello' }, /"embedding":\[0\.25,0\.5\]/],
    ['images', '/openai/v1/images/generations', { ...asked, prompt: 'A sheep' }, /aGVsbG8=/],
    ['speech', '/openai/v1/audio/speech', voice, /^a voice$/],
    ['moderations', '/openai/v1/moderations', { ...asked, input: 'Hello' }, /"results":/],
    [
      'Gemini embeddings',
      '/gemini/v1beta/models/gemini/some-model:embedContent',
      { content: { parts: [{ text: 'Hi' }] } },
      /"values":/,
    ],
    ['Cohere reranking', '/v2/rerank', { model: 'cohere/some-model', query: 'a', documents: ['a', 'b'] }, /"results":/],
  ])('does %s through us', async (_, path, body, told) => {
    const answer = await fetch(house.origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    expect({ status: answer.status, text: text.slice(0, 300) }).toMatchObject({ status: 200 });
    expect(text).toMatch(told);
  });
});
