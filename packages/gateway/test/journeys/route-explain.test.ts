import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { virtualClock } from '../kit/deployments.ts';
import { everyone, type House, openHouse } from './house.ts';
import { askAs, type KeyVendor, openKeyVendor } from './key-vendor.ts';

const clock = virtualClock(Date.UTC(2027, 0, 1));
let vendor: KeyVendor;
let house: House;

beforeAll(async () => {
  vendor = await openKeyVendor();
});

beforeEach(async () => {
  vendor.moods.clear();
  vendor.calls.length = 0;
  await house?.stop();
  house = await openHouse(document(), clock);
});

afterAll(async () => {
  await house.stop();
  await vendor.stop();
});

function document() {
  const provider = (...names: readonly string[]) => ({
    kind: 'openai-compatible' as const,
    base_url: `${vendor.origin}/v1`,
    keys: names.map((name) => ({ name, value: `sk-${name}` })),
    models: { m: { price: { input: 1, output: 2 } } },
  });
  return {
    providers: { pool: provider('a', 'b', 'c'), spare: provider('spare'), far: provider('far') },
    models: {
      coder: { targets: ['pool/m'], fallbacks: ['spare/m'] },
      split: { targets: [{ target: 'pool/m', weight: 2 }, { target: 'spare/m', weight: 1 }, 'far/m'] },
    },
    teams: [{ id: 'near', providers: ['pool', 'spare'] }],
    virtual_keys: [
      everyone,
      { id: 'near-key', value: 'sk-near', team: 'near' },
      { id: 'old', value: 'sk-old-key', expires: '2026-12-01' },
    ],
  };
}

describe('an explanation', () => {
  it('names the deployment to which the same request then goes, whatever its session and whoever is unwell', async () => {
    const mood = fc.constantFrom(undefined, { status: 429, retryAfterS: 60 }, { status: 401 });
    const keys = ['a', 'b', 'c', 'spare', 'far'];
    const step = fc.record({
      session: fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme-ascii' }).map(encodeURIComponent),
      model: fc.constantFrom('coder', 'split', 'pool/m'),
      pauseMs: fc.integer({ min: 0, max: 90_000 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(...keys.map(() => mood)),
        fc.array(step, { minLength: 1, maxLength: 6 }),
        async (moods, steps) => {
          for (const [index, key] of keys.entries()) {
            const each = moods[index];
            if (each) vendor.moods.set(`sk-${key}`, each);
            else vendor.moods.delete(`sk-${key}`);
          }
          for (const { session, model, pauseMs } of steps) {
            clock.pass(pauseMs);
            const before = vendor.calls.length;
            const told = await house.explain({ model, session, agent: 'cursor', stream: false });
            expect(vendor.calls).toHaveLength(before);
            const { attempts } = await askAs(house, session, model);
            const [first] = attempts;
            expect(told.outcome).toEqual({
              result: 'sent',
              provider: first?.provider,
              model: first?.model,
              credential: first?.credential,
            });
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('names it for whatever a document makes of a name', async () => {
    const place = fc.constantFrom('pool/m', 'spare/m', 'far/m');
    const target = fc.oneof(place, fc.record({ target: place, weight: fc.integer({ min: 0, max: 5 }) }));
    const alias = fc.record({
      targets: fc.array(target, { minLength: 1, maxLength: 4 }),
      strategy: fc.constantFrom('priority', 'weighted', 'round-robin', 'least-busy', 'lowest-cost'),
      fallbacks: fc.array(place, { maxLength: 2 }),
    });
    const session = fc.stringMatching(/^[a-z]{1,4}$/);
    await fc.assert(
      fc.asyncProperty(alias, fc.array(session, { minLength: 1, maxLength: 5 }), async (coder, sessions) => {
        await house.replace({ ...document(), models: { coder } });
        for (const each of sessions) {
          const told = await house.explain({ model: 'coder', session: each, agent: 'cursor', stream: false });
          const { provider, model, credential } = await askAs(house, each);
          expect(told.outcome).toEqual({ result: 'sent', provider, model, credential });
        }
      }),
      { numRuns: 25 },
    );
  });

  it('leaves no trace: no call, no record, nothing counted, no health', async () => {
    const before = await house.explain({ model: 'coder', session: 's' });
    for (let times = 0; times < 50; times += 1) await house.explain({ model: 'coder', session: 's' });
    expect(await house.explain({ model: 'coder', session: 's' })).toEqual(before);
    expect([vendor.calls.length, house.records.length]).toEqual([0, 0]);
  });

  it('tells who is left out for a caller, in which order the others come, and what that would cost', async () => {
    const told = await house.explain({
      model: 'split',
      key: 'near-key',
      input_tokens: 3000,
      agent: 'claude-code',
      tools: true,
    });
    expect(told.caller).toEqual({ name: 'near-key', key: 'near-key', team: 'near' });
    expect(told.route).toMatchObject({
      candidates: 5,
      excluded: [{ provider: 'far', model: 'm', why: 'access' }],
    });
    expect(told.attempts).toHaveLength(4);
    expect(told.attempts[0]).toMatchObject({
      lane: 'translate',
      cost: { likelyInputTokens: expect.any(Number), likelyNanoDollars: expect.any(String) },
    });
  });

  it('tells what the agent would be told where nothing is sent', async () => {
    const outcomeOf = async (question: Parameters<House['explain']>[0]) => (await house.explain(question)).outcome;
    expect(await outcomeOf({ model: 'nothing' })).toMatchObject({
      result: 'refused',
      code: 'model-unknown',
      status: 404,
    });
    expect(await outcomeOf({ model: 'coder', key: 'old' })).toMatchObject({ result: 'refused', code: 'key-expired' });
    expect(await outcomeOf({ model: 'far/m', key: 'near-key' })).toMatchObject({
      result: 'refused',
      code: 'provider-forbidden',
    });
    await house.replace({ ...document(), budgets: [{ id: 'none', dollars: 0, every: 'day', scope: {} }] });
    const told = await house.explain({ model: 'coder' });
    expect(told.outcome).toMatchObject({ result: 'refused', code: 'budget-exhausted' });
    expect(told.attempts.map(({ failure }) => failure?.code)).toEqual(Array(4).fill('budget-exhausted'));
  });

  it('takes a caller to have tags and metadata that nobody has yet', async () => {
    await house.replace({
      ...document(),
      rules: [{ name: 'juniors', when: 'metadata.level == "junior" && "new" in tags', do: { model: 'far/m' } }],
    });
    const ruleOf = async (question: Parameters<House['explain']>[0]) => {
      const { route, caller } = await house.explain({ model: 'coder', ...question });
      return [route?.rules?.[0]?.name, caller?.tags];
    };
    const besides = { tags: ['new'], metadata: { level: 'junior' } };
    expect(await ruleOf({})).toEqual([undefined, undefined]);
    expect(await ruleOf(besides)).toEqual(['juniors', ['new']]);
    expect(await ruleOf({ ...besides, key: 'everyone' })).toEqual(['juniors', ['new']]);
    expect(await ruleOf({ ...besides, team: 'near' })).toEqual(['juniors', ['new']]);
  });

  it('takes a request as an agent sends it: session, agent and purpose are read from its headers', async () => {
    const told = await house.explain({
      request: {
        path: '/openai/v1/responses',
        headers: {
          'Session-Id': 'abc',
          originator: 'codex_exec',
          'x-codex-turn-metadata': '{"thread_source":"thread_title"}',
        },
        body: { model: 'coder', input: 'Hello', stream: true },
      },
    });
    expect(told.request).toEqual({
      model: 'coder',
      dialect: 'responses',
      agent: 'codex',
      session: 'abc',
      requestKind: 'title',
      bodyBytes: 47,
    });
    expect((await house.explain({ model: 'coder', headers: { 'Session-Id': 'xyz' } })).request.session).toBe('xyz');
    const request = { path: '/v1/responses/compact', body: { model: 'coder', input: 'Hello' } };
    expect((await house.explain({ request })).request.requestKind).toBe('compaction');
    const gemini = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] };
    expect((await house.explain({ model: 'coder', request: { body: gemini } })).request).toMatchObject({
      model: 'coder',
      dialect: 'gemini',
    });
  });
});

describe('a record', () => {
  it('tells who could have answered, who was left out and why, and the order', async () => {
    await house.replace({ ...document(), virtual_keys: [{ ...everyone, providers: ['pool', 'spare'] }] });
    const { route, provider } = await askAs(house, 's', 'split');
    expect(route).toMatchObject({ candidates: 5, excluded: [{ provider: 'far', why: 'access' }] });
    expect(route?.order).toHaveLength(4);
    expect(route?.order[0]).toMatch(new RegExp(`^${provider}/m ${provider}#`));
  });

  it('tells why nobody was left, too, as the explanation does', async () => {
    await house.replace({
      ...document(),
      organizations: [{ id: 'acme', require_tags: ['eu'] }],
      virtual_keys: [{ ...everyone, organization: 'acme' }],
    });
    const { status, route } = await askAs(house, 's', 'coder');
    const detail = 'the label "eu" (by the organization "acme")';
    const places = ['pool', 'spare'].map((provider) => ({ provider, model: 'm', why: 'tags', detail }));
    expect([status, route]).toEqual([403, { candidates: 4, excluded: places, order: [] }]);
    const told = await house.explain({ model: 'coder', organization: 'acme' });
    expect(told.route).toEqual(route);
  });

  it('says nothing of it where a name has led to the one place that it means', async () => {
    expect((await askAs(house, 's', 'spare/m')).route).toBeUndefined();
  });
});
