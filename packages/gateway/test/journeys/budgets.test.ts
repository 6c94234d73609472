import { afterEach, describe, expect, it } from 'vitest';
import type { DialectName } from '../../src/core/items.ts';
import type { Clock } from '../../src/core/clock.ts';
import { ask, openQuestion, type Question } from '../kit/ask.ts';
import type { Document } from '../kit/gateway-process.ts';
import type { TokenCounts } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import type { LoopbackServer } from '../kit/vendor-server.ts';
import { everyone, type House, openHouse } from './house.ts';

const servers: LoopbackServer[] = [];
const houses: House[] = [];
afterEach(async () => {
  await Promise.all(houses.splice(0).map((house) => house.stop()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function upstreamOf(dialect: DialectName, usage: Partial<TokenCounts> = {}): Promise<ScriptedUpstream> {
  const script = () => ({ text: 'Here you are.', usage: { input: 100, output: 900, ...usage } });
  const upstream = await startUpstream({ dialect, script });
  servers.push(upstream);
  return upstream;
}

/** A dollar for a thousand tokens of either kind, and answers of at most 1,000 tokens. */
const dear = { price: { input: 1000, output: 1000 }, context_window: 20_000, max_output_tokens: 1000 };

function provider({ baseUrl, dialect }: ScriptedUpstream, facts: object = dear) {
  const base = { kind: 'openai-compatible', base_url: baseUrl, speaks: [dialect], keys: [{ value: 'sk-upstream' }] };
  return { ...base, models: { model: facts } };
}

async function open(document: Document, clock?: Clock): Promise<House> {
  const house = await openHouse(document, clock);
  houses.push(house);
  return house;
}

const asked: Question = { dialect: 'chat', model: 'one/model', stream: false };
const day = (dollars: number, more: object = {}) => ({ id: 'daily', dollars, every: 'day' as const, ...more });
/** Holds the most that a first request can cost, which is about 2.10, but not that of a second one. */
const forOne = 2.5;

/** The moment of the tests: an hour before midnight in UTC, unless one moves it. */
function movableClock(): Clock & { nowMs: number } {
  const clock = { nowMs: Date.UTC(2027, 0, 1, 23), now: () => clock.nowMs, monotonicMs: () => clock.nowMs };
  return clock;
}

describe('a budget', () => {
  it('lets requests through while the most that they can cost fits, and not one more', async () => {
    const house = await open({ providers: { one: provider(await upstreamOf('chat')) }, budgets: [day(10)] });
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(house.origin, asked)));
    const spent = house.records.reduce((sum, record) => sum + BigInt(record.costNanoDollars ?? 0), 0n);
    expect(spent).toBeLessThanOrEqual(10_000_000_000n);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(2);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
  });

  it.each([
    ['responses', 429, 'insufficient_quota'],
    ['chat', 429, 'insufficient_quota'],
    ['messages', 402, 'billing_error'],
    ['gemini', 403, 'PERMISSION_DENIED'],
  ] as const)(
    'tells clients of %s which limit of whom, how it stands, when it resets and whom to ask',
    async (dialect, status, code) => {
      const house = await open(
        {
          providers: { one: provider(await upstreamOf('chat')) },
          teams: [{ id: 'platform', contact: '#ai-platform' }],
          virtual_keys: [{ ...everyone, team: 'platform' }],
          budgets: [day(forOne, { scope: { team: 'platform' } })],
        },
        movableClock(),
      );
      await ask(house.origin, asked);
      const refused = await ask(house.origin, { ...asked, dialect });
      expect(refused.status).toBe(status);
      expect(refused.text).toContain(code);
      expect(refused.text).toMatch(
        /"platform\\*" has spent \$1\.00 of its \$2\.50 per day .*2 January, 00:00 UTC\. Ask #ai-platform\./,
      );
    },
  );

  it('starts anew when its window does', async () => {
    const clock = movableClock();
    const house = await open({ providers: { one: provider(await upstreamOf('chat')) }, budgets: [day(forOne)] }, clock);
    await ask(house.origin, asked);
    expect((await ask(house.origin, asked)).status).toBe(429);
    clock.nowMs += 3_600_000;
    expect((await ask(house.origin, asked)).status).toBe(200);
  });

  it('near its end lets through what it can hold, and tells the provider how long the answer may be', async () => {
    const upstream = await upstreamOf('chat', { output: 10 });
    const long = {
      ...dear,
      price: { input: 0.001, output: 1000 },
      max_output_tokens: 100_000,
      context_window: 200_000,
    };
    const house = await open({ providers: { one: provider(upstream, long) }, budgets: [day(40)] });
    expect((await ask(house.origin, asked)).status).toBe(200);
    expect(upstream.requests[0]?.body).toMatchObject({ max_tokens: 9_999 });
  });

  it('is paid from by clients that leave and by attempts that fail, as far as anyone knows', async () => {
    const upstream = await upstreamOf('chat');
    const house = await open({ providers: { one: provider(upstream) }, budgets: [day(10)] });
    const leaving = new AbortController();
    await openQuestion(house.origin, { ...asked, stream: true, signal: leaving.signal });
    leaving.abort();
    const record = await house.recordOf(({ outcome }) => outcome !== 'failed');
    expect(BigInt(record.costNanoDollars ?? 0)).toBeGreaterThan(0n);
  });

  it('of a provider leads to the next deployment', async () => {
    const [first, second] = [await upstreamOf('chat'), await upstreamOf('chat')];
    const house = await open({
      providers: { one: provider(first), two: provider(second) },
      models: { both: { targets: ['one/model', 'two/model'] } },
      budgets: [day(forOne, { scope: { provider: 'one' } })],
    });
    const question: Question = { ...asked, model: 'both' };
    await ask(house.origin, question);
    expect((await ask(house.origin, question)).text).toContain('Here you are.');
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
    expect(house.records[1]?.attempts.map(({ failure }) => failure?.code)).toEqual(['deployment-limited', undefined]);
  });

  it('can name a cheaper model that answers once it is spent', async () => {
    const [first, second] = [await upstreamOf('chat'), await upstreamOf('chat')];
    const house = await open({
      providers: { one: provider(first), two: provider(second, { free: true }) },
      budgets: [day(forOne, { fallback_model: 'two/model' })],
    });
    await ask(house.origin, asked);
    expect((await ask(house.origin, asked)).status).toBe(200);
    expect(house.records.map(({ provider }) => provider)).toEqual(['one', 'two']);
  });

  it('in shadow mode only writes down that it would have refused', async () => {
    const house = await open({
      providers: { one: provider(await upstreamOf('chat')) },
      budgets: [day(forOne, { mode: 'shadow' })],
    });
    await ask(house.origin, asked);
    expect((await ask(house.origin, asked)).status).toBe(200);
    expect(house.records[1]?.shadowed).toEqual(['daily']);
  });

  it('in dollars refuses what has no known price, and one in tokens does not', async () => {
    const unpriced = { context_window: 20_000 };
    const providers = { one: provider(await upstreamOf('chat'), unpriced) };
    const dollars = await open({ providers, budgets: [day(10)] });
    expect(await ask(dollars.origin, asked)).toMatchObject({
      status: 403,
      text: expect.stringContaining('price_unknown'),
    });
    const tokens = await open({ providers, budgets: [{ id: 'tokens', tokens: 1_000_000, every: 'day' as const }] });
    expect((await ask(tokens.origin, asked)).status).toBe(200);
  });

  it('tells in headers what is left', async () => {
    const house = await open({ providers: { one: provider(await upstreamOf('chat')) }, budgets: [day(10)] });
    await ask(house.origin, asked);
    const { headers } = await ask(house.origin, asked);
    expect(headers.get('x-turnpike-budget-limit')).toBe('10.0000');
    expect(headers.get('x-turnpike-budget-remaining')).toBe('9.0000');
  });
});

describe('a rate limit', () => {
  it('says when to come back, and lets one through then', async () => {
    const clock = movableClock();
    const house = await open(
      {
        providers: { one: provider(await upstreamOf('chat')) },
        rate_limits: [{ id: 'rpm', requests: 1, every: 'minute' }],
      },
      clock,
    );
    const first = await ask(house.origin, asked);
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    const second = await ask(house.origin, asked);
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '60']);
    clock.nowMs += 60_000;
    expect((await ask(house.origin, asked)).status).toBe(200);
  });

  it('of requests that run at the same time ends with them', async () => {
    const house = await open({
      providers: { one: provider(await upstreamOf('chat')) },
      rate_limits: [{ id: 'lanes', concurrent_requests: 1, per: 'key' }],
    });
    for (let turn = 0; turn < 3; turn += 1) expect((await ask(house.origin, asked)).status).toBe(200);
  });
});
