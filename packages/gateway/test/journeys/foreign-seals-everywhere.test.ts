import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ClientDialectName, DialectName } from '../../src/core/items.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { readTold } from '../kit/ask.ts';
import { type FaultProxy, startFaultProxy } from '../kit/fault-proxy.ts';
import { type Document, testKey } from '../kit/gateway-process.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { type ClientTool, clients } from './clients.ts';
import { type House, openHouse } from './house.ts';

/** Vendors with two accounts each, of which neither reads the seals of the other. */
const vendors = {
  responses: { kind: 'openai', model: 'gpt-5.5' },
  messages: { kind: 'anthropic', model: 'claude-opus-4-8' },
  gemini: { kind: 'gemini', model: 'gemini-3-flash-preview' },
  converse: { kind: 'bedrock', model: 'us.anthropic.claude-opus-4-8' },
} as const;

type VendorName = keyof typeof vendors;

/** How each client asks for thoughts. */
const thinking: Readonly<Record<ClientDialectName, JsonObject>> = {
  responses: { include: ['reasoning.encrypted_content'], reasoning: { effort: 'high', summary: 'auto' } },
  messages: { thinking: { type: 'adaptive' } },
  gemini: { generationConfig: { thinkingConfig: { includeThoughts: true } } },
  chat: { reasoning_effort: 'high' },
};

const tool: ClientTool = {
  name: 'read_file',
  description: 'Reads a file.',
  schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};
const call = (path: string) => ({ thinking: `A thought of ${path}.`, calls: [{ name: 'read_file', input: { path } }] });
const script = playScenes({
  cue: 'Read all of them.',
  answers: [call('a'), call('b'), call('c'), { thinking: 'All read.', text: 'Read.' }],
});

const pairs: readonly (readonly [ClientDialectName, VendorName])[] = [
  ['responses', 'responses'],
  ['messages', 'messages'],
  ['gemini', 'gemini'],
  ['responses', 'messages'],
  ['responses', 'gemini'],
  ['responses', 'converse'],
  ['messages', 'responses'],
  ['messages', 'converse'],
  ['gemini', 'messages'],
];

const upstreams = new Map<DialectName, ScriptedUpstream>();
const proxies = new Map<DialectName, FaultProxy>();
let house: House;

beforeAll(async () => {
  for (const dialect of ['responses', 'messages', 'gemini', 'converse'] as const) {
    const upstream = await startUpstream({ dialect, script, accountOf: (key) => key });
    upstreams.set(dialect, upstream);
    proxies.set(dialect, await startFaultProxy({ target: upstream }));
  }
});

afterEach(() => house.stop());

afterAll(async () => {
  for (const server of [...proxies.values(), ...upstreams.values()]) await server.stop();
});

async function open(vendor: VendorName): Promise<void> {
  const { kind, model } = vendors[vendor];
  const at = (account: string, baseUrl = ''): NonNullable<Document['providers']>[string] => ({
    kind,
    base_url: baseUrl,
    speaks: [vendor],
    keys: [{ value: account }],
  });
  await proxies.get(vendor)?.set({ damage: { kind: 'status', status: 503 }, skip: 1 });
  upstreams.get(vendor)?.complaints.splice(0);
  house = await openHouse({
    providers: {
      first: at('sk-first', proxies.get(vendor)?.baseUrl),
      second: at('sk-second', upstreams.get(vendor)?.baseUrl),
    },
    models: { [model]: { targets: [`first/${model}`, `second/${model}`] } },
  });
}

it.each(pairs)('a session of a %s client between two accounts that speak %s goes on to its end', async (from, to) => {
  await open(to);
  const client = clients[from];
  let history: readonly Json[] = [client.user('Read all of them.')];
  let text = '';
  for (let step = 0; step < 4; step += 1) {
    const { path, body } = client.request({ model: vendors[to].model, stream: true, tools: [tool], history });
    const told = await readTold(
      await fetch(house.origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}`, 'session-id': 'one' },
        body: JSON.stringify({ ...body, ...thinking[from] }),
      }),
    );
    expect(told).toMatchObject({ status: 200 });
    const answer = client.understand(told, true);
    history = [...history, ...answer.history, ...answer.calls.map((each) => client.result(each, 'Its words.'))];
    ({ text } = answer);
  }
  expect(text).toBe('Read.');
  const tried = house.records.map(({ attempts }) => attempts.map(({ provider, failure }) => failure?.code ?? provider));
  expect(tried).toEqual([
    ['first'],
    ['upstream-overloaded', 'upstream-seal-refused', 'second'],
    [...(tried[2] ?? []).slice(0, -1), 'second'],
    [...(tried[3] ?? []).slice(0, -1), 'second'],
  ]);
  expect(tried.slice(2).flat()).not.toContain('upstream-seal-refused');
  expect(upstreams.get(to)?.complaints).toHaveLength(1);
});
