import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { testKey } from '../kit/gateway-process.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { everyone, type House, openHouse } from './house.ts';
import { type OperationsVendor, startOperationsVendor } from './operations-vendor.ts';

const narrow = { name: 'narrow', value: 'sk-narrow-0123456789', models: ['both', 'one/*'] };
/** As strict about fields that they do not know as the vendors are. */
const names = ['one', 'two', 'claude'] as const;
const upstreams = new Map<string, ScriptedUpstream>();
let router: OperationsVendor;
let house: House;

beforeAll(async () => {
  const script = playScenes({ cue: 'Hello', answers: [{ text: 'Hi.' }] });
  for (const name of names) {
    upstreams.set(name, await startUpstream({ dialect: name === 'claude' ? 'messages' : 'chat', name, script }));
  }
  router = await startOperationsVendor();
  const message = { role: 'assistant', content: 'Hi.' };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  router.answerWith({ status: 200, body: JSON.stringify({ id: 'c', object: 'chat.completion', model: 'm', choices }) });
  const provider = (name: string, kind: string) => ({
    kind,
    base_url: upstreams.get(name)?.baseUrl ?? `${router.origin}/v1`,
    keys: [{ value: 'sk-upstream' }],
    models: { m: { price: { input: name === 'one' ? 5 : 1, output: 5 } } },
  });
  house = await openHouse({
    providers: {
      one: provider('one', 'openai-compatible'),
      two: provider('two', 'openai-compatible'),
      router: provider('router', 'openrouter'),
      claude: provider('claude', 'anthropic'),
    },
    models: { both: { targets: ['one/m', 'two/m'] } },
    virtual_keys: [everyone, narrow],
  });
});

afterAll(async () => {
  await house.stop();
  for (const upstream of upstreams.values()) await upstream.stop();
  await router.stop();
});

async function ask(body: JsonObject, { path = '/v1/chat/completions', key = testKey } = {}) {
  const said = path.endsWith('/responses') ? { input: 'Hello' } : { messages: [{ role: 'user', content: 'Hello' }] };
  const answer = await fetch(house.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ ...body, ...said, ...(path.endsWith('/messages') ? { max_tokens: 99 } : {}) }),
  });
  return { status: answer.status, by: answer.headers.get('x-turnpike-model'), text: await answer.text() };
}

const bodyAt = (name: string) => upstreams.get(name)?.requests.at(-1)?.body ?? {};

describe('routing fields of a request', () => {
  it('lead to other providers than the configuration would, and do not travel on', async () => {
    const answer = await ask({ model: 'both', provider: { order: ['two'] }, fallbacks: ['claude/m'], seed: 7 });
    expect(answer).toMatchObject({ status: 200, by: 'two/m' });
    expect(bodyAt('two')).toMatchObject({ model: 'm', seed: 7 });
    expect(Object.keys(bodyAt('two'))).not.toEqual(expect.arrayContaining(['provider']));
    expect(Object.keys(bodyAt('two'))).not.toEqual(expect.arrayContaining(['fallbacks']));
  });

  it('hold for Responses clients, also where the request is translated', async () => {
    const answer = await ask(
      { model: 'both', models: ['claude/m'], provider: { ignore: ['one', 'two'] } },
      { path: '/openai/v1/responses' },
    );
    expect(answer).toMatchObject({ status: 200, by: 'claude/m' });
    const nobody = { model: 'both', provider: { only: ['claude'] } };
    expect((await ask(nobody, { path: '/v1/responses' })).status).toBe(404);
    const unknown = { model: 'nothing-here', models: ['claude/m'] };
    expect((await ask(unknown, { path: '/v1/responses' })).status).toBe(404);
    const translated = await ask({ models: ['claude/m'] }, { path: '/v1/responses' });
    expect(translated).toMatchObject({ status: 200, by: 'claude/m' });
    expect(Object.keys(bodyAt('claude'))).not.toEqual(expect.arrayContaining(['models']));
  });

  it('go on to OpenRouter, which reads them itself, in both lanes', async () => {
    const provider = { only: ['deepinfra'], data_collection: 'deny' };
    const asked = await ask({ model: 'router/m', models: ['one/m'], provider });
    expect(asked).toMatchObject({ by: 'router/m' });
    const bodies = () => router.seen.map(({ body }): unknown => JSON.parse(body.toString()));
    expect(bodies()[0]).toEqual({ model: 'm', messages: [{ role: 'user', content: 'Hello' }], provider });
    await ask({ model: 'router/m:floor', provider }, { path: '/v1/responses' });
    expect(bodies()[1]).toMatchObject({ model: 'm:floor', provider });
  });

  it('try the named models one after the other', async () => {
    const answer = await ask({ model: 'one/m', models: ['claude/m'], provider: { max_price: { prompt: 2 } } });
    expect(answer).toMatchObject({ status: 200, by: 'claude/m' });
    expect(await ask({ model: 'both:floor' })).toMatchObject({ by: 'two/m' });
  });

  it('give a key no model that it may not use', async () => {
    const named = { model: 'one/m', models: ['two/m'] };
    expect(await ask(named, { key: narrow.value })).toMatchObject({ status: 403 });
    expect(await ask({ model: 'two/m:nitro' }, { key: narrow.value })).toMatchObject({ status: 403 });
    expect(await ask({ model: 'one/m:floor' }, { key: narrow.value })).toMatchObject({ status: 200 });
  });

  it('can want that nothing is left out', async () => {
    const picky = { model: 'claude/m', seed: 7, logit_bias: { 1: 1 }, verbosity: 'low' };
    expect((await ask(picky)).status).toBe(200);
    const refused = await ask({ ...picky, provider: { require_parameters: true } });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('require_parameters');
    const elsewhere = { ...picky, models: ['one/m'], provider: { require_parameters: true } };
    expect(await ask(elsewhere)).toMatchObject({ status: 200, by: 'one/m' });
  });

  it('are refused where they are wrong, and left alone in other dialects', async () => {
    const answer = await ask({ model: 'both', provider: { sort: 'beauty' } });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('provider.sort');
    await ask({ model: 'claude/m', metadata: { user_id: 'u' }, models: 'mine' }, { path: '/anthropic/v1/messages' });
    expect(bodyAt('claude')).toMatchObject({ models: 'mine' });
  });
});
