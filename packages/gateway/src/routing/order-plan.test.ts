import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../test/kit/deployments.ts';
import { ready, type Standing } from './breaker.ts';
import { orderPlan, restingLast } from './order-plan.ts';
import type { Deployment, Plan } from './plan.ts';
import { turnStateOf } from './turn-state.ts';

const nameOf = ({ credential, model }: Deployment) => (model === 'm' ? credential.id : `${credential.id}/${model}`);

/** Deployments by their keys' ids, such as `openai#1`. */
function planOf(...ids: readonly string[]): Plan {
  const [first = '', ...rest] = ids;
  const parse = (id: string) => {
    const [provider = '', key = ''] = id.split('#');
    return deploymentOf({ provider, key });
  };
  return [parse(first), ...rest.map(parse)];
}

const resting = (untilMs: number): Standing => ({ state: 'resting', untilMs, why: 'rate-limited' });

function ordered(plan: Plan, unwell: Readonly<Record<string, Standing>> = {}, session = 'a', turnState?: string) {
  const health = { standing: (deployment: Deployment) => unwell[nameOf(deployment)] ?? ready };
  const { plan: result, skipped } = orderPlan(plan, { session, turnState, health, nowMs: 0 });
  return { names: result.map(nameOf), skipped: skipped.map(({ credential, why }) => `${credential} ${why}`) };
}

const sessions = Array.from({ length: 10_000 }, (_, at) => `session-${at}`);

/** How often each name comes first, as a share. */
function firsts(plan: Plan): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const session of sessions) {
    const [first = ''] = ordered(plan, {}, session).names;
    counts[first] = (counts[first] ?? 0) + 1 / sessions.length;
  }
  return counts;
}

describe('the order of a plan', () => {
  it('keeps targets that are no equals, with the keys of each by the session', () => {
    const plan = planOf('a#1', 'a#2', 'b#1', 'b#2');
    const orders = new Set(sessions.map((session) => ordered(plan, {}, session).names.join(' ')));
    expect([...orders].toSorted()).toEqual([
      'a#1 a#2 b#1 b#2',
      'a#1 a#2 b#2 b#1',
      'a#2 a#1 b#1 b#2',
      'a#2 a#1 b#2 b#1',
    ]);
  });

  it('shares sessions out by the weights of targets, and then by those of keys', () => {
    const group = { strategy: 'weighted' } as const;
    const shares = firsts([
      deploymentOf({ provider: 'a', key: '1', keyWeight: 3, group, weight: 2 }),
      deploymentOf({ provider: 'a', key: '2', group, weight: 2 }),
      deploymentOf({ provider: 'b', group, weight: 1 }),
      deploymentOf({ provider: 'c' }),
    ]);
    expect(Object.keys(shares).toSorted()).toEqual(['a#1', 'a#2', 'b#1']);
    expect(shares['a#1']).toBeCloseTo(0.5, 1);
    expect(shares['a#2']).toBeCloseTo(1 / 6, 1);
    expect(shares['b#1']).toBeCloseTo(1 / 3, 1);
  });

  it('does not mix two groups, nor a group with what follows it', () => {
    const [one, two] = [{ strategy: 'weighted' }, { strategy: 'weighted' }] as const;
    const plan: Plan = [
      deploymentOf({ provider: 'a', group: one }),
      deploymentOf({ provider: 'b', group: one }),
      deploymentOf({ provider: 'c', group: two }),
      deploymentOf({ provider: 'd', group: two }),
    ];
    for (const session of sessions.slice(0, 100)) {
      expect(ordered(plan, {}, session).names.slice(0, 2).toSorted()).toEqual(['a#1', 'b#1']);
    }
  });

  it('tries two keys of a target before the next target has its turn', () => {
    expect(
      ordered(planOf('a#1', 'a#2', 'a#3', 'a#4', 'a#5', 'b#1'))
        .names.map((name) => name[0])
        .join(''),
    ).toBe('aabaaa');
  });

  it('begins where the turn was, unless that rests', () => {
    const plan = planOf('a#1', 'b#1', 'c#1');
    const state = turnStateOf(deploymentOf({ provider: 'c' }));
    expect(ordered(plan, {}, 'a', state).names).toEqual(['c#1', 'a#1', 'b#1']);
    expect(ordered(plan, { 'c#1': resting(1) }, 'a', state)).toEqual({
      names: ['a#1', 'b#1', 'c#1'],
      skipped: ['c#1 rate-limited'],
    });
    const returning: Standing = { state: 'recovering', share: 0, why: 'failing' };
    expect(ordered(plan, { 'c#1': returning }, 'a', state).names[0]).toBe('c#1');
  });
});

describe('whoever is not well', () => {
  it('comes last, those who recover first and then whoever rests the shortest; and it is told whom that passed over', () => {
    const unwell = {
      'a#1': resting(300),
      'b#1': resting(200),
      'c#1': { state: 'recovering', share: 0, why: 'failing' },
      'e#1': resting(100),
    } as const;
    expect(ordered(planOf('a#1', 'b#1', 'c#1', 'd#1', 'e#1'), unwell)).toEqual({
      names: ['d#1', 'c#1', 'e#1', 'b#1', 'a#1'],
      skipped: ['a#1 rate-limited', 'b#1 rate-limited', 'c#1 recovering'],
    });
  });

  it('is tried all the same where there is nobody else', () => {
    const plan = planOf('a#1', 'b#1');
    expect(ordered(plan, { 'a#1': resting(2), 'b#1': resting(1) })).toEqual({ names: ['b#1', 'a#1'], skipped: [] });
  });

  it('gets its sessions back by and by, and each for good', () => {
    const plan = planOf('a#1', 'b#1');
    const back = [0.1, 0.5, 0.9].map((share) =>
      sessions.filter(
        (each) => ordered(plan, { 'a#1': { state: 'recovering', share, why: 'failing' } }, each).names[0] === 'a#1',
      ),
    );
    for (const [at, share] of [0.1, 0.5, 0.9].entries()) {
      expect((back[at]?.length ?? 0) / sessions.length).toBeCloseTo(share, 1);
    }
    expect(back[1]).toEqual(expect.arrayContaining(back[0] ?? []));
    expect(back[2]).toEqual(expect.arrayContaining(back[1] ?? []));
  });

  it('moves nobody but its own sessions', () => {
    const plan = planOf('a#1', 'a#2', 'a#3');
    for (const session of sessions.slice(0, 500)) {
      const before = ordered(plan, {}, session).names.filter((name) => name !== 'a#2');
      expect(ordered(plan, { 'a#2': resting(1) }, session).names).toEqual([...before, 'a#2']);
    }
  });

  it('goes behind the others when that shows only in the middle of a plan', () => {
    const plan = planOf('a#1', 'a#2', 'b#1');
    const health = { standing: (each: Deployment) => (each.provider.name === 'a' ? resting(1) : ready) };
    expect(restingLast(plan, { health, nowMs: 0 }).map(nameOf)).toEqual(['b#1', 'a#1', 'a#2']);
    const well = { standing: () => ready };
    expect(restingLast(plan, { health: well, nowMs: 0 })).toBe(plan);
  });
});

it('an order has the same deployments, whatever the plan, the health and the session', () => {
  const deployment = fc
    .record({
      provider: fc.constantFrom('a', 'b', 'c'),
      key: fc.constantFrom('1', '2', '3'),
      model: fc.constantFrom('m', 'n'),
    })
    .map(deploymentOf);
  const standing = fc.oneof(
    fc.constant(ready),
    fc.record({
      state: fc.constant('recovering' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      why: fc.constant('failing' as const),
    }),
    fc.integer({ min: 1, max: 9 }).map(resting),
  );
  fc.assert(
    fc.property(
      fc.array(deployment, { minLength: 1, maxLength: 12 }),
      fc.array(standing),
      fc.string(),
      (list, standings, session) => {
        const [first, ...rest] = list;
        if (!first) return;
        const unwell = Object.fromEntries(list.map((each, at) => [nameOf(each), standings[at] ?? ready]));
        const once = ordered([first, ...rest], unwell, session).names;
        expect(once.toSorted()).toEqual(list.map(nameOf).toSorted());
        expect(ordered([first, ...rest], unwell, session).names).toEqual(once);
      },
    ),
  );
});
