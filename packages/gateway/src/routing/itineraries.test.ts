import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../test/kit/deployments.ts';
import { allOf, served, type Station, station } from '../../test/kit/journeys.ts';
import type { TargetGroup } from '../config/deployment.ts';
import { ready, type Standing } from './breaker.ts';
import { deploymentName } from './deployment-name.ts';
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
const returning = (share: number): Standing => ({ state: 'recovering', share, why: 'failing' });

/** `unwell`: by names as of `nameOf`. */
function ordered(plan: Plan, unwell: Readonly<Record<string, Standing>> = {}, session = 'a', turnState?: string) {
  const here = station();
  for (const each of plan) here.unwell.set(deploymentName(each), unwell[nameOf(each)] ?? ready);
  const names = allOf(here.start(plan, { session, turnState })).map(nameOf);
  return { names, skipped: here.skipped.map(({ credential, why }) => `${credential} ${why}`) };
}

const sessions = Array.from({ length: 3_000 }, (_, at) => `session-${at}`);

/** How often each name comes first, as a share. */
function firsts(plan: Plan, of: readonly string[] = sessions): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  const here = station();
  for (const session of of) {
    const [first] = here.start(plan, { session }).preview(1);
    const name = first ? nameOf(first) : '';
    counts[name] = (counts[name] ?? 0) + 1 / of.length;
  }
  return counts;
}

const regions: TargetGroup = { strategy: 'weighted' };
const eu: TargetGroup = { name: 'eu', strategy: 'weighted', weight: 3, outer: regions };
const us: TargetGroup = { name: 'us', strategy: 'priority', outer: regions };

describe('an itinerary', () => {
  it('keeps the order of targets that are no equals, with the keys of each by the session', () => {
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

  it('shares 100,000 sessions out by any weights within 1 % of all of them, the same on every replica', () => {
    const group = { strategy: 'weighted' } as const;
    const weights = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const [first, ...rest] = weights.map((weight) => deploymentOf({ provider: `p${weight}`, group, weight }));
    if (!first) throw new TypeError('no deployment');
    const many = Array.from({ length: 100_000 }, (_, at) => `019a7${at.toString(16)}-0000-7000`);
    const shares = firsts([first, ...rest], many);
    const some = many.slice(0, 1000);
    expect(firsts([first, ...rest], some)).toEqual(firsts([first, ...rest], some));
    for (const weight of weights) expect(Math.abs((shares[`p${weight}#1`] ?? 0) - weight / 55)).toBeLessThan(0.01);
  });

  it('chooses among groups first and then inside, and leaves a group only when all in it were tried', () => {
    const plan: Plan = [
      deploymentOf({ provider: 'a', group: eu, weight: 1 }),
      deploymentOf({ provider: 'b', group: eu, weight: 2 }),
      deploymentOf({ provider: 'c', group: us }),
      deploymentOf({ provider: 'd', group: us }),
      deploymentOf({ provider: 'e' }),
    ];
    const orders = new Set(
      sessions.map((session) =>
        ordered(plan, {}, session)
          .names.map((name) => name[0])
          .join(''),
      ),
    );
    expect([...orders].toSorted()).toEqual(['abcde', 'bacde', 'cdabe', 'cdbae']);
    const shares = firsts(plan);
    expect(shares['a#1']).toBeCloseTo(1 / 4, 1);
    expect(shares['b#1']).toBeCloseTo(2 / 4, 1);
    expect(shares['c#1']).toBeCloseTo(1 / 4, 1);
    expect(ordered(plan, { 'a#1': resting(1), 'b#1': resting(1) }).names.slice(0, 2)).toEqual(['c#1', 'd#1']);
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

  it('tells the same place with other parameters apart', () => {
    const group = { strategy: 'weighted' } as const;
    const shares = firsts([deploymentOf({ group, weight: 3 }), deploymentOf({ group, weight: 1 })]);
    expect(shares['provider#1']).toBeCloseTo(1, 5);
    const here = station();
    const heavier = sessions.filter((session) => {
      const plan: Plan = [deploymentOf({ group, weight: 3 }), deploymentOf({ group, weight: 1 })];
      return here.start(plan, { session }).preview(1)[0]?.weight === 3;
    });
    expect(heavier.length / sessions.length).toBeCloseTo(3 / 4, 1);
  });

  it('tries two keys of a target before the next target has its turn', () => {
    expect(
      ordered(planOf('a#1', 'a#2', 'a#3', 'a#4', 'a#5', 'b#1'))
        .names.map((name) => name[0])
        .join(''),
    ).toBe('aabaaa');
    const there = turnStateOf(deploymentOf({ provider: 'a', key: '3' }));
    const again = ordered(planOf('a#1', 'a#2', 'a#3', 'a#4', 'b#1'), {}, 'a', there).names;
    expect([again[0], again[2]]).toEqual(['a#3', 'b#1']);
  });

  it('begins where the turn was, unless that rests', () => {
    const plan = planOf('a#1', 'b#1', 'c#1');
    const state = turnStateOf(deploymentOf({ provider: 'c' }));
    expect(ordered(plan, {}, 'a', state).names).toEqual(['c#1', 'a#1', 'b#1']);
    expect(ordered(plan, { 'c#1': resting(1) }, 'a', state)).toEqual({
      names: ['a#1', 'b#1', 'c#1'],
      skipped: ['c#1 rate-limited'],
    });
    expect(ordered(plan, { 'c#1': returning(0) }, 'a', state).names[0]).toBe('c#1');
    for (const other of [turnStateOf(deploymentOf({ provider: 'stranger' })), 'opaque', '~tpt1.damaged'])
      expect(ordered(plan, {}, 'a', other).names).toEqual(['a#1', 'b#1', 'c#1']);
  });

  it('finds as many as there are, in the order in which all of them are', () => {
    const group = { strategy: 'weighted' } as const;
    const many = Array.from({ length: 40 }, (_, at) =>
      deploymentOf({ provider: `p${at}`, group, weight: 1 + (at % 3) }),
    );
    const [first, ...rest] = many;
    if (!first) return;
    for (const session of sessions.slice(0, 50)) {
      const { names } = ordered([first, ...rest], {}, session);
      expect(names.toSorted()).toEqual(many.map(nameOf).toSorted());
      const lost = names[3] ?? '';
      expect(ordered([first, ...rest], { [lost]: resting(1) }, session).names).toEqual([
        ...names.filter((name) => name !== lost),
        lost,
      ]);
    }
  });
});

describe('whoever is not well', () => {
  it('comes last, those who recover first and then whoever rests the shortest; and it is told whom that passed over', () => {
    const unwell = { 'a#1': resting(300), 'b#1': resting(200), 'c#1': returning(0), 'e#1': resting(100) };
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
      sessions.filter((each) => ordered(plan, { 'a#1': returning(share) }, each).names[0] === 'a#1'),
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

  it('goes behind the others also when that shows only on the way', () => {
    const here = station();
    const itinerary = here.start(planOf('a#1', 'b#1', 'c#1'));
    expect(itinerary.preview(3).map(nameOf)).toEqual(['a#1', 'b#1', 'c#1']);
    expect(itinerary.next()?.provider.name).toBe('a');
    here.unwell.set('b/m b#1', resting(1));
    expect(itinerary.remaining()).toBe(2);
    expect(allOf(itinerary).map(nameOf)).toEqual(['c#1', 'b#1']);
    expect(here.skipped.map(({ credential }) => credential)).toEqual(['b#1']);
    expect([itinerary.remaining(), itinerary.next()]).toEqual([0, undefined]);
  });

  it('is passed over where that cannot be afforded, and its turn comes when it can', () => {
    const here = station();
    const plan = planOf('a#1', 'b#1');
    for (const [at, each] of plan.entries()) here.unwell.set(deploymentName(each), resting(at + 1));
    const itinerary = here.start(plan);
    expect(itinerary.next(({ provider }) => provider.name === 'b')?.provider.name).toBe('b');
    expect([itinerary.next(() => false), itinerary.remaining()]).toEqual([undefined, 1]);
    expect(itinerary.next()?.provider.name).toBe('a');
  });

  it('comes first of those who rested, once others have found it well', () => {
    const here = station();
    const plan = planOf('a#1', 'b#1', 'c#1');
    for (const [at, each] of plan.entries()) here.unwell.set(deploymentName(each), resting(at + 1));
    const itinerary = here.start(plan);
    expect(itinerary.next()?.provider.name).toBe('a');
    here.unwell.set('c/m c#1', returning(0.1));
    expect(allOf(itinerary).map(nameOf)).toEqual(['c#1', 'b#1']);
  });

  it('comes behind those who are well and have been postponed, and those before whoever rests', () => {
    const here = station();
    here.unwell.set('b/m b#1', resting(1));
    const itinerary = here.start(planOf('a#1', 'a#2', 'b#1', 'c#1'));
    const first = itinerary.next();
    expect(first?.provider.name).toBe('a');
    itinerary.postpone(({ provider }) => provider.name === 'a');
    expect(allOf(itinerary).map(({ provider }) => provider.name)).toEqual(['c', 'a', 'b']);
    expect(here.skipped.map(({ credential }) => credential)).toEqual(['b#1']);
  });

  it('comes last where the session has outgrown it, as long as its requests are so long', () => {
    const here = station();
    here.memory.outgrow('a', 'a/m a#1', 500);
    here.unwell.set('c/m c#1', resting(9));
    const plan = planOf('a#1', 'b#1', 'c#1');
    expect(allOf(here.start(plan, { bytes: 500 })).map(nameOf)).toEqual(['b#1', 'c#1', 'a#1']);
    expect(here.skipped).toEqual([{ provider: 'a', model: 'm', credential: 'a#1', why: 'context-window' }]);
    expect(allOf(here.start(plan, { bytes: 499 })).map(nameOf)).toEqual(['a#1', 'b#1', 'c#1']);
    expect(allOf(here.start(plan, { bytes: 500, session: 'b' })).map(nameOf)).toEqual(['a#1', 'b#1', 'c#1']);
  });

  it('is avoided by a session of its own whose answer broke off there, for a while', () => {
    const here = station();
    here.memory.avoid('a', 'a/m a#1', { fromMs: 0, untilMs: 1000 });
    expect(allOf(here.start(planOf('a#1', 'b#1'))).map(nameOf)).toEqual(['b#1', 'a#1']);
    expect(here.skipped).toEqual([{ provider: 'a', model: 'm', credential: 'a#1', why: 'cut-off' }]);
    expect(allOf(here.start(planOf('a#1', 'b#1'), { session: 'b' })).map(nameOf)).toEqual(['a#1', 'b#1']);
    here.clock.setTo(1000);
    expect(allOf(here.start(planOf('a#1', 'b#1'))).map(nameOf)).toEqual(['a#1', 'b#1']);
  });
});

describe('where everybody is unwell', () => {
  const minute = 60_000;

  it('who broke off the session’s answer last comes last', () => {
    const here = station();
    here.memory.avoid('a', 'a/m a#1', { fromMs: 30, untilMs: 30 + minute });
    here.memory.avoid('a', 'b/m b#1', { fromMs: 20, untilMs: 20 + minute });
    here.memory.avoid('a', 'c/m c#1', { fromMs: 10, untilMs: 10 + 5 * minute });
    expect(allOf(here.start(planOf('a#1', 'b#1', 'c#1'))).map(nameOf)).toEqual(['b#1', 'a#1', 'c#1']);
  });

  it('who has just broken off the session’s answer comes behind whoever rests for less than 5 s', () => {
    const here = station();
    here.memory.avoid('a', 'a/m a#1', { fromMs: 0, untilMs: minute });
    for (const [restsUntilMs, order] of [
      [4_900, ['b#1', 'a#1']],
      [5_100, ['a#1', 'b#1']],
    ] as const) {
      here.unwell.set('b/m b#1', resting(restsUntilMs));
      expect(allOf(here.start(planOf('a#1', 'b#1'))).map(nameOf)).toEqual(order);
    }
  });

  it('who rests as well has no advantage of having broken off an answer', () => {
    const here = station();
    here.memory.avoid('a', 'a/m a#1', { fromMs: 0, untilMs: minute });
    here.unwell.set('a/m a#1', resting(9_000));
    here.unwell.set('b/m b#1', resting(8_000));
    expect(allOf(here.start(planOf('a#1', 'b#1'))).map(nameOf)).toEqual(['b#1', 'a#1']);
  });
});

describe('on the way', () => {
  it('only those are tried that fit', () => {
    const itinerary = station().start(planOf('a#1', 'b#1', 'c#1', 'd#1'));
    expect(itinerary.next()?.provider.name).toBe('a');
    itinerary.keepOnly(({ provider }) => provider.name !== 'b');
    itinerary.keepOnly(({ provider }) => provider.name !== 'd');
    expect(itinerary.left().map(nameOf)).toEqual(['c#1']);
    expect(itinerary.remaining()).toBe(1);
    expect(allOf(itinerary).map(nameOf)).toEqual(['c#1']);
  });

  it('a preview writes nothing', () => {
    const here = station();
    const group = { strategy: 'round-robin' } as const;
    const plan: Plan = [deploymentOf({ provider: 'a', group }), deploymentOf({ provider: 'b', group })];
    for (const session of ['s', 't', 'u'])
      expect(here.start(plan, { session }).preview(2).map(nameOf)).toEqual(['a#1', 'b#1']);
    expect(here.memory.homes('s')).toEqual([]);
    expect(served(here.start(plan, { session: 's' }))).toBe('a/m a#1');
    expect(served(here.start(plan, { session: 't' }))).toBe('b/m b#1');
    expect(here.memory.homes('t')).toEqual(['b/m b#1']);
  });
});

describe('whatever the plan, the health and the session, an itinerary', () => {
  const groups: readonly (TargetGroup | undefined)[] = [undefined, eu, us, { strategy: 'least-busy', outer: eu }];
  const deployment = fc.record({
    provider: fc.constantFrom('a', 'b', 'c'),
    key: fc.constantFrom('1', '2', '3'),
    model: fc.constantFrom('m', 'n'),
    group: fc.constantFrom(...groups),
  });
  const made = deployment.map(({ group, ...each }) => deploymentOf({ ...each, ...(group ? { group } : {}) }));
  const anyPlan = fc.tuple(made, fc.array(made, { maxLength: 11 })).map(([first, rest]): Plan => [first, ...rest]);
  const standing = fc.oneof(
    fc.constant(ready),
    fc.double({ min: 0, max: 1, noNaN: true }).map(returning),
    fc.integer({ min: 1, max: 9 }).map(resting),
  );

  it('leads to each deployment once', () => {
    fc.assert(
      fc.property(anyPlan, fc.array(standing), fc.string(), (plan, standings, session) => {
        const unwell = Object.fromEntries(plan.map((each, at) => [nameOf(each), standings[at] ?? ready]));
        const once = ordered(plan, unwell, session).names;
        expect(once.toSorted()).toEqual(plan.map(nameOf).toSorted());
        expect(ordered(plan, unwell, session).names).toEqual(once);
      }),
    );
  });

  it('is the same for a session that was on its way before, when all were well', () => {
    fc.assert(
      fc.property(anyPlan, fc.array(standing), fc.option(fc.nat(11)), (plan, standings, turn) => {
        const before = turn === null ? undefined : plan[turn % plan.length];
        const traveller = before ? { turnState: turnStateOf(before) } : {};
        const wayFrom = (here: Station) => {
          for (const [at, each] of plan.entries()) here.unwell.set(deploymentName(each), standings[at] ?? ready);
          const names = allOf(here.start(plan, traveller)).map(nameOf);
          return { names, skipped: here.skipped };
        };
        const known = station();
        known.memory.settle('a', 'elsewhere', 0);
        expect(known.start(plan).preview(3)).not.toEqual([]);
        expect(wayFrom(known)).toEqual(wayFrom(station()));
      }),
    );
  });
});
