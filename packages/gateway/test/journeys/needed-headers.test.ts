import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTold } from '../kit/ask.ts';
import { testKey } from '../kit/gateway-process.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { type House, openHouse } from './house.ts';

const script = playScenes({ cue: 'Hello', answers: [{ text: 'Good day.' }, { text: 'Good day.' }] });
const binding = 'thinking-binding-controls-2026-08-01';
let upstream: ScriptedUpstream;
let house: House;

beforeAll(async () => {
  upstream = await startUpstream({ dialect: 'messages', script });
  const plain = { kind: 'anthropic', base_url: upstream.baseUrl, keys: [{ value: 'sk-upstream' }] };
  house = await openHouse({
    providers: { plain, special: { ...plain, headers: { 'anthropic-beta': 'context-1m-2025-08-07' } } },
  });
});

afterAll(async () => {
  await house.stop();
  await upstream.stop();
});

it.each([
  ['plain', binding],
  ['special', `${binding},context-1m-2025-08-07`],
])('a header that the body needs stands beside what the provider %s sets itself', async (provider, expected) => {
  const answer = await fetch(`${house.origin}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: `${provider}/claude-opus-5-5`, input: 'Hello', stream: true }),
  });
  const told = await readTold(answer);
  expect({ status: told.status, complaints: upstream.complaints }).toEqual({ status: 200, complaints: [] });
  expect(upstream.requests.at(-1)?.headers['anthropic-beta']).toBe(expected);
});
