import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sealPrefix } from '../../src/dialects/shared/seal.ts';
import { testKey } from '../kit/gateway-process.ts';
import { everyone, type House, openHouse } from './house.ts';
import { type OperationsVendor, startOperationsVendor } from './operations-vendor.ts';

let vendor: OperationsVendor;
let house: House;

beforeEach(async () => {
  vendor = await startOperationsVendor();
  const keys = [{ value: 'sk-upstream' }];
  house = await openHouse({
    providers: {
      claude: { kind: 'anthropic', base_url: vendor.origin, keys },
      google: { kind: 'gemini', base_url: vendor.origin, keys },
      openai: { base_url: `${vendor.origin}/v1`, keys },
    },
    models: {
      best: { targets: ['claude/claude-sonnet-5'] },
      other: { targets: ['openai/gpt-5.5'] },
      'team/flash': { targets: ['google/gemini-3-flash'] },
    },
    virtual_keys: [everyone, { name: 'narrow', value: 'vk-narrow-0123456789', models: ['other'] }],
  });
});

afterEach(async () => {
  await house.stop();
  await vendor.stop();
});

function post(path: string, body: object, headers: Record<string, string> = {}) {
  return fetch(house.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}`, ...headers },
    body: JSON.stringify(body),
  });
}

const asked = (model: string) => ({ model, messages: [{ role: 'user', content: 'How long is this?' }] });
const counted = () => house.recordOf(({ operation }) => operation === 'tokens.count');

describe('a count of tokens in Anthropic’s form', () => {
  it('is Anthropic’s own where the model is, and is recorded', async () => {
    vendor.answerWith({ status: 200, body: '{"input_tokens": 1234}' });
    const beta = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'context-1m-2025-08-07' };
    const told = await post('/anthropic/v1/messages/count_tokens?beta=true', asked('best'), beta);
    expect(await told.text()).toBe('{"input_tokens": 1234}');
    expect(told.headers.get('x-turnpike-estimate')).toBeNull();
    const [seen] = vendor.seen;
    expect(seen?.url).toBe('/v1/messages/count_tokens?beta=true');
    expect(seen?.headers).toMatchObject({ ...beta, 'x-api-key': 'sk-upstream' });
    expect(JSON.parse(seen?.body.toString() ?? '')).toEqual({ ...asked('best'), model: 'claude-sonnet-5' });
    const record = await counted();
    expect(record).toMatchObject({ outcome: 'done', key: 'everyone', modelAsked: 'best', provider: 'claude' });
    expect(record.usage).toBeUndefined();
    expect(record.costNanoDollars).toBeUndefined();
  });

  it('is an estimate, and says so, for the model of a provider that cannot count in it', async () => {
    const told = await post('/v1/messages/count_tokens', asked('other'));
    expect(told.status).toBe(200);
    expect(told.headers.get('x-turnpike-estimate')).toBe('tokens');
    const tokens = Math.ceil(JSON.stringify(asked('other')).length / 4);
    expect(await told.json()).toEqual({ input_tokens: tokens });
    expect(vendor.seen).toEqual([]);
    expect(await counted()).toMatchObject({ outcome: 'done', status: 200, modelAsked: 'other', attempts: [] });
  });

  it.each([404, 429, 500])('is an estimate where the provider answers with %i', async (status) => {
    vendor.answerWith({ status, body: '{"type":"error","error":{"type":"x","message":"no"}}' });
    const told = await post('/v1/messages/count_tokens', asked('best'));
    expect(told.headers.get('x-turnpike-estimate')).toBe('tokens');
    expect((await counted()).attempts).toMatchObject([{ provider: 'claude', upstreamStatus: status }]);
  });

  it('is an estimate for a history that another provider has sealed', async () => {
    const thinking = { type: 'thinking', thinking: 'hm', signature: `${sealPrefix}eyJpIjoib3BlbmFpIn0` };
    const body = { ...asked('best'), messages: [{ role: 'assistant', content: [thinking] }] };
    const told = await post('/v1/messages/count_tokens', body);
    expect(told.headers.get('x-turnpike-estimate')).toBe('tokens');
    expect(vendor.seen).toEqual([]);
  });

  it('is an estimate for a history that another account has sealed', async () => {
    const message = 'messages.0.content.0: Invalid `signature` in `thinking` block';
    const body = JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } });
    vendor.answerWith({ status: 400, body });
    const told = await post('/v1/messages/count_tokens', asked('best'));
    expect(told.headers.get('x-turnpike-estimate')).toBe('tokens');
    expect((await counted()).attempts).toMatchObject([{ failure: { code: 'upstream-seal-refused' } }]);
  });

  it('is the provider’s own refusal, word for word, where the request is wrong', async () => {
    const body = '{"type":"error", "error":{"type":"invalid_request_error","message":"messages: too few"}}';
    vendor.answerWith({ status: 400, body });
    const told = await post('/v1/messages/count_tokens', asked('best'));
    expect([told.status, await told.text()]).toEqual([400, body]);
  });

  it('needs a key, a model, and the right to it', async () => {
    const count = (model: string, key: string) =>
      post('/v1/messages/count_tokens', asked(model), { authorization: `Bearer ${key}` });
    expect((await count('other', 'vk-wrong')).status).toBe(401);
    expect((await count('other', 'vk-narrow-0123456789')).status).toBe(200);
    expect((await count('best', 'vk-narrow-0123456789')).status).toBe(403);
    expect((await count('nowhere/model', testKey)).status).toBe(404);
    expect(vendor.seen).toEqual([]);
  });
});

describe('a count of tokens in Google’s form', () => {
  const contents = [{ role: 'user', parts: [{ text: 'How long is this?' }] }];

  it('is Google’s own where the model is, whose name is changed wherever it stands', async () => {
    vendor.answerWith({ status: 200, body: '{"totalTokens": 7}' });
    const generateContentRequest = { model: 'models/team/flash', contents };
    const told = await post('/gemini/v1beta/models/team/flash:countTokens', { generateContentRequest });
    expect(await told.json()).toEqual({ totalTokens: 7 });
    const [seen] = vendor.seen;
    expect(seen?.url).toBe('/v1beta/models/gemini-3-flash:countTokens');
    expect(JSON.parse(seen?.body.toString() ?? '')).toEqual({
      generateContentRequest: { model: 'models/gemini-3-flash', contents },
    });
  });

  it('is an estimate elsewhere', async () => {
    const told = await post('/v1beta/models/other:countTokens', { contents });
    expect(await told.json()).toEqual({ totalTokens: expect.any(Number) });
    expect(await counted()).toMatchObject({ dialect: 'gemini', modelAsked: 'other', status: 200 });
  });
});

describe('what is known of models', () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(house.origin + path, { headers: { authorization: `Bearer ${testKey}`, ...headers } });

  it('is told in Anthropic’s form to Anthropic’s clients, page by page', async () => {
    const list = await (await get('/v1/models?limit=2', { 'anthropic-version': '2023-06-01' })).json();
    expect(list).toMatchObject({ data: [{ id: 'best' }, { id: 'other' }], has_more: true, last_id: 'other' });
    const rest = await (await get('/anthropic/v1/models?limit=1&after_id=other')).json();
    expect(rest).toMatchObject({ data: [{ id: 'team/flash' }] });
    expect(await (await get('/anthropic/v1/models/best')).json()).toMatchObject({ type: 'model', id: 'best' });
  });

  it('is told in Google’s form under its paths', async () => {
    const list = await (await get('/v1beta/models?pageSize=1')).json();
    expect(list).toMatchObject({ models: [{ name: 'models/best' }], nextPageToken: 'best' });
    expect(await (await get('/gemini/v1beta/models/team/flash')).json()).toMatchObject({ name: 'models/team/flash' });
  });

  it('is told in OpenAI’s form elsewhere', async () => {
    expect(await (await get('/openai/v1/models/other')).json()).toMatchObject({ id: 'other', object: 'model' });
  });

  it('is refused in the reader’s own form', async () => {
    const wrong = { authorization: 'Bearer vk-wrong' };
    const anthropic = await get('/v1/models', { ...wrong, 'anthropic-version': '2023-06-01' });
    expect([anthropic.status, await anthropic.json()]).toMatchObject([401, { type: 'error' }]);
    const google = await get('/v1beta/models/none');
    expect([google.status, await google.json()]).toMatchObject([404, { error: { status: 'NOT_FOUND' } }]);
    const openai = await get('/v1/models/none');
    expect([openai.status, await openai.json()]).toMatchObject([404, { error: { code: 'model_not_found' } }]);
  });
});
