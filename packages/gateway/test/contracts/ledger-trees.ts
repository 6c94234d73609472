import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Claim, Counters } from '../../src/ledger/counters.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import type { Attempt, Caller, Payer } from '../../src/ledger/request.ts';
import type { Reservation, Tab } from '../../src/ledger/tab.ts';
import { slotOf } from '../../src/ledger/window.ts';
import { limitBookOf } from '../kit/ledger.ts';
import { balancesOf } from '../kit/memory-journal.ts';
import type { CountersHouse, OpenCountersHouse } from './counters-house.ts';

const startMs = Date.UTC(2027, 2, 27, 22, 50);
const name = fc.constantFrom('a', 'b');
const model = fc.constantFrom('x', 'y');
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 1 });
const credential = fc.constantFrom('a#1', 'b#1');
const place = fc.record({ provider: name, model, credential });

const scope = fc
  .record({
    key: optional(name),
    user: optional(name),
    team: optional(name),
    provider: optional(name),
    model: optional(fc.constantFrom('x', '*/y', 'a/*')),
    credential: optional(credential),
    tag: optional(name),
  })
  .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
const common = { scope, per: optional(fc.constantFrom('key', 'user', 'team', 'provider', 'model', 'tag', 'session')) };
const period = fc.constantFrom('hour', 'day', 'month', 'total');
const budget = fc
  .record({
    ...common,
    limit: fc.integer({ min: 0, max: 60 }),
    every: period,
    rolling: fc.boolean(),
    inTokens: fc.boolean(),
    zone: fc.constantFrom('UTC', 'Europe/Berlin'),
  })
  .map(({ limit, inTokens, rolling, zone, ...rest }) => ({
    ...rest,
    rolling: rolling && rest.every !== 'total',
    time_zone: zone,
    ...(inTokens ? { tokens: limit } : { dollars: (limit / 1e9).toFixed(9) }),
  }));
const running = fc.record({ ...common, concurrent_requests: fc.integer({ min: 1, max: 4 }) });

const payer: fc.Arbitrary<Payer> = fc.record({ key: name, user: name, team: name, tags: fc.uniqueArray(name) });
const number = fc.nat({ max: 11 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('open' as const), payer }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('reserve' as const), number, place, cost: fc.integer({ min: 0, max: 25 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('grow' as const), number, cost: fc.integer({ min: 0, max: 40 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('fail' as const), number, share: fc.integer({ min: 0, max: 10 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('close' as const), number, share: fc.integer({ min: 0, max: 10 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: -3_600_000, max: 7_200_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const tree = fc.record({
  budgets: fc.array(budget, { minLength: 1, maxLength: 8 }),
  rateLimits: fc.array(running, { maxLength: 3 }),
});
type Tree = typeof tree extends fc.Arbitrary<infer Value> ? Value : never;

/** Exchanges with retries among random limits, over crashes and jumps of the clock: at no moment, at no level, is more settled and held than allowed. */
export function itKeepsTrees(open: OpenCountersHouse, runs: number): void {
  it('keeps every limit of random trees at every moment, and loses nothing', async () => {
    expect.hasAssertions();
    const steps = fc.array(step, { minLength: 10, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(tree, steps, (limits, each) => live(limits, each, open)),
      { numRuns: runs },
    );
  });
}

interface OpenTab {
  readonly tab: Tab;
  reservation?: { readonly settle: Reservation; attempt: Attempt } | undefined;
}

async function live({ budgets, rateLimits }: Tree, steps: readonly Step[], open: OpenCountersHouse): Promise<void> {
  const clock = { nowMs: startMs, now: () => clock.nowMs, monotonicMs: () => clock.nowMs };
  const house = await open(clock.nowMs);
  const written = {
    budgets: budgets.map((each, index) => ({ id: `b${index}`, ...each })),
    rateLimits: rateLimits.map((each, index) => ({ id: `r${index}`, ...each })),
  };
  const book = limitBookOf(written);
  const seen = new Map<string, Claim>();
  let tabs: OpenTab[] = [];
  let ids = 0;
  let latestMs = startMs;
  const openLedger = () =>
    createLedger({
      limits: () => book,
      counters: remembering(house.counters(), seen),
      clock,
      newId: (prefix) => `${prefix}${ids++}`,
      onAlert() {},
    });
  let ledger = openLedger();

  async function take(each: Step): Promise<void> {
    if (each.do === 'open') tabs.push({ tab: ledger.open(callerOf(each.payer, ids++)) });
    else if (each.do === 'wait') {
      clock.nowMs += each.ms;
      latestMs = Math.max(latestMs, clock.nowMs);
    } else if (each.do === 'crash') {
      await house.crash(clock.nowMs);
      ledger = openLedger();
      tabs = [];
    } else await act(each, tabs[each.number % Math.max(1, tabs.length)]);
  }

  async function act(each: Exclude<Step, { do: 'open' | 'wait' | 'crash' }>, at: OpenTab | undefined): Promise<void> {
    if (!at) return;
    const { reservation } = at;
    if (each.do === 'reserve') {
      if (reservation) return;
      const attempt = { modelAsked: each.place.model, place: each.place, estimate: costOf(BigInt(each.cost)) };
      const answer = await at.tab.reserve(attempt);
      if (!answer.refused) at.reservation = { settle: answer, attempt };
    } else if (each.do === 'close') {
      await at.tab.close(reservation && actualOf(reservation.attempt, each.share));
      tabs = tabs.filter((other) => other !== at);
    } else if (reservation && each.do === 'grow') {
      const larger = costOf(BigInt(each.cost));
      const most = {
        ...larger,
        nanoDollars: maximum(larger.nanoDollars, reservation.attempt.estimate.nanoDollars ?? 0n),
      };
      const estimate = costOf(most.nanoDollars);
      if (!(await reservation.settle.topUp(estimate))) reservation.attempt = { ...reservation.attempt, estimate };
    } else if (reservation && each.do === 'fail') {
      await reservation.settle.settle(actualOf(reservation.attempt, each.share));
      at.reservation = undefined;
    }
  }

  try {
    for (const each of steps) {
      await take(each);
      await expectKept(house.counters(), [...seen.values()], clock.nowMs);
    }
    for (const { tab, reservation } of tabs) await tab.close(reservation && actualOf(reservation.attempt, 7));
    const kept = [...seen.values()].filter((claim) => isKept(claim, latestMs));
    await expectAtRest(house, kept, clock.nowMs);
  } finally {
    await house.close();
  }
}

/** Remembers every account and window on which anything was ever claimed. */
function remembering(counters: Counters, seen: Map<string, Claim>): Counters {
  return {
    ...counters,
    reserve(hold, nowMs) {
      for (const claim of hold.claims) seen.set(keyOf(claim), claim);
      return counters.reserve(hold, nowMs);
    },
  };
}

function keyOf(claim: Claim): string {
  const window = claim.kind === 'window' && claim.window.kind === 'calendar' ? claim.window.startsAtMs : 0;
  return `${claim.account}@${window}`;
}

async function expectKept(counters: Counters, claims: readonly Claim[], nowMs: number): Promise<void> {
  const states = await counters.read(claims, nowMs);
  const broken = states.flatMap(({ used, held }, index) => {
    const claim = claims[index];
    return claim && held >= 0n && used + held <= claim.limit
      ? []
      : [`${claim?.account}: ${used} and ${held} of ${claim?.limit}`];
  });
  expect(broken).toEqual([]);
}

async function expectAtRest(house: CountersHouse, claims: readonly Claim[], nowMs: number): Promise<void> {
  const states = await house.counters().read(claims, nowMs);
  expect(states.filter(({ held }) => held !== 0n)).toEqual([]);
  expect(claims.filter((claim, index) => claim.kind === 'running' && states[index]?.used !== 0n)).toEqual([]);
  expect(await house.openHolds()).toBe(0);
  const sums = new Map(
    balancesOf(await house.entries()).map((each) => [`${each.account}@${each.startsAtMs}`, each.settled]),
  );
  for (const [index, claim] of claims.entries()) {
    if (claim.kind !== 'window' || claim.window.kind === 'rolling') continue;
    expect(states[index]?.used).toBe(sums.get(keyOf(claim)) ?? 0n);
  }
}

/** Windows that ended long ago may be forgotten. */
function isKept(claim: Claim, latestMs: number): boolean {
  return claim.kind !== 'window' || (slotOf(claim.window, latestMs).keptUntilMs ?? Infinity) >= latestMs;
}

function callerOf(payer: Payer, number: number): Caller {
  return { payer, exchangeId: `req_${number}`, session: `s${number % 3}` };
}

function costOf(cost: bigint) {
  return { nanoDollars: cost, inputTokens: Number(cost), outputTokens: 0 };
}

/** `share` in tenths of the estimate. */
function actualOf({ estimate }: Attempt, share: number) {
  return { ...costOf(((estimate.nanoDollars ?? 0n) * BigInt(share)) / 10n), estimated: false };
}

function maximum(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
