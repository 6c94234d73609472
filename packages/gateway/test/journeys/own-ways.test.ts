import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JsonObject, unknownFields } from '../../src/core/json.ts';
import { readTold } from '../kit/ask.ts';
import { type Admitted, type Door, startCloudFront } from '../kit/cloud-front.ts';
import { testKey } from '../kit/gateway-process.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import type { LoopbackServer } from '../kit/vendor-server.ts';
import type { VendorRequest } from '../kit/vendors/vendor.ts';
import { type ClientTool, clients } from './clients.ts';
import { type House, openHouse } from './house.ts';

const tool: ClientTool = {
  name: 'read_file',
  description: 'Reads a file.',
  schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

const usage = { input: 1000, cached: 0, cacheWrite: 0, output: 50, reasoning: 0 };

const script = playScenes({
  cue: 'What is in notes.txt?',
  answers: [
    { text: 'I will look. ', calls: [{ name: 'read_file', input: { path: 'notes.txt' } }], usage },
    { text: 'It says: été 🙂.', usage },
  ],
});

const keys = [{ value: 'cloud-key' }];

/** A provider's own way: what its door wants, as the cloud's page says, and which vendor's model stands behind it. */
interface OwnWay {
  readonly provider: object;
  readonly behind: 'responses' | 'chat' | 'messages' | 'gemini';
  /** Appended to the front's address: what people write as `base_url`. */
  readonly base?: string;
  readonly door: Door;
}

const bearer = { authorization: 'Bearer vendor-key' };
const anthropic = { 'x-api-key': 'vendor-key', 'anthropic-version': '2023-06-01' };

/** The first of these that is wrong, or the request as the vendor wants it. */
function admit(checks: Readonly<Record<string, boolean>>, admitted: Admitted): Admitted | string {
  return Object.keys(checks).find((what) => checks[what] !== true) ?? admitted;
}

function without(body: JsonObject, field: string): JsonObject {
  return unknownFields(body, new Set([field])) ?? {};
}

const claudePath =
  /^\/v1\/projects\/house\/locations\/europe-west4\/publishers\/anthropic\/models\/(.+):(rawPredict|streamRawPredict)$/;
const geminiPath = /^\/v1\/projects\/house\/locations\/global\/publishers\/google\/models\/(.+):(\w+)$/;

const ways: Readonly<Record<string, OwnWay>> = {
  azure: {
    provider: { kind: 'azure', keys, speaks: ['responses'] },
    behind: 'responses',
    base: '/openai/v1/',
    door: ({ path, headers, body }) =>
      admit(
        { path: path === '/openai/v1/responses', 'api-key': headers['api-key'] === 'cloud-key' },
        { path: '/v1/responses', headers: bearer, body },
      ),
  },
  'azure-deployments': {
    provider: { kind: 'azure-deployments', keys, speaks: ['chat'], query: { 'api-version': '2024-10-21' } },
    behind: 'chat',
    door: ({ path, query, headers, body }) =>
      admit(
        {
          path: path === '/openai/deployments/some-model/chat/completions',
          'api-version': query.get('api-version') === '2024-10-21',
          'api-key': headers['api-key'] === 'cloud-key',
        },
        { path: '/v1/chat/completions', headers: bearer, body },
      ),
  },
  'azure-anthropic': {
    provider: { kind: 'azure-anthropic', keys },
    behind: 'messages',
    base: '/anthropic',
    door: ({ path, headers, body }) =>
      admit(
        { path: path === '/anthropic/v1/messages', 'x-api-key': headers['x-api-key'] === 'cloud-key' },
        { path: '/v1/messages', headers: anthropic, body },
      ),
  },
  'vertex-anthropic': {
    provider: { kind: 'vertex-anthropic', keys, project: 'house', region: 'europe-west4' },
    behind: 'messages',
    door: ({ path, headers, body }: VendorRequest) => {
      const [, model = '', method] = claudePath.exec(path) ?? [];
      return admit(
        {
          path: model === 'some-model',
          method: method === (body['stream'] === true ? 'streamRawPredict' : 'rawPredict'),
          'no model in the body': body['model'] === undefined,
          anthropic_version: body['anthropic_version'] === 'vertex-2023-10-16',
          token: headers['authorization'] === 'Bearer cloud-key',
        },
        { path: '/v1/messages', headers: anthropic, body: { ...without(body, 'anthropic_version'), model } },
      );
    },
  },
  vertex: {
    provider: { kind: 'vertex', keys, project: 'house' },
    behind: 'gemini',
    door: ({ path, query, headers, body }) => {
      const [, model = '', method = ''] = geminiPath.exec(path) ?? [];
      const streams = method === 'streamGenerateContent';
      return admit(
        {
          path: model === 'some-model',
          sse: !streams || query.get('alt') === 'sse',
          token: headers['authorization'] === 'Bearer cloud-key',
        },
        {
          path: `/v1beta/models/${model}:${method}${streams ? '?alt=sse' : ''}`,
          headers: { 'x-goog-api-key': 'vendor-key' },
          body,
        },
      );
    },
  },
  'a vendor that the configuration describes': {
    provider: {
      kind: 'custom',
      speaks: ['chat'],
      keys,
      key_header: 'X-House-Token',
      key_prefix: 'Token ',
      endpoints: { chat: '../talk/{model}' },
      query: { tenant: 'a b' },
      quirks: { omit: ['parallel_tool_calls'], fields: { store: false }, max_tokens_field: 'max_completion_tokens' },
    },
    behind: 'chat',
    base: '/api/v3',
    door: ({ path, query, headers, body }) =>
      admit(
        {
          path: path === '/api/talk/some-model',
          tenant: query.get('tenant') === 'a b',
          token: headers['x-house-token'] === 'Token cloud-key',
          store: body['store'] === false,
          'no usual key': headers['authorization'] === undefined,
        },
        { path: '/v1/chat/completions', headers: bearer, body },
      ),
  },
};

const names = Object.keys(ways);
const upstreams: ScriptedUpstream[] = [];
const fronts: LoopbackServer[] = [];
let house: House;

beforeAll(async () => {
  const providers: Record<string, object> = {};
  for (const [at, { provider, behind, base = '', door }] of Object.values(ways).entries()) {
    const upstream = await startUpstream({ dialect: behind, script });
    const front = await startCloudFront(upstream, door);
    upstreams.push(upstream);
    fronts.push(front);
    providers[`p${at}`] = { ...provider, base_url: front.origin + base };
  }
  house = await openHouse({ providers });
});

afterAll(async () => {
  await house.stop();
  for (const server of [...fronts, ...upstreams]) await server.stop();
});

const journeys = names.flatMap((name) =>
  (['responses', 'chat', 'messages', 'gemini'] as const).flatMap((client) =>
    [true, false].map((stream) => ({ name, client, stream })),
  ),
);

describe.each(journeys)('a $client client (stream: $stream) at $name', ({ name, client, stream }) => {
  it('has a tool called, brings its result back and gets an answer', async () => {
    const at = names.indexOf(name);
    const speaker = clients[client];
    const say = async (history: Parameters<typeof speaker.request>[0]['history']) => {
      const { path, body } = speaker.request({ model: `p${at}/some-model`, stream, tools: [tool], history });
      const answer = await fetch(house.origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
        body: JSON.stringify(body),
      });
      const told = await readTold(answer);
      expect({ status: told.status, text: told.text.slice(0, 300) }).toMatchObject({ status: 200 });
      return speaker.understand(told, stream);
    };
    const question = [speaker.user('What is in notes.txt?')];
    const first = await say(question);
    expect(first.calls).toMatchObject([{ name: 'read_file', input: { path: 'notes.txt' } }]);
    const result = speaker.result(first.calls[0] ?? { id: '', name: '' }, 'été 🙂');
    const second = await say([...question, ...first.history, result]);
    expect(second).toMatchObject({ text: 'It says: été 🙂.', calls: [], tokens: { input: 1000, output: 50 } });
    expect(upstreams[at]?.complaints).toEqual([]);
  });
});
