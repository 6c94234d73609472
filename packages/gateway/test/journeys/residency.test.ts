import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { type Document, testKey } from '../kit/gateway-process.ts';
import { arrayAt, textAt } from '../kit/json-access.ts';
import { type House, openHouse } from './house.ts';
import { openPlacesVendor, type PlacesVendor } from './places-vendor.ts';

let vendor: PlacesVendor;
let house: House;

beforeAll(async () => {
  vendor = await openPlacesVendor();
  house = await openHouse({ providers: { p0: vendor.entry('p0') } });
});

beforeEach(() => {
  vendor.calls.length = 0;
  vendor.moods.clear();
});

afterAll(async () => {
  await house.stop();
  await vendor.stop();
});

const providers = ['p0', 'p1', 'p2', 'p3', 'p4'] as const;
const aliases = ['a0', 'a1', 'a2'] as const;

const tags = fc.subarray(['eu', 'zdr']);
const sometimes = fc.oneof(fc.constant<string[]>([]), tags);
const place = fc.constantFrom(...providers).map((name) => `${name}/m`);
const name = fc.oneof(fc.constantFrom<string>(...aliases), place);
const places = fc.uniqueArray(place, { minLength: 1, maxLength: 4 });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

/** Whatever of a configuration has a word in where requests go. */
const worlds = fc.record({
  tags: fc.tuple(tags, tags, tags, tags, tags),
  down: fc.subarray([...providers]),
  aliases: fc.tuple(...aliases.map(() => fc.record({ targets: places, fallbacks: places, weighted: fc.boolean() }))),
  key: tags,
  team: sometimes,
  organization: sometimes,
  overlay: maybe(name),
  utility: name,
  compaction: fc.record({ by: fc.constantFrom('provider', 'gateway'), model: maybe(name) }),
  rule: maybe(
    fc.record({
      model: maybe(name),
      fallbacks: fc.uniqueArray(name, { maxLength: 2 }),
      tags,
    }),
  ),
  standIn: maybe(name),
  hedges: fc.boolean(),
});
type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

const anywhere = { targets: ['p0/m'], fallbacks: ['p2/m', 'p1/m'], weighted: false };
/** The first of two that have the label is down, and one that has none stands between them. */
const home: World = {
  tags: [['eu'], ['eu'], [], [], []],
  down: ['p0'],
  aliases: [anywhere, anywhere, anywhere],
  key: ['eu'],
  team: [],
  organization: [],
  overlay: undefined,
  utility: 'a0',
  compaction: { by: 'gateway', model: undefined },
  rule: undefined,
  standIn: undefined,
  hedges: false,
};
const nowhere: World = { ...home, organization: ['zdr'] };

const dear = { price: { input: 1000, output: 1000 }, context_window: 20_000, max_output_tokens: 1000 };

function documentOf(world: World): Document {
  const entries = providers.map((each, at) => [
    each,
    { ...vendor.entry(each), tags: world.tags[at], passthrough: 'allow' as const, models: { m: dear } },
  ]);
  const models = aliases.map((each, at) => {
    const { targets, fallbacks, weighted } = world.aliases[at] ?? { targets: [], fallbacks: [], weighted: false };
    return [each, { targets, fallbacks, ...(weighted ? { strategy: 'weighted' as const } : {}) }];
  });
  const { rule } = world;
  const does = rule && {
    ...(rule.model === undefined ? {} : { model: rule.model }),
    fallbacks: rule.fallbacks,
    require_tags: rule.tags,
  };
  const isRule = does && (does.model !== undefined || does.fallbacks.length + does.require_tags.length > 0);
  return {
    providers: Object.fromEntries(entries),
    models: Object.fromEntries(models),
    utility_model: world.utility,
    compaction: {
      by: world.compaction.by,
      ...(world.compaction.model === undefined ? {} : { model: world.compaction.model }),
    },
    organizations: [{ id: 'acme', require_tags: world.organization }],
    teams: [{ id: 'core', organization: 'acme', require_tags: world.team }],
    virtual_keys: [
      {
        name: 'ann',
        value: testKey,
        team: 'core',
        require_tags: world.key,
        ...(world.overlay === undefined ? {} : { model_aliases: { a0: world.overlay } }),
      },
    ],
    ...(isRule ? { rules: [{ name: 'always', when: 'true', do: does }] } : {}),
    ...(world.standIn === undefined
      ? {}
      : { budgets: [{ id: 'spent', dollars: 0, every: 'day', fallback_model: world.standIn }] }),
    failover: { backoff_ms: 1, max_backoff_ms: 1, ...(world.hedges ? { hedge_after_ms: 1 } : {}) },
  };
}

interface Request {
  readonly path: string;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

const messages = [{ role: 'user', content: 'Hello' }];
const history = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] }];

/** Every kind of request that is sent on, and every way in which it may say where it wants to go. */
const requests: readonly Request[] = [
  ...[...aliases, 'p0/m', 'p3/m', 'm', 'a1:floor'].map((model) => ({
    path: '/v1/chat/completions',
    body: { model, messages, stream: model === 'a0' },
  })),
  {
    path: '/v1/chat/completions',
    body: { model: 'a0', models: ['a1', 'p4/m'], messages, provider: { order: ['p2', 'p3'], allow_fallbacks: true } },
  },
  { path: '/v1/chat/completions', body: { model: 'a2', messages, provider: { only: ['p0', 'p1'] } } },
  { path: '/openai/v1/responses', body: { model: 'a0', stream: true, input: history } },
  { path: '/openai/v1/responses', body: { model: 'gpt-5.4-nano', input: history } },
  {
    path: '/openai/v1/responses',
    body: { model: 'a1', stream: true, input: [...history, { type: 'compaction_trigger' }] },
  },
  { path: '/openai/v1/responses/compact', body: { model: 'a1', input: history } },
  { path: '/openai/v1/alpha/search', body: { model: 'a0', query: 'x' } },
  { path: '/anthropic/v1/messages', body: { model: 'a1', max_tokens: 10, messages } },
  { path: '/anthropic/v1/messages/count_tokens', body: { model: 'a1', messages } },
  { path: '/gemini/v1beta/models/a2:generateContent', body: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] } },
  { path: '/v1/embeddings', body: { model: 'a0', input: 'Hello' } },
  { path: '/v1/embeddings', body: { model: 'p2/m', input: 'Hello' } },
  ...['p1', 'p4'].flatMap((provider) => [
    { path: '/v1/files', headers: { 'x-turnpike-provider': provider } },
    { path: `/providers/${provider}/v1/nobody/knows`, body: { model: 'm' } },
    { path: `/providers/${provider}/v1/chat/completions`, body: { model: 'm', messages } },
  ]),
];

async function send({ path, body, headers }: Request): Promise<Response> {
  return fetch(house.origin + path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json', ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

describe('labels that are demanded of providers', () => {
  it('hold for every call, whatever led to it', async () => {
    let [served, refused, moved] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        await house.replace(documentOf(world));
        vendor.calls.length = 0;
        vendor.moods.clear();
        const broken = { status: 503, error: { message: 'Not today.', type: 'server_error' } };
        for (const each of world.down) vendor.moods.set(each, broken);
        const levels = [...world.key, ...world.team, ...world.organization];
        const ofAnswers = [...levels, ...(world.rule?.tags ?? [])];
        for (const request of requests) {
          const answer = await send(request);
          const text = await answer.text();
          const isAnswer = !/files|nobody|embeddings|count_tokens/.test(request.path);
          const calls = vendor.calls.splice(0);
          for (const { provider } of calls) {
            const has = world.tags[providers.findIndex((each) => each === provider)] ?? [];
            const lacks = (isAnswer ? ofAnswers : levels).filter((tag) => !has.includes(tag));
            expect({ request, provider, lacks }).toEqual({ request, provider, lacks: [] });
          }
          served += calls.length;
          moved += calls.length > 1 ? 1 : 0;
          if (text.includes('is demanded of providers')) refused += 1;
        }
      }),
      { numRuns: 12, examples: [[home], [nowhere]] },
    );
    // The cases are worth something: many were served, refused and failed over.
    expect([served > 20, refused > 20, moved > 0]).toEqual([true, true, true]);
  });

  it('leave out of lists whatever leads nowhere else', async () => {
    const at = (name: string, ...labels: string[]) => ({ ...vendor.entry(name), tags: labels, models: { m: {} } });
    await house.replace({
      providers: { p0: at('p0', 'eu'), p1: at('p1') },
      models: { both: { targets: ['p1/m', 'p0/m'] }, abroad: { targets: ['p1/m'] } },
      virtual_keys: [{ name: 'ann', value: testKey, require_tags: ['eu'] }],
    });
    const list = parseJson(await (await send({ path: '/v1/models' })).text());
    const names = arrayAt(isJsonObject(list) ? list : {}, 'data').map((each) => textAt(each, 'id'));
    expect(names).toContain('both');
    expect(names).toContain('p0/m');
    expect(names.filter((each) => each === 'abroad' || each.startsWith('p1'))).toEqual([]);
  });

  it('refuse with the label, who insists on it and whom to ask, in the record, too', async () => {
    await house.replace({
      providers: { p0: vendor.entry('p0'), p1: { ...vendor.entry('p1'), tags: ['eu'] } },
      models: { coder: { targets: ['p0/m'] }, mixed: { targets: ['p0/m', 'p1/m'] } },
      organizations: [{ id: 'acme', require_tags: ['eu'], contact: '#privacy' }],
      teams: [{ id: 'core', organization: 'acme' }],
      virtual_keys: [{ name: 'ann', value: testKey, team: 'core' }],
    });
    const answer = await send({ path: '/v1/chat/completions', body: { model: 'coder', messages } });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toMatch(
      /coder\\" leads only to \\"p0\\", without .* the label \\"eu\\" \(by the organization \\"acme\\"\)\. Ask #privacy\./,
    );
    expect(vendor.calls).toEqual([]);
    const mixed = await send({ path: '/v1/chat/completions', body: { model: 'mixed', messages } });
    const record = await house.recordOf(({ id }) => id === mixed.headers.get('x-request-id'));
    expect(record.route?.excluded).toMatchObject([{ provider: 'p0', model: 'm', why: 'tags' }]);
    expect(record.provider).toBe('p1');
  });
});
