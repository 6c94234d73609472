import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, endsOf, openQuestion, type Question, type Told, textOf } from '../kit/ask.ts';
import { virtualClock } from '../kit/deployments.ts';
import type { Document } from '../kit/gateway-process.ts';
import { type House, openHouse } from './house.ts';
import { type MoodVendor, openMoodVendor } from './mood-vendor.ts';

const soon = { timeout: 1_000, interval: 2 };
const clock = virtualClock(Date.UTC(2027, 0, 1));
let vendor: MoodVendor;
let house: House;

beforeAll(async () => {
  vendor = await openMoodVendor();
});
afterAll(() => vendor.stop());

beforeEach(async () => {
  vendor.moods.clear();
  vendor.calls.length = 0;
  vendor.left.length = 0;
  house = await openHouse(documentOf(), clock);
});
afterEach(() => house.stop());

/** A dollar for a thousand tokens of either kind, and answers of at most 1,000 tokens. */
const dear = { m: { price: { input: 1000, output: 1000 }, context_window: 20_000, max_output_tokens: 1000 } };

function documentOf(more: Document = {}): Document {
  const both = { targets: ['a/m'], fallbacks: ['b/m'] };
  return {
    providers: { a: vendor.provider('a', dear), b: vendor.provider('b', dear) },
    models: {
      coder: both,
      alone: { targets: ['a/m'] },
      hedged: { ...both, failover: { hedge_after_ms: 20 } },
      impatient: { ...both, failover: { hedge_after_ms: 20, first_token_timeout_ms: 600 } },
      hurried: { ...both, failover: { first_token_timeout_ms: 400 } },
      bounded: { ...both, failover: { first_token_timeout_ms: 20, deadline_ms: 100_000, rounds: 1 } },
    },
    ...more,
  };
}

interface Asked {
  readonly told: Told;
  readonly record: ExchangeRecord;
}

async function askFor(model: string, { session = 'mine', ...more }: Partial<Question> & { session?: string } = {}) {
  const question: Question = { dialect: 'chat', model, ...more, headers: { 'session-id': session } };
  const told = await ask(house.origin, question);
  const record = await house.recordOf(({ id }) => id === told.headers.get('x-request-id'));
  return { told, record } satisfies Asked;
}

const outcomeOf = ({ told }: Asked) => ({ ends: endsOf('chat', told), text: textOf('chat', told) });
const done = { ends: ['done'], text: 'Hello world' };

describe('an answer that was cut', () => {
  const providerOf = async (session: string) => (await askFor('coder', { session })).record.provider;

  it('ends in one failure, and the retry of its session goes elsewhere, while others stay', async () => {
    expect([await providerOf('mine'), await providerOf('other')]).toEqual(['a', 'a']);
    vendor.moods.set('a', 'cut');
    const cut = await askFor('coder');
    expect(outcomeOf(cut)).toEqual({ ends: ['failed'], text: 'Hello' });
    expect(cut.record).toMatchObject({ outcome: 'failed', provider: 'a' });
    vendor.moods.clear();
    const retry = await askFor('coder');
    expect(outcomeOf(retry)).toEqual(done);
    expect(retry.record).toMatchObject({ provider: 'b', skipped: [{ provider: 'a', why: 'cut-off' }] });
    expect(await providerOf('other')).toBe('a');
  });

  it('lets its session come back after a minute, once', async () => {
    vendor.moods.set('a', 'cut');
    await askFor('coder');
    vendor.moods.clear();
    const went: (string | undefined)[] = [];
    for (let turn = 0; turn < 12; turn += 1) {
      went.push(await providerOf('mine'));
      clock.pass(10_000);
    }
    expect(went.join('')).toBe('bbbbbbaaaaaa');
  });

  it('keeps its session away for longer when it happens again', async () => {
    vendor.moods.set('a', 'cut');
    await askFor('coder');
    clock.pass(61_000);
    expect(outcomeOf(await askFor('coder')).ends).toEqual(['failed']);
    vendor.moods.clear();
    clock.pass(4 * 60_000);
    expect(await providerOf('mine')).toBe('b');
    clock.pass(61_000);
    expect(await providerOf('mine')).toBe('a');
  });

  it('is asked for again at the same place where there is no other', async () => {
    vendor.moods.set('a', 'cut');
    await askFor('alone');
    vendor.moods.clear();
    expect(outcomeOf(await askFor('alone'))).toEqual(done);
  });
});

describe('a failure that passes', () => {
  it('of the only deployment is not shown to the client', async () => {
    vendor.moods.set('a', 'busy-once');
    const asked = await askFor('alone');
    expect(outcomeOf(asked)).toEqual(done);
    expect(asked.record.attempts.map(({ failure }) => failure?.code)).toEqual(['upstream-overloaded', undefined]);
  });

  it('is told as it is when it does not pass', async () => {
    vendor.moods.set('a', 'busy');
    const { told, record } = await askFor('alone');
    expect({ status: told.status, attempts: record.attempts.length }).toEqual({ status: 503, attempts: 2 });
    expect(record.failure).toEqual({ code: 'upstream-overloaded', message: 'Not now.' });
  });
});

describe('an answer that does not begin', () => {
  it.each(['silent', 'mute'] as const)('because its provider is %s is given up for another', async (mood) => {
    vendor.moods.set('a', mood);
    const asked = await askFor('hurried');
    expect(outcomeOf(asked)).toEqual(done);
    expect(asked.record.attempts).toMatchObject([{ failure: { code: 'upstream-timeout' } }, { provider: 'b' }]);
    await vi.waitFor(() => expect(vendor.left).toEqual(['a']), soon);
  });

  it('nowhere ends in one failure', async () => {
    vendor.moods.set('a', 'silent').set('b', 'mute');
    const { told, record } = await askFor('bounded');
    expect({ status: told.status, code: record.failure?.code }).toEqual({ status: 504, code: 'upstream-timeout' });
  });
});

describe('a hedge', () => {
  it('answers in place of a slow provider, which is left and not blamed', async () => {
    vendor.moods.set('a', 'silent');
    const asked = await askFor('hedged');
    expect(outcomeOf(asked)).toEqual(done);
    const [slow, quick] = asked.record.attempts;
    expect(slow).toMatchObject({ provider: 'a', outpaced: true, usage: { estimated: true, outputTokens: 0 } });
    expect(slow).not.toHaveProperty('failure');
    expect(quick).toMatchObject({ provider: 'b', hedge: true, upstreamStatus: 200 });
    expect(asked.record).toMatchObject({ outcome: 'done', provider: 'b' });
    await vi.waitFor(() => expect(vendor.left).toEqual(['a']), soon);
    vendor.moods.clear();
    // Five failures would have set it back.
    for (let times = 0; times < 5; times += 1) await askFor('coder', { session: `other-${times}` });
    expect((await askFor('coder', { session: 'new' })).record).toMatchObject({ provider: 'a', attempts: [{}] });
  });

  it('is paid for together with the attempt that it has outpaced, to the last token, and holds nothing afterwards', async () => {
    await house.stop();
    const budgets = [{ id: 'daily', dollars: 100, every: 'day' as const }];
    const rate_limits = [{ id: 'one-at-a-time', concurrent_requests: 1 }];
    house = await openHouse(documentOf({ budgets, rate_limits }), clock);
    vendor.moods.set('a', 'silent');
    const { record } = await askFor('hedged');
    const costs = record.attempts.map(({ costNanoDollars }) => BigInt(costNanoDollars ?? 0));
    const answered = 150_000_000n;
    expect(costs[0]).toBeGreaterThan(0n);
    expect(BigInt(record.costNanoDollars ?? 0)).toBe((costs[0] ?? 0n) + answered);
    vendor.moods.clear();
    const { told } = await askFor('alone');
    const left = 100_000_000_000n - BigInt(record.costNanoDollars ?? 0);
    expect(told.status).toBe(200);
    expect(Number(told.headers.get('x-turnpike-budget-remaining'))).toBeCloseTo(Number(left) / 1e9, 6);
  });

  it('that the budget cannot hold leaves the slow provider alone, and is tried again when that has failed', async () => {
    await house.stop();
    const budgets = [{ id: 'daily', dollars: 2.5, every: 'day' as const }];
    house = await openHouse(documentOf({ budgets }), clock);
    vendor.moods.set('a', 'mute');
    const asked = await askFor('impatient');
    expect(outcomeOf(asked)).toEqual(done);
    const codes = new Set(asked.record.attempts.map(({ failure }) => failure?.code));
    expect(codes).toEqual(new Set(['budget-exhausted', 'upstream-timeout', undefined]));
  });

  it('ends with its client, like the attempt beside it', async () => {
    vendor.moods.set('a', 'silent').set('b', 'mute');
    const leaving = new AbortController();
    const question: Question = { dialect: 'chat', model: 'hedged', signal: leaving.signal };
    const told = openQuestion(house.origin, question).catch((thrown: unknown) => thrown);
    await vi.waitFor(() => expect(vendor.calls).toEqual(['a', 'b']), soon);
    leaving.abort();
    await told;
    const record = await house.recordOf(({ outcome }) => outcome === 'abandoned');
    expect(record.attempts.map(({ failure }) => failure?.code)).toEqual(['client-gone', 'client-gone']);
    await vi.waitFor(() => expect(vendor.left.toSorted()).toEqual(['a', 'b']), soon);
  });

  it('is not made for a caller without a stream, whose answer tells nothing before it is whole', async () => {
    vendor.moods.set('a', 'busy-once');
    const { record } = await askFor('hedged', { stream: false });
    expect(record.attempts.every(({ hedge }) => hedge === undefined)).toBe(true);
  });
});
