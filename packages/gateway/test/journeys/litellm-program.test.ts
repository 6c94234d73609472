import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import { ask } from '../kit/ask.ts';
import { type GatewayProcess, startGateway } from '../kit/gateway-process.ts';
import { adminToken, textOf } from '../kit/litellm-house.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';

const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** As it stands in a blog post that people follow: no content type, so curl calls it a form. */
const printed = `curl -X POST http://gateway.internal:8080/key/generate \\
  -H "Authorization: Bearer $ADMIN_KEY" \\
  -d '{
    "models": ["gpt-5.3-codex", "gpt-5.4-mini"],
    "max_budget": 50.00,
    "budget_duration": "daily",
    "metadata": {"team": "platform", "user": "dev-alice"}
  }'
`;

/** A dollar for a thousand tokens of either kind, and answers of at most 1,000 tokens. */
const dear = { price: { input: 1000, output: 1000 }, context_window: 20_000, max_output_tokens: 1000 };

function sumIn(rows: unknown): number {
  const amounts = (Array.isArray(rows) ? rows : []).map((row: unknown) =>
    isJsonObject(row) ? Number(row['total_spend'] ?? row['spend']) : Number.NaN,
  );
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

describe('the program as a LiteLLM', () => {
  let upstream: ScriptedUpstream;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    const usage = { input: 100, output: 900 };
    upstream = await startUpstream({ dialect: 'chat', script: () => ({ text: 'Here you are.', usage }) });
    const one = { kind: 'openai-compatible', base_url: upstream.baseUrl, keys: [{ value: 'sk-upstream' }] };
    const document = {
      providers: { one: { ...one, speaks: ['chat' as const], models: { codex: dear } } },
      models: { 'gpt-5.3-codex': { targets: ['one/codex'] } },
    };
    gateway = await startGateway(document, { TURNPIKE_ADMIN_TOKEN: adminToken });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  async function manage(
    method: string,
    path: string,
    body?: object,
    key = adminToken,
  ): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(gateway.origin + path, {
      method,
      headers: { 'x-litellm-api-key': key },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = parseJson(await response.text());
    return isJsonObject(answer) ? answer : { answer: answer ?? null };
  }

  it.skipIf(!hasCurl)('does what a curl command of a blog post asks for, as printed', () => {
    const home = mkdtempSync(join(tmpdir(), 'turnpike-curl-'));
    // Where the post's host is.
    writeFileSync(join(home, '.curlrc'), `connect-to = "::${new URL(gateway.origin).host}"\nsilent\nnoproxy = "*"\n`);
    const env = { PATH: process.env['PATH'], HOME: home, ADMIN_KEY: adminToken };
    const made: unknown = JSON.parse(execFileSync('sh', ['-c', printed], { env, encoding: 'utf8' }));
    rmSync(home, { recursive: true, force: true });
    expect(made).toMatchObject({
      key: expect.stringMatching(/^sk-/),
      models: ['gpt-5.3-codex', 'gpt-5.4-mini'],
      max_budget: 50,
      budget_duration: 'daily',
      metadata: { team: 'platform', user: 'dev-alice' },
    });
  });

  it('makes a key whose spending shows, which its budget stops, and which goes on once that is raised', async () => {
    const made = await manage('POST', '/key/generate', { key_alias: 'ann', max_budget: 2.5, budget_duration: 'daily' });
    const key = textOf(made['key']);
    const question = { dialect: 'chat', model: 'gpt-5.3-codex', stream: false, key } as const;
    expect((await ask(gateway.origin, question)).status).toBe(200);
    expect(await manage('GET', '/key/info', undefined, key)).toMatchObject({ info: { key_alias: 'ann', spend: 1 } });
    expect(await manage('GET', `/spend/logs?api_key=${key}`)).toMatchObject({
      answer: [{ api_key: made['token_id'], spend: 1, prompt_tokens: 100, completion_tokens: 900, status: 'success' }],
    });

    const refused = await ask(gateway.origin, question);
    expect([refused.status, refused.text]).toEqual([
      429,
      expect.stringMatching(/spent \$1\.00 of its \$2\.50 per day/),
    ]);
    await manage('POST', '/key/update', { key, max_budget: 10 });
    expect((await ask(gateway.origin, question)).status).toBe(200);
    expect(await manage('GET', `/key/info?key=${textOf(made['token'])}`)).toMatchObject({
      info: { spend: 2, max_budget: 10 },
    });
  });

  it('tells sums of what was spent', async () => {
    const { token_id: id, key } = await manage('POST', '/key/generate', { user_id: 'eve', tags: ['ci'] });
    await ask(gateway.origin, { dialect: 'chat', model: 'gpt-5.3-codex', stream: false, key: textOf(key) });
    const today = new Date().toISOString().slice(0, 10);
    const days = `start_date=${today}&end_date=${today}`;
    expect(await manage('GET', `/spend/logs?user_id=eve&${days}`)).toEqual({
      answer: [{ startTime: today, spend: 1, users: { eve: 1 }, models: { 'gpt-5.3-codex': 1 } }],
    });
    expect(await manage('GET', `/spend/logs/v2?user_id=eve&page=1&page_size=10`)).toMatchObject({
      data: [{ user: 'eve', request_tags: ['ci'] }],
      total: 1,
      total_pages: 1,
    });
    expect(await manage('GET', '/spend/users')).toMatchObject({
      answer: expect.arrayContaining([{ user_id: 'eve', spend: 1 }]),
    });
    const ofEve: object = expect.objectContaining({ token: id, user_id: 'eve', spend: 1 });
    expect((await manage('GET', '/spend/keys'))['answer']).toContainEqual(ofEve);
    expect(await manage('GET', '/spend/tags')).toEqual({
      answer: [{ individual_request_tag: 'ci', log_count: 1, total_spend: 1 }],
    });
    const { spend } = await manage('GET', '/global/spend');
    expect(await manage('GET', `/global/activity?${days}`)).toMatchObject({ daily_data: [{ date: today }] });
    for (const by of ['keys', 'models', 'teams', 'provider', 'logs']) {
      const { answer } = await manage('GET', `/global/spend/${by}`);
      expect(sumIn(answer)).toBe(spend);
    }
  });

  it('tells of models, and leaves the agents’ paths as they are', async () => {
    expect(await manage('GET', '/v1/model/info')).toMatchObject({
      data: expect.arrayContaining([
        expect.objectContaining({
          model_name: 'gpt-5.3-codex',
          model_info: expect.objectContaining({ input_cost_per_token: 0.001, max_input_tokens: 20_000 }),
        }),
      ]),
    });
    expect(await manage('GET', '/health')).toEqual({ status: 'ok' });
    expect(await manage('GET', '/health/readiness')).toMatchObject({ status: 'healthy' });
    const { key } = await manage('POST', '/key/generate', { models: ['gpt-5.3-codex'] });
    expect(await manage('GET', '/v1/models', undefined, textOf(key))).toMatchObject({
      object: 'list',
      data: [{ id: 'gpt-5.3-codex' }],
    });
  });
});
