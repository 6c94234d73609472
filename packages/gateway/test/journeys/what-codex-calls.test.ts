import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { ask, readTold } from '../kit/ask.ts';
import { testKey } from '../kit/gateway-process.ts';
import { arrayAt, objectAt, textAt } from '../kit/json-access.ts';
import { type LoopbackServer, serveLoopback } from '../kit/vendor-server.ts';
import { everyone, type House, openHouse } from './house.ts';

interface Seen {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: JsonObject;
}

/** A provider that answers a search, and everything else with one word. */
const seen: Seen[] = [];
let searchStatus = 200;
let provider: LoopbackServer;
let house: House;

beforeAll(async () => {
  provider = await serveLoopback(async (request, response) => {
    const path = request.url ?? '';
    const body = parseJson(await text(request));
    seen.push({ path, headers: request.headers, body: isJsonObject(body) ? body : {} });
    const found = path.endsWith('/alpha/search');
    response.writeHead(found ? searchStatus : 200, { 'content-type': 'application/json' });
    response.end(found ? '{"output":"cats, 1st page",  "more":1}' : wordAnswer);
  });
  const keys = [{ value: 'sk-provider' }];
  house = await openHouse({
    providers: {
      openai: { base_url: provider.origin, keys },
      claude: { kind: 'anthropic', base_url: provider.origin, keys },
    },
    models: {
      'deaf-express': { targets: ['openai/gpt-5.5'], abilities: { tools: false } },
      'deaf-translated': { targets: ['claude/claude-sonnet-5'], abilities: { tools: false } },
      'deaf-at-first': { targets: ['claude/deaf'], fallbacks: ['openai/gpt-5.5'] },
    },
    utility_model: 'openai/gpt-5.5',
    virtual_keys: [everyone, { name: 'narrow', value: 'vk-narrow-0123456789', models: ['deaf-*'] }],
  });
});

afterAll(async () => {
  await house.stop();
  await provider.stop();
});

const wordAnswer = JSON.stringify({
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  model: 'gpt-5.5',
  output: [
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Yes.', annotations: [] }],
    },
  ],
  usage: { input_tokens: 3, output_tokens: 1, total_tokens: 4 },
});

/** Posts as Codex does. */
async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(house.origin + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${testKey}`,
      originator: 'codex_exec',
      ...headers,
    },
    body: JSON.stringify(body),
  });
  return readTold(answer);
}

const messageOf = (payloads: readonly JsonObject[]) => textAt(objectAt(payloads[0], 'error'), 'message');

describe('a web search of Codex’s own', () => {
  const question = { id: 's-1', model: 'openai/gpt-5.5', input: [], commands: { search_query: [{ q: 'cats' }] } };
  const metadata = { session_id: 's-1', turn_id: 'u-1', workspaces: { '/home/ann/secret': {} } };
  const headers = { 'x-codex-turn-metadata': JSON.stringify(metadata), version: '0.169.0' };

  it('goes to a provider that searches for agents, and its answer comes back byte for byte', async () => {
    searchStatus = 200;
    const told = await post('/openai/v1/alpha/search', question, headers);
    expect(told).toMatchObject({ status: 200, text: '{"output":"cats, 1st page",  "more":1}' });
    const call = seen.at(-1);
    expect(call).toMatchObject({ path: '/alpha/search', body: { ...question, model: 'gpt-5.5' } });
    expect(call?.headers).toMatchObject({ authorization: 'Bearer sk-provider', version: '0.169.0' });
    expect(JSON.stringify(call)).not.toContain('secret');
    const record = await house.recordOf(({ requestKind }) => requestKind === 'search');
    expect(record).toMatchObject({
      session: 's-1',
      turn: 'u-1',
      status: 200,
      outcome: 'done',
      attempts: [{ provider: 'openai', model: 'gpt-5.5', upstreamStatus: 200 }],
    });
    expect(JSON.stringify(record)).not.toContain('secret');
  });

  it('brings back the provider’s own refusal, which is recorded as one', async () => {
    searchStatus = 403;
    const told = await post('/v1/alpha/search', question);
    expect(told).toMatchObject({ status: 403, text: '{"output":"cats, 1st page",  "more":1}' });
    const record = await house.recordOf(({ attempts }) => attempts[0]?.upstreamStatus === 403);
    expect(record).toMatchObject({ requestKind: 'search', status: 403, outcome: 'failed' });
  });

  it('is refused in words where nobody searches, without a call', async () => {
    const before = seen.length;
    const told = await post('/openai/v1/alpha/search', { ...question, model: 'claude/claude-sonnet-5' });
    expect(told.status).toBe(404);
    expect(messageOf(told.payloads)).toBe(
      'Web search is not available with the model "claude/claude-sonnet-5". Go on without it.',
    );
    expect(seen).toHaveLength(before);
  });

  it('needs a key and a model that the key may use', async () => {
    const narrow = { authorization: 'Bearer vk-narrow-0123456789' };
    expect((await post('/openai/v1/alpha/search', question, narrow)).status).toBe(403);
    expect((await post('/openai/v1/alpha/search', question, { authorization: 'Bearer vk-wrong' })).status).toBe(403);
  });
});

describe('a model without tools', () => {
  const tools = [{ type: 'function', name: 'exec_command', parameters: { type: 'object', properties: {} } }];
  const asked = (model: string, more: object = {}) => ({ model, input: 'Hello', store: false, tools, ...more });

  it.each(['deaf-express', 'deaf-translated'])('refuses tools in words, as %s', async (model) => {
    const before = seen.length;
    const told = await post('/openai/v1/responses', asked(model));
    expect(told.status).toBe(400);
    expect(messageOf(told.payloads)).toMatch(
      new RegExp(`^The model "${model}" \\((openai|claude)/.+\\) cannot use tools`),
    );
    expect(seen).toHaveLength(before);
    const record = await house.recordOf(({ modelAsked }) => modelAsked === model);
    expect(record).toMatchObject({ outcome: 'failed', failure: { code: 'meaning-lost' } });
  });

  it('refuses tools that stand inside the history, too', async () => {
    const input = [{ type: 'additional_tools', role: 'developer', tools }];
    expect((await post('/openai/v1/responses', { model: 'deaf-express', input })).status).toBe(400);
  });

  it.each([{ tools: [] }, { tools: [{ type: 'web_search' }] }])('answers a request with %j', async (more) => {
    expect((await post('/openai/v1/responses', asked('deaf-express', more))).status).toBe(200);
  });

  it('answers a request without tools', async () => {
    const told = await ask(house.origin, { dialect: 'responses', model: 'deaf-express', stream: false });
    expect(told.status).toBe(200);
  });
});

describe('an agent’s hidden model', () => {
  it('is answered by the utility model, and recorded as asked', async () => {
    const told = await post('/openai/v1/responses', { model: 'codex-auto-review', input: 'Hello' });
    expect(told.status).toBe(200);
    expect(seen.at(-1)?.body).toMatchObject({ model: 'gpt-5.5' });
    const record = await house.recordOf(({ modelAsked }) => modelAsked === 'codex-auto-review');
    expect(record).toMatchObject({ provider: 'openai', model: 'gpt-5.5' });
  });

  it('is refused where the key may not use the utility model', async () => {
    const told = await post(
      '/openai/v1/responses',
      { model: 'codex-auto-review', input: 'Hello' },
      { authorization: 'Bearer vk-narrow-0123456789' },
    );
    expect(told.status).toBe(403);
    expect(messageOf(told.payloads)).toContain('openai/gpt-5.5');
  });
});

describe('what Codex looks at before it works', () => {
  const look = (path: string, init?: RequestInit) => fetch(house.origin + path, init);

  it('finds a list of models behind the key, and a clear refusal without one', async () => {
    expect((await look('/openai/v1/models')).status).toBe(401);
    const headers = { authorization: 'Bearer vk-narrow-0123456789' };
    const list: unknown = await (await look('/openai/v1/models?client_version=0.169.0', { headers })).json();
    const document = isJsonObject(list) ? list : {};
    expect(arrayAt(document, 'data').map((model) => textAt(model, 'id'))).toEqual(['deaf-at-first']);
    expect(arrayAt(document, 'models').map((model) => textAt(model, 'slug'))).toEqual(['deaf-at-first']);
  });

  it('finds the door of its requests, though it takes only POST', async () => {
    expect((await look('/openai/v1/responses', { method: 'HEAD' })).status).toBe(405);
  });

  it('finds instructions that anybody may read, with the address that was used', async () => {
    const page = await look('/setup/codex');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(await page.text()).toContain(`base_url = "${house.origin}/openai/v1"`);
  });
});
