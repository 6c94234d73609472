import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../../test/kit/deployments.ts';
import { served, type Station, station } from '../../../test/kit/journeys.ts';
import type { TargetGroup } from '../../config/deployment.ts';
import type { Deployment, Plan } from '../plan.ts';

/** Three targets, each with one key, among which a strategy chooses. */
function among(strategy: TargetGroup['strategy'], more: Partial<TargetGroup> = {}): Plan {
  const group: TargetGroup = { strategy, ...more };
  const [a, b, c] = ['a', 'b', 'c'].map((provider) => deploymentOf({ provider, group }));
  if (!a || !b || !c) throw new TypeError('no deployments');
  return [a, b, c];
}

/** Who serves the first request of so many new sessions, by provider. */
function newSessions(here: Station, plan: Plan, count: number, price?: (deployment: Deployment) => number | undefined) {
  const counts: Record<string, number> = {};
  for (let at = 0; at < count; at += 1) {
    const name = served(here.start(plan, { session: `new-${at}`, ...(price ? { price } : {}) }))[0] ?? '';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function answer(
  here: Station,
  name: string,
  { firstMs, tokens, restMs }: { firstMs: number; tokens: number; restMs: number },
) {
  const attempt = here.vitals.begin(name);
  here.clock.pass(firstMs);
  attempt.answered(false);
  here.clock.pass(restMs);
  attempt.over(tokens);
}

describe('round-robin', () => {
  it('sends new sessions to one after the other, and old ones where they were', () => {
    const here = station();
    const plan = among('round-robin');
    const told = ['s1', 's2', 's1', 's3', 's2', 's4'].map((session) => served(here.start(plan, { session }))[0]);
    expect(told.join('')).toBe('abacba');
  });

  it('goes on behind whoever took the place of somebody who is not well', () => {
    const here = station();
    here.unwell.set('a/m a#1', { state: 'resting', untilMs: 1, why: 'failing' });
    expect(newSessions(here, among('round-robin'), 30)).toEqual({ b: 15, c: 15 });
  });

  it('goes round among the keys of a target, too', () => {
    const here = station();
    const group = { strategy: 'round-robin' } as const;
    const plan: Plan = [
      deploymentOf({ provider: 'a', key: '1', group }),
      deploymentOf({ provider: 'a', key: '2', group }),
    ];
    expect(['s', 't', 'u'].map((session) => served(here.start(plan, { session })))).toEqual([
      'a/m a#1',
      'a/m a#2',
      'a/m a#1',
    ]);
  });
});

describe('least-busy', () => {
  it('sends new sessions where the fewest requests run', () => {
    const here = station();
    const plan = among('least-busy');
    const running = [here.vitals.begin('a/m a#1'), here.vitals.begin('b/m b#1')];
    expect(newSessions(here, plan, 20)).toEqual({ c: 20 });
    here.vitals.begin('c/m c#1');
    running[0]?.over();
    expect(served(here.start(plan, { session: 'another' }))).toBe('a/m a#1');
    expect(served(here.start(plan, { session: 'new-1' }))).toBe('c/m c#1');
  });

  it('counts by weight, and shares out where nobody is busy', () => {
    const here = station();
    const group = { strategy: 'least-busy' } as const;
    const plan: Plan = [deploymentOf({ provider: 'a', group, weight: 3 }), deploymentOf({ provider: 'b', group })];
    expect(newSessions(here, plan, 2000)['a'] ?? 0).toBeGreaterThan(1400);
    here.vitals.begin('a/m a#1');
    here.vitals.begin('a/m a#1');
    here.vitals.begin('b/m b#1');
    // 2 by 3 is less than 1 by 1.
    expect(served(here.start(plan, { session: 'another' }))).toBe('a/m a#1');
  });
});

describe('lowest-latency', () => {
  const quick = { firstMs: 200, tokens: 100, restMs: 1_000 };
  const slow = { firstMs: 3_000, tokens: 100, restMs: 4_000 };

  it('measures those that nobody knows first, one request at a time', () => {
    const here = station();
    const plan = among('lowest-latency');
    answer(here, 'a/m a#1', quick);
    const attempt = here.vitals.begin('b/m b#1');
    const counts = newSessions(here, plan, 200);
    expect(counts['c'] ?? 0).toBeGreaterThan(180);
    here.vitals.begin('c/m c#1');
    const [after] = [newSessions(station(), plan, 0), attempt];
    expect(after).toEqual({});
    expect(served(here.start(plan, { session: 'somebody else' }))).toBe('a/m a#1');
  });

  it('sends new sessions where answers come fastest, but for a few that find out who has become faster', () => {
    const here = station();
    const plan = among('lowest-latency');
    for (const [name, speed] of [
      ['a/m a#1', slow],
      ['b/m b#1', quick],
      ['c/m c#1', slow],
    ] as const)
      answer(here, name, speed);
    const { a = 0, b = 0, c = 0 } = newSessions(here, plan, 2000);
    expect(b).toBeGreaterThan(1900);
    expect(a + c).toBeGreaterThan(20);
  });

  it('weighs the first token against the speed of the rest, for an answer of usual length', () => {
    const here = station();
    const group = { strategy: 'lowest-latency' } as const;
    const plan: Plan = [deploymentOf({ provider: 'a', group }), deploymentOf({ provider: 'b', group })];
    answer(here, 'a/m a#1', { firstMs: 200, tokens: 20, restMs: 1_000 });
    answer(here, 'b/m b#1', { firstMs: 2_000, tokens: 200, restMs: 1_000 });
    expect(newSessions(here, plan, 500)['b'] ?? 0).toBeGreaterThan(450);
  });

  it('shares sessions out among those that are about as fast', () => {
    const here = station();
    const plan = among('lowest-latency');
    for (const name of ['a/m a#1', 'b/m b#1', 'c/m c#1']) answer(here, name, quick);
    for (const count of Object.values(newSessions(here, plan, 3000))) expect(count).toBeGreaterThan(800);
  });

  it('goes to the others in the order of their speed', () => {
    const here = station();
    const plan = among('lowest-latency');
    for (const [name, firstMs] of [
      ['a/m a#1', 3_000],
      ['b/m b#1', 100],
      ['c/m c#1', 2_900],
    ] as const)
      answer(here, name, { ...quick, firstMs });
    const orders = Array.from({ length: 300 }, (_, at) => here.start(plan, { session: `s${at}` }).preview(3));
    const bySpeed = orders.filter((order) => order.map(({ provider }) => provider.name).join('') === 'bca');
    expect(bySpeed.length).toBeGreaterThan(270);
  });

  it('goes by the best of a group', () => {
    const here = station();
    const regions: TargetGroup = { strategy: 'lowest-latency' };
    const [east, west] = [0, 1].map((): TargetGroup => ({ strategy: 'weighted', outer: regions }));
    if (!east || !west) return;
    const plan: Plan = [
      deploymentOf({ provider: 'a', group: east }),
      deploymentOf({ provider: 'b', group: east }),
      deploymentOf({ provider: 'c', group: west }),
      deploymentOf({ provider: 'd', group: west }),
    ];
    for (const name of ['a/m a#1', 'b/m b#1', 'c/m c#1']) answer(here, name, slow);
    answer(here, 'd/m d#1', quick);
    const { a = 0, b = 0, c = 0, d = 0 } = newSessions(here, plan, 1_000);
    expect(a + b).toBeLessThan(60);
    expect(Math.min(c, d)).toBeGreaterThan(400);
  });

  it('keeps a session where it is when another becomes faster', () => {
    const here = station();
    const plan = among('lowest-latency');
    for (const name of ['a/m a#1', 'b/m b#1', 'c/m c#1']) answer(here, name, slow);
    const before = Array.from({ length: 50 }, (_, at) => served(here.start(plan, { session: `s${at}` })));
    for (let times = 0; times < 50; times += 1) answer(here, 'b/m b#1', quick);
    expect(before.map((_, at) => served(here.start(plan, { session: `s${at}` })))).toEqual(before);
  });
});

describe('lowest-cost', () => {
  const prices: Record<string, number | undefined> = { a: 3, b: 1, c: undefined };
  const price = ({ provider }: Deployment) => prices[provider.name];

  it('sends new sessions where tokens are cheapest, and where they have no price last', () => {
    const here = station();
    const plan = among('lowest-cost');
    expect(newSessions(here, plan, 50, price)).toEqual({ b: 50 });
    expect(
      here
        .start(plan, { session: 'x', price })
        .preview(3)
        .map(({ provider }) => provider.name),
    ).toEqual(['b', 'a', 'c']);
  });

  it('shares sessions out among those that cost the same', () => {
    const counts = newSessions(station(), among('lowest-cost'), 300, () => 1);
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(60);
  });
});

describe('where sessions do not matter', () => {
  it('each request is chosen for anew', () => {
    const here = station();
    const plan = among('weighted', { affinity: 'off' });
    const told = new Set(Array.from({ length: 50 }, () => served(here.start(plan, { session: 'one' }))));
    expect(told.size).toBe(3);
    const turns = among('round-robin', { affinity: 'off' });
    expect([1, 2, 3, 4].map(() => served(here.start(turns, { session: 'one' }))[0]).join('')).toBe('abca');
  });
});
