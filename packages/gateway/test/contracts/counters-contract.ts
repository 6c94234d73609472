import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCalendar } from '../../src/ledger/calendar.ts';
import type { Claim, Entry, Hold, RateClaim, SessionClaim } from '../../src/ledger/counters.ts';
import { reservedBy } from '../../src/ledger/lapsed.ts';
import { rollingWindow } from '../../src/ledger/window.ts';
import type { CountersRefusal, Refusal } from '../../src/ledger/refusal.ts';
import type { Reservation } from '../../src/ledger/tab.ts';
import { ann, attemptOf, openTestLedger } from '../kit/ledger.ts';
import { balancesOf } from '../kit/memory-journal.ts';
import type { CountersHouse, OpenCountersHouse } from './counters-house.ts';
import { createCountersModel } from './counters-model.ts';

const startMs = Date.UTC(2027, 0, 31, 23, 30);
const days = createCalendar('day', 'Europe/Berlin');
const hours = createCalendar('hour', 'UTC');
const total = createCalendar('total', 'UTC');

/** What a request takes of the six limits of this test. */
function claimsAt(nowMs: number, wanted: readonly number[]): readonly Claim[] {
  const of = (index: number) => BigInt(wanted[index] ?? 0);
  const common = { kind: 'window', unit: 'nano-dollars', enforced: true } as const;
  const all: readonly Claim[] = [
    { ...common, account: 'nano-dollars/day/team', limit: 100n, window: days(nowMs), amount: of(0) },
    { ...common, account: 'nano-dollars/hour/key', limit: 60n, window: hours(nowMs), amount: of(1) },
    { ...common, account: 'nano-dollars/rolling-hour/user', limit: 80n, window: rollingWindow('hour'), amount: of(2) },
    {
      ...common,
      account: 'tokens/total/all',
      unit: 'tokens',
      limit: 2n ** 53n,
      window: total(nowMs),
      amount: of(3) * 2n ** 44n,
    },
    { ...common, account: 'nano-dollars/day/shadow', enforced: false, limit: 30n, window: days(nowMs), amount: of(4) },
    {
      kind: 'running',
      unit: 'concurrent-requests',
      account: 'concurrent-requests/key',
      limit: 3n,
      enforced: true,
      carried: true,
    },
  ];
  return all.filter((_, index) => (wanted[index] ?? 0) > 0);
}

function holdOf(id: string, claims: readonly Claim[]): Hold {
  return { id, claims, ifLapsed: { ...entryOf(id, 0), kind: 'lapsed', estimated: true } };
}

function entryOf(id: string, atMs: number): Entry {
  const where = { modelAsked: 'fast', provider: 'openai', model: 'gpt' };
  const payer = { team: 'x', tags: ['a', 'b'] };
  const cost = { nanoDollars: undefined, inputTokens: 1, outputTokens: 2, estimated: false, overdraft: false };
  return { id, exchangeId: `req_${id}`, atMs, payer, ...where, ...cost, kind: 'actual' };
}

/** Also exactly to the edges of windows and buckets, and back. */
const wait = fc.oneof(
  fc.integer({ min: -1_800_000, max: 3_600_000 }),
  fc.constantFrom(3_600_000, 3_660_000, 60_000, 1_800_000, -60_000, -1),
);
const amounts = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 6, maxLength: 6 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('reserve' as const), wanted: amounts }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('extend' as const), pick: fc.nat(), by: fc.integer({ min: -5, max: 20 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      pick: fc.nat(),
      share: fc.integer({ min: 0, max: 13 }),
      keep: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), pick: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: wait }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const) }) },
);

/** What counters of every kind must do. */
export function describeCounters(open: OpenCountersHouse, runs = 40): void {
  describe('as counters', () => {
    it('agrees with a model that recomputes everything, step by step, over crashes and clocks that jump', async () => {
      expect.hasAssertions();
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => play(steps, open)),
        {
          numRuns: runs,
        },
      );
    });

    describe('one by one', () => {
      let house: CountersHouse;
      beforeAll(async () => void (house = await open(startMs)));
      afterAll(() => house.close());

      it('never lets more through a rate than its burst and what flows off', async () => {
        const rate = (amount: bigint): RateClaim => ({
          kind: 'rate',
          unit: 'tokens',
          account: 'tokens/rate',
          enforced: true,
          limit: 20n,
          refill: 5n,
          refillMs: 1000,
          amount,
        });
        let nowMs = startMs;
        let granted = 0n;
        const moves = fc.sample(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: -300, max: 900 })), {
          numRuns: 60,
          seed: 7,
        });
        let latestMs = startMs;
        for (const [index, [amount, ms]] of moves.entries()) {
          nowMs += ms;
          latestMs = Math.max(latestMs, nowMs);
          const verdict = await house.counters().reserve(holdOf(`rate${index}`, [rate(BigInt(amount))]), nowMs);
          if (verdict.granted) granted += BigInt(amount);
          const flowedOff = BigInt(Math.floor(((latestMs - startMs) * 5) / 1000));
          // What is larger than the bucket passes an empty one, so the last may exceed it by its own size.
          expect(granted).toBeLessThanOrEqual(20n + flowedOff + 10n);
        }
        expect(granted).toBeGreaterThan(20n);
      });

      it('tells how long a full rate has to wait, and gives back what was reserved too much', async () => {
        const rate: RateClaim = {
          kind: 'rate',
          unit: 'tokens',
          account: 'tokens/back',
          enforced: true,
          limit: 100n,
          refill: 60n,
          refillMs: 60_000,
          amount: 80n,
        };
        const first = holdOf('back1', [rate]);
        expect((await house.counters().reserve(first, startMs)).granted).toBe(true);
        const second = await house.counters().reserve(holdOf('back2', [rate]), startMs);
        expect(second).toMatchObject({ granted: false, states: [{ fits: false, used: 80n, waitMs: 60_000 }] });
        const entry = entryOf('back1', startMs);
        await house.counters().settle({ hold: first, amounts: [20n], entry, keepRunning: false }, startMs);
        expect((await house.counters().reserve(holdOf('back3', [rate]), startMs)).granted).toBe(true);
      });

      it('counts what was spent in a rolling window until all of its bucket is older', async () => {
        const claim: Claim = {
          kind: 'window',
          unit: 'tokens',
          account: 'tokens/rolling-hour/x',
          enforced: true,
          limit: 10n,
          window: rollingWindow('hour'),
          amount: 7n,
        };
        const hold = holdOf('roll1', [claim]);
        await house.counters().reserve(hold, startMs);
        const settlement = { hold, amounts: [7n], entry: entryOf('roll1', startMs), keepRunning: false };
        await house.counters().settle(settlement, startMs + 1000);
        const later = (ms: number) => house.counters().reserve(holdOf(`roll${ms}`, [claim]), startMs + ms);
        expect(await later(2000)).toMatchObject({ granted: false, states: [{ used: 7n, waitMs: 3_658_000 }] });
        expect(await later(3_659_999)).toMatchObject({ granted: false, states: [{ used: 7n, waitMs: 1 }] });
        expect(await later(3_660_000)).toMatchObject({ granted: true });
      });

      it('counts sessions by when they were last seen', async () => {
        const of = (session: string): SessionClaim => ({
          kind: 'session',
          unit: 'concurrent-sessions',
          account: 'concurrent-sessions/x',
          enforced: true,
          limit: 2n,
          session,
          idleMs: 1000,
        });
        const ask = (session: string, ms: number) =>
          house.counters().reserve(holdOf(`s${session}${ms}`, [of(session)]), startMs + ms);
        expect((await ask('a', 0)).granted).toBe(true);
        expect((await ask('b', 100)).granted).toBe(true);
        expect(await ask('c', 200)).toMatchObject({ granted: false, states: [{ fits: false, used: 2n, waitMs: 800 }] });
        expect((await ask('a', 900)).granted).toBe(true);
        expect((await ask('c', 1099)).granted).toBe(false);
        expect((await ask('c', 1100)).granted).toBe(true);
      });

      it('lets exactly as many of a thousand concurrent requests through as there is money for', async () => {
        const nowMs = startMs;
        const claim: Claim = {
          kind: 'window',
          unit: 'nano-dollars',
          account: 'nano-dollars/day/ten',
          enforced: true,
          limit: 10n,
          window: days(nowMs),
          amount: 1n,
        };
        const holds = Array.from({ length: 1000 }, (_, index) => holdOf(`many${index}`, [claim]));
        const verdicts = await Promise.all(holds.map(async (hold) => house.counters().reserve(hold, nowMs)));
        expect(verdicts.filter(({ granted }) => granted)).toHaveLength(10);
        expect(await house.counters().read([claim], nowMs)).toMatchObject([{ used: 0n, held: 10n }]);
      });

      it('are looked at by a rehearsal as a reservation then finds them', async () => {
        const per = { every: 'minute', scope: { key: 'ann-laptop' } } as const;
        const limits = {
          budgets: [{ id: 'rehearsed-budget', dollars: 10, every: 'day', scope: { team: 'platform' } }],
          rateLimits: [
            { id: 'rehearsed-requests', requests: 3, ...per },
            { id: 'rehearsed-tokens', tokens: 90, ...per },
            { id: 'rehearsed-running', concurrent_requests: 5, scope: { key: 'ann-laptop' } },
          ],
        } as const;
        const { ledger, clock } = openTestLedger(limits, house.counters());
        const told: (readonly [string, string])[] = [];
        for (const [dollars, tokens, pauseMs] of rehearsed) {
          clock.nowMs += pauseMs;
          const caller = { payer: ann, exchangeId: `ex_${told.length}` };
          const attempt = attemptOf(dollars, { tokens });
          const foreseen = whatRefuses(await ledger.rehearse(caller).reserve(attempt));
          told.push([foreseen, whatRefuses(await ledger.open(caller).reserve(attempt))]);
        }
        expect(told.map(([foreseen]) => foreseen)).toEqual(told.map(([, found]) => found));
        expect(new Set(told.map(([, found]) => found)).size).toBe(5);
      });

      it('books what was billed beyond the reservation in full', async () => {
        const claim: Claim = {
          kind: 'window',
          unit: 'nano-dollars',
          account: 'nano-dollars/day/over',
          enforced: true,
          limit: 10n,
          window: days(startMs),
          amount: 5n,
        };
        const hold = holdOf('over', [claim]);
        await house.counters().reserve(hold, startMs);
        const settled = await house
          .counters()
          .settle({ hold, amounts: [25n], entry: entryOf('over', startMs), keepRunning: false }, startMs);
        expect(settled).toMatchObject([{ used: 25n, held: 0n }]);
      });
    });
  });
}

/** Dollars, tokens and how long after the one before. */
const rehearsed = [
  [1, 10, 0],
  [1, 10, 1_000],
  [1, 10, 1_000],
  [1, 10, 1_000],
  [1, 10, 19_000],
  [1, 80, 40_000],
  [1, 40, 1_000],
  [9, 1, 60_000],
  [1, 1, 60_000],
  [1, 1, 60_000],
] as const;

/** The limit that refuses, if one does. */
function whatRefuses(answer: Reservation | Refusal | CountersRefusal): string {
  if (answer.refused !== true) return 'nothing';
  return answer.why === 'counters-unreachable' ? answer.why : answer.limitId;
}

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

async function play(steps: readonly Step[], open: OpenCountersHouse): Promise<void> {
  let nowMs = startMs;
  const house = await open(nowMs);
  const model = createCountersModel();
  let count = 0;
  try {
    for (const each of steps) {
      if (each.do === 'wait') nowMs += each.ms;
      else if (each.do === 'crash') await crash();
      else if (each.do === 'reserve') await reserve(each.wanted);
      else if (each.do === 'extend') await extend(pick(model.holds, each.pick), BigInt(each.by));
      else if (each.do === 'settle') await settle(pick(model.holds, each.pick), BigInt(each.share), each.keep);
      else await release(pick(model.running, each.pick));
      await compare();
    }
    for (const id of model.holds.keys()) await settle(id, 10n, false);
    for (const id of model.running.keys()) await release(id);
    await checkSums();
    expect(await house.openHolds()).toBe(0);
  } finally {
    await house.close();
  }

  async function reserve(wanted: readonly number[]): Promise<void> {
    const claims = claimsAt(nowMs, wanted);
    const id = `hold${count++}`;
    const fits = claims.map((claim) => model.look(claim, reservedBy(claim), nowMs).fits);
    const granted = model.wouldGrant(claims, claims.map(reservedBy), nowMs);
    const verdict = await house.counters().reserve(holdOf(id, claims), nowMs);
    expect(verdict.granted).toBe(granted);
    expect(verdict.states.map((state) => state.fits)).toEqual(fits);
    if (granted) model.hold(id, claims);
  }

  async function extend(id: string | undefined, by: bigint): Promise<void> {
    const before = model.holds.get(id ?? '')?.claims;
    if (id === undefined || !before) return;
    const claims = before.map((claim) =>
      claim.kind === 'window' ? { ...claim, amount: max(0n, claim.amount + by) } : claim,
    );
    const growth = claims.map((claim, index) =>
      claim.kind === 'window' ? claim.amount - amountAt(before, index) : 0n,
    );
    const windows = claims.filter(({ kind }) => kind === 'window');
    const granted = model.wouldGrant(
      windows,
      growth.filter((_, index) => claims[index]?.kind === 'window'),
      nowMs,
    );
    expect((await house.counters().extend(holdOf(id, claims), nowMs)).granted).toBe(granted);
    if (granted) model.hold(id, claims);
  }

  /** `share` in tenths of what is reserved: more than ten is an overdraft. */
  async function settle(id: string | undefined, share: bigint, keepRunning: boolean): Promise<void> {
    const claims = model.holds.get(id ?? '')?.claims;
    if (id === undefined || !claims) return;
    const booked = claims.map((claim) => (reservedBy(claim) * share) / 10n);
    const settlement = { hold: holdOf(id, claims), amounts: booked, entry: entryOf(id, nowMs), keepRunning };
    const states = await house.counters().settle(settlement, nowMs);
    model.settle(id, booked, keepRunning, nowMs);
    for (const [index, claim] of claims.entries()) {
      const { used, held } = model.look(claim, 0n, nowMs);
      expect(states?.[index]).toMatchObject({ used, held });
    }
    expect(await house.counters().settle(settlement, nowMs)).toBeUndefined();
  }

  async function release(id: string | undefined): Promise<void> {
    const claims = model.running.get(id ?? '');
    if (id === undefined || !claims) return;
    await house.counters().release(holdOf(id, claims), nowMs);
    model.running.delete(id);
  }

  async function crash(): Promise<void> {
    await house.crash(nowMs);
    for (const [id, { claims }] of model.holds) model.settle(id, claims.map(reservedBy), false, nowMs);
    model.running.clear();
  }

  async function compare(): Promise<void> {
    const claims = claimsAt(nowMs, [1, 1, 1, 1, 1, 1]);
    const states = await house.counters().read(claims, nowMs);
    const want = claims.map((claim) => model.look(claim, 0n, nowMs));
    expect(states.map(({ used, held }) => ({ used, held }))).toEqual(want.map(({ used, held }) => ({ used, held })));
  }

  /** What reached the store adds up to what was booked, account by account. */
  async function checkSums(): Promise<void> {
    const sums = (await house.entries()).length === 0 ? [] : balancesOf(await house.entries());
    const shown = sums
      .filter(({ settled }) => settled !== 0n)
      .map((each) => `${each.account}@${each.startsAtMs}=${each.settled}`);
    const want = new Map<string, bigint>();
    for (const { account, startsAtMs, amount } of model.booked()) {
      const key = `${account}@${startsAtMs}`;
      want.set(key, (want.get(key) ?? 0n) + amount);
    }
    const wanted = [...want].filter(([, amount]) => amount !== 0n).map(([key, amount]) => `${key}=${amount}`);
    expect(shown.sort()).toEqual(wanted.sort());
  }
}

function pick(from: ReadonlyMap<string, unknown>, number: number): string | undefined {
  return [...from.keys()][number % Math.max(1, from.size)];
}

function amountAt(claims: readonly Claim[], index: number): bigint {
  const claim = claims[index];
  return claim?.kind === 'window' ? claim.amount : 0n;
}

function max(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
