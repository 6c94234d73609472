import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTold } from '../kit/ask.ts';
import { testKey } from '../kit/gateway-process.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { type House, openHouse } from './house.ts';

const script = playScenes({ cue: 'Hello', answers: [{ text: 'Good day.' }, { text: 'Good day.' }] });
let upstream: ScriptedUpstream;
let house: House;

beforeAll(async () => {
  upstream = await startUpstream({ dialect: 'messages', script });
  const keys = [{ value: 'sk-upstream' }];
  house = await openHouse({
    providers: {
      down: { kind: 'anthropic', base_url: 'http://127.0.0.1:9', keys },
      up: { kind: 'anthropic', base_url: upstream.baseUrl, keys },
    },
    models: { coder: { targets: ['down/claude-opus-5-5'], fallbacks: ['up/claude-opus-5-5'] } },
  });
});

afterAll(async () => {
  await house.stop();
  await upstream.stop();
});

async function step(turnState?: string): Promise<{ state: string | null; attempts: number | undefined }> {
  const answer = await fetch(`${house.origin}/v1/responses`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${testKey}`,
      'content-type': 'application/json',
      ...(turnState === undefined ? {} : { 'x-codex-turn-state': turnState }),
    },
    body: JSON.stringify({ model: 'coder', input: 'Hello', stream: true }),
  });
  await readTold(answer);
  const record = await house.recordOf(({ id }) => id === answer.headers.get('x-request-id'));
  return { state: answer.headers.get('x-codex-turn-state'), attempts: record.attempts.length };
}

it('stays for the rest of a turn where a fallback took it', async () => {
  const first = await step();
  expect(first).toEqual({ state: expect.any(String), attempts: 2 });
  expect(await step(first.state ?? '')).toEqual({ state: first.state, attempts: 1 });
  // The next turn begins without a state, and so at the front of the plan.
  expect((await step()).attempts).toBe(2);
  expect(upstream.requests.some(({ headers }) => 'x-codex-turn-state' in headers)).toBe(false);
});
