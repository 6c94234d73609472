import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClientDialectName } from '../../src/core/items.ts';
import { type JsonObject, parseJson } from '../../src/core/json.ts';
import { ask, textOf } from '../kit/ask.ts';
import { virtualClock } from '../kit/deployments.ts';
import { type Document, testKey } from '../kit/gateway-process.ts';
import { arrayAt, objectAt, textAt } from '../kit/json-access.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { everyone, type House, openHouse } from './house.ts';

const dialects: readonly ClientDialectName[] = ['responses', 'chat', 'messages', 'gemini'];
const places = {
  responses: { kind: 'openai', model: 'gpt-5.5' },
  chat: { kind: 'openai-compatible', model: 'house-model' },
  messages: { kind: 'anthropic', model: 'claude-opus-4-8' },
  gemini: { kind: 'gemini', model: 'gemini-3.5-flash' },
} as const;

const teamKey = 'vk-of-the-team-0123456789';
const from = Date.UTC(2027, 1, 1);
const clock = virtualClock(Date.UTC(2027, 0, 1));
const upstreams = new Map<ClientDialectName, ScriptedUpstream>();
let house: House;

beforeAll(async () => {
  for (const dialect of dialects)
    upstreams.set(dialect, await startUpstream({ dialect, script: () => ({ text: 'Hi.' }) }));
  house = await openHouse(documentOf(), clock);
});

beforeEach(() => clock.setTo(Date.UTC(2027, 0, 1)));

afterAll(async () => {
  await house.stop();
  for (const upstream of upstreams.values()) await upstream.stop();
});

function documentOf(): Document {
  const provider = (dialect: ClientDialectName) => ({
    kind: places[dialect].kind,
    base_url: upstreams.get(dialect)?.baseUrl ?? '',
    speaks: [dialect],
    keys: [{ value: 'sk-upstream' }],
  });
  const deep = (dialect: ClientDialectName) => ({
    targets: [`${dialect}/${places[dialect].model}`],
    parameters: { reasoning_effort: 'high' as const, max_output_tokens: 300 },
  });
  return {
    providers: {
      responses: provider('responses'),
      chat: provider('chat'),
      messages: provider('messages'),
      gemini: provider('gemini'),
    },
    models: {
      'deep-responses': deep('responses'),
      'deep-chat': deep('chat'),
      'deep-messages': deep('messages'),
      'deep-gemini': deep('gemini'),
      roomy: {
        targets: [{ target: 'messages/claude-opus-4-8', parameters: { service_tier: 'auto' } }],
        parameters: { max_output_tokens: 5000, service_tier: 'default' },
      },
      'claude-*': { targets: ['messages/claude-*'] },
      coder: {
        targets: ['responses/gpt-5.5'],
        for: { title: 'fast', compaction: 'fast', subagent: 'claude-haiku-5' },
      },
      fast: { targets: ['chat/house-model'] },
      old: { targets: ['chat/old-model'], deprecated: { use: 'coder', from: '2027-02-01', notice: 'Ask #ai – soon.' } },
    },
    teams: [
      {
        id: 'core',
        deny_models: ['gpt-4.1'],
        model_aliases: {
          coder: {
            targets: [
              { target: 'chat/team-model', weight: 1 },
              { target: 'gemini/spare', weight: 0 },
            ],
          },
          sneaky: 'responses/gpt-4.1',
        },
      },
    ],
    virtual_keys: [
      everyone,
      {
        name: 'teammate',
        value: teamKey,
        team: 'core',
        models: ['coder', 'sneaky'],
        model_aliases: { unseen: 'coder' },
      },
    ],
  };
}

const seenBy = (dialect: ClientDialectName): JsonObject => upstreams.get(dialect)?.requests.at(-1)?.body ?? {};

async function recordOf(question: Parameters<typeof ask>[1]) {
  const told = await ask(house.origin, question);
  const record = await house.recordOf(({ id }) => id === told.headers.get('x-request-id'));
  return { told, record };
}

describe('what a name sets', () => {
  const limits: Readonly<Record<ClientDialectName, JsonObject>> = {
    responses: { max_output_tokens: 300, reasoning: { effort: 'high' } },
    chat: { max_tokens: 300 },
    messages: { max_tokens: 300, output_config: { effort: 'high' } },
    gemini: { generationConfig: { maxOutputTokens: 300, thinkingConfig: { thinkingLevel: 'HIGH' } } },
  };

  it.each(dialects.flatMap((client) => dialects.map((provider) => [client, provider] as const)))(
    'is said to whoever answers: %s to %s',
    async (client, provider) => {
      const { told, record } = await recordOf({ dialect: client, model: `deep-${provider}` });
      expect(textOf(client, told)).toBe('Hi.');
      expect(seenBy(provider)).toMatchObject(limits[provider]);
      expect(record).toMatchObject({
        lane: client === provider ? 'express' : 'translate',
        route: { parameters: { reasoning_effort: 'high', max_output_tokens: 300 } },
      });
      const lost = record.losses.map(({ what }) => what);
      expect(lost.includes('reasoning.effort')).toBe(provider === 'chat');
    },
  );

  it('is no more than an agent’s own shorter limit, and what its target sets goes first', async () => {
    const { record } = await recordOf({ dialect: 'messages', model: 'roomy' });
    expect(seenBy('messages')).toMatchObject({ max_tokens: 1000, service_tier: 'auto' });
    expect(record.route?.parameters).toEqual({ max_output_tokens: 5000, service_tier: 'auto' });
  });
});

describe('where a name leads', () => {
  it('may be what a pattern is filled with', async () => {
    const { record } = await recordOf({ dialect: 'chat', model: 'claude-sonnet-5' });
    expect(record).toMatchObject({ modelAsked: 'claude-sonnet-5', provider: 'messages', model: 'claude-sonnet-5' });
    expect(record.route?.names).toEqual([
      { from: 'claude-sonnet-5', to: 'messages/claude-sonnet-5', by: 'pattern', of: 'claude-*' },
    ]);
  });

  it.each([
    [{ thread_source: 'thread_title' }, 'chat', [{ from: 'coder', to: 'fast', by: 'kind', of: 'title' }]],
    [{ request_kind: 'turn' }, 'responses', undefined],
    [{ request_kind: 'compaction' }, 'chat', [{ from: 'coder', to: 'fast', by: 'kind', of: 'compaction' }]],
  ])('depends on what the request is for: %j', async (described, provider, names) => {
    const headers = { 'x-codex-turn-metadata': JSON.stringify(described) };
    const { record } = await recordOf({ dialect: 'responses', model: 'coder', headers });
    expect(record.provider).toBe(provider);
    expect(record.route?.names).toEqual(names);
  });

  it('is where histories are condensed, too', async () => {
    const answer = await fetch(`${house.origin}/openai/v1/responses/compact`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}` },
      body: JSON.stringify({ model: 'coder', input: [{ role: 'user', content: 'Hello' }] }),
    });
    const record = await house.recordOf(({ id }) => id === answer.headers.get('x-request-id'));
    expect(answer.status).toBe(200);
    expect(record).toMatchObject({ provider: 'chat', model: 'house-model', requestKind: 'compaction' });
    expect(record.route?.names).toEqual([{ from: 'coder', to: 'fast', by: 'kind', of: 'compaction' }]);
  });
});

describe('the explanation of a request that is not sent', () => {
  it('tells the same of its names and of what they set', async () => {
    const titled = await house.explain({ model: 'coder', kind: 'title' });
    expect(titled.route?.names).toEqual([{ from: 'coder', to: 'fast', by: 'kind', of: 'title' }]);
    const deep = await house.explain({ model: 'deep-chat' });
    expect(deep.route?.parameters).toEqual({ reasoning_effort: 'high', max_output_tokens: 300 });
  });
});

describe('names of a team’s own', () => {
  const mine = { dialect: 'responses', key: teamKey, stream: false } as const;

  it('lead its callers elsewhere than others, by weights of their own', async () => {
    const { record } = await recordOf({ ...mine, model: 'coder' });
    expect(record).toMatchObject({ provider: 'chat', model: 'team-model', modelAsked: 'coder' });
    expect(record.route?.names).toEqual([{ from: 'coder', to: 'chat/team-model', by: 'overlay', of: 'team "core"' }]);
    expect((await recordOf({ dialect: 'responses', model: 'coder' })).record.provider).toBe('responses');
  });

  it('open no door that is closed: the name must be allowed, and the place not denied', async () => {
    expect((await recordOf({ ...mine, model: 'unseen' })).record.failure?.code).toBe('model-forbidden');
    expect((await recordOf({ ...mine, model: 'sneaky' })).record.failure?.code).toBe('model-forbidden');
  });
});

describe('a name that goes', () => {
  const asked = { dialect: 'chat', model: 'old', stream: false } as const;

  it('is answered as before, with a notice, until its day has come', async () => {
    const { told, record } = await recordOf(asked);
    expect(record).toMatchObject({ provider: 'chat', model: 'old-model' });
    expect(told.headers.get('deprecation')).toBe(`@${Date.UTC(2027, 0, 1) / 1000}`);
    expect(told.headers.get('sunset')).toBe('Mon, 01 Feb 2027 00:00:00 GMT');
    expect(told.headers.get('x-turnpike-notice')).toContain(
      'from 2027-02-01 on "coder" answers in its place. Ask #ai ? soon.',
    );
    expect(record.route).toMatchObject({ notice: expect.stringMatching(/Ask #ai – soon\.$/), deprecated: 'old' });
  });

  it('leads to the other one from then on', async () => {
    clock.setTo(from);
    const { told, record } = await recordOf(asked);
    expect(record).toMatchObject({ provider: 'responses', model: 'gpt-5.5', modelAsked: 'old' });
    expect(record.route?.names).toEqual([{ from: 'old', to: 'coder', by: 'redirect' }]);
    expect(told.headers.get('deprecation')).toBe(`@${from / 1000}`);
  });

  it('is told of in the log, once a day', async () => {
    clock.setTo(from + 86_400_000);
    const before = house.log.length;
    for (let times = 0; times < 3; times += 1) await recordOf(asked);
    expect(house.log.slice(before).filter((line) => line.includes('"old" is deprecated'))).toHaveLength(1);
  });

  it('says nothing where another name is asked for', async () => {
    const { told } = await recordOf({ dialect: 'chat', model: 'fast' });
    expect(told.headers.get('deprecation')).toBeNull();
  });
});

describe('what agents are told of names', () => {
  async function listed(key: string, path = '/openai/v1/models?client_version=0.169.0') {
    const answer = await fetch(house.origin + path, { headers: { authorization: `Bearer ${key}` } });
    const list = parseJson(await answer.text());
    const models = new Map(arrayAt(list, 'models').map((model) => [textAt(model, 'slug'), model]));
    return { names: arrayAt(list, 'data').map((model) => textAt(model, 'id')), models };
  }

  it('are the models that fit a pattern, and not the pattern', async () => {
    const { names } = await listed(testKey);
    expect(names).toContain('claude-opus-4-8');
    expect(names.filter((name) => name.includes('*'))).toEqual([]);
    expect(names.indexOf('claude-opus-4-8')).toBeLessThan(names.indexOf('messages/claude-opus-4-8'));
  });

  it('is the effort that is set, and nothing else', async () => {
    const { models } = await listed(testKey);
    const efforts = arrayAt(models.get('deep-responses'), 'supported_reasoning_levels');
    expect(efforts.map((level) => textAt(level, 'effort'))).toEqual(['high']);
    expect(textAt(models.get('deep-responses'), 'default_reasoning_level')).toBe('high');
    expect(arrayAt(models.get('coder'), 'supported_reasoning_levels').length).toBeGreaterThan(1);
  });

  it('are names of their own, as far as they may ask for them', async () => {
    const { names, models } = await listed(teamKey);
    expect(names).toEqual(['coder']);
    expect(textAt(models.get('coder'), 'description')).toBe('team-model at chat');
  });

  it('is that a name goes, and it is offered no more when it has gone', async () => {
    const before = await listed(testKey);
    expect(textAt(before.models.get('old'), 'description')).toContain('"old" is deprecated');
    expect(before.names).toContain('old');
    clock.setTo(from);
    const after = await listed(testKey);
    expect(after.names).not.toContain('old');
    expect(objectAt({ old: after.models.get('old') ?? {} }, 'old')['visibility']).toBe('hide');
  });
});
