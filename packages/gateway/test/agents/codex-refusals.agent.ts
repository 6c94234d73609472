import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { objectAt, textAt } from '../kit/json-access.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { playScenes } from '../kit/model-script.ts';
import { type Tap, tapInto } from '../kit/tap.ts';
import { type CodexOptions, type CodexRun, prepareCodex } from './codex.ts';
import { type CodexHouse, modelName, startCodexHouse } from './codex-house.ts';

const program = installedAgent('codex');
/** Codex opens a socket twice before it gives up: to warm it up, where it says nothing, and in earnest. */
const upgrade = 'GET /openai/v1/responses (upgrade)';
const script = playScenes({ cue: 'hello', answers: [{ text: 'Hello to you.' }] });

describe.skipIf(!program)(`a real Codex${program ? '' : ' (skipped: no Codex)'}`, () => {
  let house: CodexHouse;
  let httpOnly: CodexHouse;

  beforeAll(async () => {
    house = await startCodexHouse(script);
    httpOnly = await startCodexHouse(script, { websocket: 'off' });
  });

  afterAll(async () => {
    await house.stop();
    await httpOnly.stop();
  });

  /** One session over a tapped wire. */
  async function hello(
    options: Partial<CodexOptions>,
    asked = house,
  ): Promise<{ run: CodexRun; requests: readonly string[] }> {
    const tap: Tap = await tapInto(asked.gateway.origin);
    const model = modelName('patching', 'claude');
    const codex = prepareCodex({ program: program ?? '', origin: tap.origin, door: 'custom', model, ...options });
    try {
      const run = await codex.run('hello');
      return { run, requests: tap.requests.filter((line) => line.includes('/responses')) };
    } finally {
      codex.remove();
      await tap.stop();
    }
  }

  it('is told once that there are no WebSockets, then works over HTTP without a word', async () => {
    const { run, requests } = await hello({ door: 'built-in' }, httpOnly);
    expect(requests).toEqual([upgrade, 'POST /openai/v1/responses']);
    expect(run).toMatchObject({ exitCode: 0, strangers: [] });
    expect(run.stdout).not.toMatch(/Reconnecting|Falling back/);
  });

  it('tells its user of a model that nobody serves, and asks only once', async () => {
    const { run, requests } = await hello({ model: 'no-such-model' });
    expect(requests).toEqual(['POST /openai/v1/responses']);
    expect(run.exitCode).toBe(1);
    expect(messageOf(run)).toContain('no-such-model');
    expectPlainWords(run);
  });

  it('tells its user of a model that nobody serves over a WebSocket, too, and asks only once', async () => {
    const { run, requests } = await hello({ model: 'no-such-model', door: 'built-in' });
    expect(requests).toEqual([upgrade]);
    expect(run.exitCode).toBe(1);
    expect(messageOf(run)).toContain('no-such-model');
    expectPlainWords(run);
  });

  it('tells its user of a wrong virtual key, and asks only once', async () => {
    const { run, requests } = await hello({ key: 'vk-wrong' });
    expect(requests).toEqual(['POST /openai/v1/responses']);
    expect(run.exitCode).toBe(1);
    expect(messageOf(run)).toMatch(/key/i);
    expect(run.stdout).not.toContain('vk-wrong');
    expectPlainWords(run);
  });

  it('tells its user of a missing virtual key, and asks only once', async () => {
    const { run, requests } = await hello({ door: 'built-in', key: '' });
    expect(requests).toEqual([upgrade, upgrade]);
    expect(run.exitCode).toBe(1);
    expect(messageOf(run)).toMatch(/key/i);
    expectPlainWords(run);
  });

  it('that is signed in with ChatGPT is told what to do, once, and its token is kept nowhere', async () => {
    const token = chatGptToken();
    const { run, requests } = await hello({ door: 'built-in', login: chatGptLogin(token) });
    expect(requests).toEqual([upgrade, upgrade]);
    expect(run.exitCode).toBe(1);
    expect(messageOf(run)).toMatch(/ChatGPT/);
    expect(messageOf(run)).toMatch(/codex log(out|in)|CODEX_API_KEY|virtual key/i);
    expectPlainWords(run);
    const { stdout, stderr } = house.gateway.output();
    const kept = stdout + stderr + JSON.stringify(await house.gateway.records(1));
    for (const part of token.split('.')) expect(kept).not.toContain(part);
    for (const upstream of Object.values(house.vendors.upstreams)) {
      expect(JSON.stringify(upstream.requests)).not.toContain(token);
    }
  });
});

/** What Codex shows as the reason of a failed turn. */
function messageOf(run: CodexRun): string {
  const failed = run.events.find((event) => event['type'] === 'turn.failed');
  return textAt(objectAt(failed, 'error'), 'message');
}

/** The text stands by itself: no JSON, no retries, no wrapping by Codex. */
function expectPlainWords(run: CodexRun): void {
  expect(messageOf(run)).not.toMatch(/[{}]|unexpected status|stream disconnected/);
  expect(run.stdout).not.toMatch(/Reconnecting/);
}

function chatGptToken(): string {
  const part = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = {
    iss: 'https://auth.openai.com',
    exp: 4_102_444_800,
    email: 'dev@example.com',
    account: 'acc-0123456789',
  };
  return `${part({ alg: 'RS256', typ: 'JWT', kid: 'test-key' })}.${part(payload)}.${Buffer.from('signature-signature').toString('base64url')}`;
}

function chatGptLogin(token: string): JsonObject {
  const tokens = {
    id_token: token,
    access_token: token,
    refresh_token: 'refresh-0123456789',
    account_id: 'acc-0123456789',
  };
  return { auth_mode: 'chatgpt', OPENAI_API_KEY: null, tokens, last_refresh: '2099-01-01T00:00:00Z' };
}
