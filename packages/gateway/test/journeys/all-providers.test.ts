import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vendors } from '../../src/providers/vendors.ts';
import { readTold } from '../kit/ask.ts';
import { testKey } from '../kit/gateway-process.ts';
import { objectsAt, textAt } from '../kit/json-access.ts';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { clients } from './clients.ts';
import { type House, openHouse } from './house.ts';

const kinds = [...vendors.keys()].filter((kind) => kind !== 'demo');

/** What a row cannot know of its user's own resource. */
const owners: Readonly<Record<string, object>> = {
  azure: { base_url: 'https://house.openai.azure.com' },
  'azure-deployments': { base_url: 'https://house.openai.azure.com' },
  'azure-anthropic': { base_url: 'https://house.services.ai.azure.com' },
  vertex: { project: 'house' },
  'vertex-anthropic': { project: 'house' },
  bedrock: { region: 'eu-central-1' },
  cloudflare: { project: 'account' },
  custom: { base_url: 'https://models.example/v1', speaks: ['chat'] },
  'openai-compatible': { base_url: 'https://models.example/v1' },
};

const models = { 'some-model': { free: true as const } };

/** Vendors that speak Chat at the usual path: a line each, and one strict server can play them all. */
const chatVendors = [...vendors.values()].filter(
  ({ kind, speaks, places, auth }) => kind !== 'demo' && speaks[0] === 'chat' && !places?.chat && auth === 'bearer',
);

let upstream: ScriptedUpstream;
let house: House;

beforeAll(async () => {
  upstream = await startUpstream({ dialect: 'chat', script: () => ({ text: 'Fine.' }) });
  const all = kinds.map((kind) => [kind, { ...owners[kind], keys: [{ value: `sk-${kind}` }], models }] as const);
  const played = chatVendors.map(({ kind }) => [
    `${kind}-played`,
    { kind, base_url: upstream.baseUrl, keys: [{ value: `sk-${kind}` }], models },
  ]);
  house = await openHouse({ providers: Object.fromEntries([...all, ...played]) });
});

afterAll(async () => {
  await house.stop();
  await upstream.stop();
});

describe('one document with a provider of every kind', () => {
  it('has more than 25 of them, starts, and lists the models of each', async () => {
    expect(kinds.length).toBeGreaterThan(25);
    const answer = await fetch(`${house.origin}/v1/models`, { headers: { authorization: `Bearer ${testKey}` } });
    const listed: unknown = parseJson(await answer.text());
    const ids = objectsAt(isJsonObject(listed) ? listed : {}, 'data').map((model) => textAt(model, 'id'));
    expect(kinds.filter((kind) => !ids.includes(`${kind}/some-model`))).toEqual([]);
  });

  it.each(chatVendors.map(({ kind }) => kind))('%s is sent what a strict server takes', async (kind) => {
    const { path, body } = clients.responses.request({
      model: `${kind}-played/some-model`,
      stream: true,
      tools: [{ name: 'read_file', description: 'Reads.', schema: { type: 'object', properties: {} } }],
      history: [clients.responses.user('Hello')],
    });
    const answer = await fetch(house.origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
      body: JSON.stringify(body),
    });
    const told = await readTold(answer);
    expect({ status: told.status, text: told.text.slice(0, 200) }).toMatchObject({ status: 200 });
    expect(told.text).toContain('Fine.');
    expect(upstream.complaints).toEqual([]);
  });
});
