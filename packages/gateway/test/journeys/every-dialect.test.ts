import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientDialectName, DialectName } from '../../src/core/items.ts';
import type { Json } from '../../src/core/json.ts';
import { readTold, type Told } from '../kit/ask.ts';
import { testKey } from '../kit/gateway-process.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { type Asked, type ClientTool, clients, type Understood } from './clients.ts';
import { type House, openHouse } from './house.ts';

const clientNames: readonly ClientDialectName[] = ['responses', 'chat', 'messages', 'gemini'];
const providerNames: readonly DialectName[] = [...clientNames, 'cohere', 'converse'];

/** Providers by what they speak. The last two have prices from the document, the others bundled ones. */
const places = {
  responses: { kind: 'openai', model: 'gpt-4.1' },
  messages: { kind: 'anthropic', model: 'claude-sonnet-4-5' },
  gemini: { kind: 'gemini', model: 'gemini-3-flash-preview' },
  chat: { kind: 'openai-compatible', model: 'house-model' },
  cohere: { kind: 'cohere', model: 'command-a-03-2025' },
  converse: { kind: 'bedrock', model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' },
} as const;

const usage = { input: 1000, cached: 0, cacheWrite: 0, output: 50, reasoning: 0 };

/** 1000 tokens in and 50 out, at the makers' list prices in dollars per million tokens, in nano-dollars. */
const costs: Readonly<Record<DialectName, string>> = {
  responses: String((1000 * 2 + 50 * 8) * 1000),
  messages: String((1000 * 3 + 50 * 15) * 1000),
  gemini: String((1000 * 0.5 + 50 * 3) * 1000),
  chat: String(1000 * 1500 + 50 * 6000),
  cohere: String((1000 * 2.5 + 50 * 10) * 1000),
  converse: String((1000 * 3.3 + 50 * 16.5) * 1000),
};

const tool: ClientTool = {
  name: 'read_file',
  description: 'Reads a file.',
  schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

const script = playScenes({
  cue: 'What is in notes.txt?',
  answers: [
    { text: 'I will look. ', calls: [{ name: 'read_file', input: { path: 'notes.txt' } }], usage },
    { text: 'It says: été 🙂.', usage },
  ],
});

const upstreams = new Map<DialectName, ScriptedUpstream>();
let house: House;

beforeAll(async () => {
  for (const dialect of providerNames) upstreams.set(dialect, await startUpstream({ dialect, script }));
  const provider = (dialect: DialectName) => ({
    kind: places[dialect].kind,
    base_url: upstreams.get(dialect)?.baseUrl ?? '',
    speaks: [dialect],
    keys: [{ value: 'sk-upstream' }],
  });
  house = await openHouse({
    providers: {
      responses: provider('responses'),
      messages: provider('messages'),
      gemini: provider('gemini'),
      cohere: { ...provider('cohere'), models: { 'command-a-03-2025': { price: { input: 2.5, output: 10 } } } },
      converse: {
        ...provider('converse'),
        models: { [places.converse.model]: { price: { input: 3.3, output: 16.5 } } },
      },
      chat: { ...provider('chat'), models: { 'house-model': { price: { input: 1.5, output: 6 } } } },
    },
  });
});

afterAll(async () => {
  await house.stop();
  for (const upstream of upstreams.values()) await upstream.stop();
});

async function say(dialect: ClientDialectName, asked: Asked): Promise<{ told: Told; understood: Understood }> {
  const { path, body } = clients[dialect].request(asked);
  const answer = await fetch(house.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
    body: JSON.stringify(body),
  });
  const told = await readTold(answer);
  return { told, understood: clients[dialect].understand(told, asked.stream) };
}

const journeys = clientNames.flatMap((client) =>
  providerNames.flatMap((provider) => [true, false].map((stream) => ({ client, provider, stream }))),
);

describe.each(journeys)(
  'a $client client (stream: $stream) of a $provider provider',
  ({ client, provider, stream }) => {
    it('has a tool called, brings its result back and gets an answer, all of it recorded', async () => {
      const model = `${provider}/${places[provider].model}`;
      const before = house.records.length;
      const speaker = clients[client];
      const question: readonly Json[] = [speaker.user('What is in notes.txt?')];

      const first = await say(client, { model, stream, tools: [tool], history: question });
      expect({ status: first.told.status, text: first.told.text.slice(0, 300) }).toMatchObject({ status: 200 });
      const [call] = first.understood.calls;
      expect(first.understood.calls).toHaveLength(1);
      expect(call).toMatchObject({ name: 'read_file', input: { path: 'notes.txt' } });
      expect(first.understood.text).toBe('I will look. ');

      const history = [
        ...question,
        ...first.understood.history,
        speaker.result(call ?? { id: '', name: '' }, 'été 🙂'),
      ];
      const second = await say(client, { model, stream, tools: [tool], history });
      expect(second.understood).toMatchObject({
        text: 'It says: été 🙂.',
        calls: [],
        tokens: { input: 1000, output: 50 },
      });
      expect(upstreams.get(provider)?.complaints).toEqual([]);
      expect(upstreams.get(provider)?.requests.at(-1)?.conversation.turns).toContainEqual({
        type: 'result',
        callId: expect.any(String),
        text: expect.stringContaining('été 🙂'),
      });

      await house.recordOf((record) => house.records.indexOf(record) === before + 1);
      for (const record of house.records.slice(before)) {
        expect(record).toMatchObject({
          outcome: 'done',
          status: 200,
          key: 'everyone',
          dialect: client,
          stream,
          modelAsked: model,
          provider,
          model: places[provider].model,
          lane: client === provider ? 'express' : 'translate',
          usage: { inputTokens: 1000, outputTokens: 50 },
          costNanoDollars: costs[provider],
          losses: [],
        });
        expect(record.attempts).toHaveLength(1);
      }
      expect(house.records).toHaveLength(before + 2);
      expect(second.understood.model).toBe(client === provider ? places[provider].model : model);
    });
  },
);
