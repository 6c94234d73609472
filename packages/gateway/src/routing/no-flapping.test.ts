import type { StrategyName } from '@turnpike/contract/config-models';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../test/kit/deployments.ts';
import { served, station } from '../../test/kit/journeys.ts';
import type { TargetGroup } from '../config/deployment.ts';
import { deploymentName } from './deployment-name.ts';
import type { Plan } from './plan.ts';
import { strategies } from './strategies/registry.ts';

/** What may happen, at the deployment with this number. */
type Event =
  | { readonly what: 'request' | 'stranger' }
  /** It is down until it is up again; then its sessions may return by this share at a time. */
  | { readonly what: 'down' | 'returning' | 'up' | 'fails-once' | 'busy'; readonly at: number }
  | { readonly what: 'measured'; readonly at: number; readonly firstMs: number };

const events = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ what: fc.constantFrom('request' as const, 'stranger' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        what: fc.constantFrom('down', 'returning', 'up', 'fails-once', 'busy'),
        at: fc.nat({ max: 3 }),
      }),
    },
    fc.record({
      what: fc.constant('measured' as const),
      at: fc.nat({ max: 3 }),
      firstMs: fc.integer({ min: 1, max: 9_000 }),
    }),
  ),
  { maxLength: 60 },
);

function planOf(strategy: StrategyName, nested: boolean): Plan {
  const outer: TargetGroup = { strategy };
  const group: TargetGroup = nested ? { strategy, name: 'inner', outer } : outer;
  return [
    deploymentOf({ provider: 'a', group: outer }),
    deploymentOf({ provider: 'b', group }),
    deploymentOf({ provider: 'c', group }),
    deploymentOf({ provider: 'd', key: '1', group }),
  ];
}

/** The moves of one session through all that happens, each with what had happened at the place that it left and at the one it went to. */
function movesOf(plan: Plan, happenings: readonly Event[], remembers: boolean) {
  const here = station();
  const names = plan.map(deploymentName);
  const trouble = new Map(names.map((name) => [name, 0]));
  const returns = new Map(names.map((name) => [name, 0]));
  const failing = new Set<string>();
  const moves: { from: string; to: string }[] = [];
  let home: string | undefined;
  const count = (map: Map<string, number>, name: string) => void map.set(name, (map.get(name) ?? 0) + 1);
  for (const event of happenings) {
    here.clock.pass(1_000);
    const name = 'at' in event ? (names[event.at] ?? '') : '';
    const state = here.unwell.get(name)?.state;
    if (event.what === 'stranger') here.start(plan, { session: `stranger-${here.clock.now()}` }).next();
    else if (event.what === 'busy') here.vitals.begin(name);
    else if (event.what === 'measured') {
      const attempt = here.vitals.begin(name);
      here.clock.pass(event.firstMs);
      attempt.answered(false);
      attempt.over();
    } else if (event.what === 'down' && state !== 'resting') {
      count(trouble, name);
      here.unwell.set(name, { state: 'resting', untilMs: Number.MAX_SAFE_INTEGER, why: 'failing' });
    } else if (event.what === 'returning' && state === 'resting') {
      count(returns, name);
      here.unwell.set(name, { state: 'recovering', share: 0.5, why: 'failing' });
    } else if (event.what === 'up' && state) {
      if (state === 'resting') count(returns, name);
      here.unwell.delete(name);
    } else if (event.what === 'fails-once') {
      count(trouble, name);
      // It is over at once: whoever goes by weight comes back, and others stay where they went.
      if (!remembers) count(returns, name);
      failing.add(name);
    } else if (event.what === 'request') {
      const isSomebodyUp = names.some((each) => here.unwell.get(each)?.state !== 'resting' && !failing.has(each));
      const to = served(here.start(plan, { session: 'mine' }), (each) => {
        const isDown = here.unwell.get(deploymentName(each))?.state === 'resting';
        return (failing.delete(deploymentName(each)) || isDown) && isSomebodyUp;
      });
      if (home !== undefined && home !== to) moves.push({ from: home, to });
      home = to;
    }
  }
  return { moves, trouble, returns };
}

describe.each(Object.keys(strategies).filter((name): name is StrategyName => name in strategies))(
  'by %s',
  (strategy) => {
    it.each([false, true])(
      'a session moves only for a failure or a recovery, and once for each (nested: %s)',
      (nested) => {
        const plan = planOf(strategy, nested);
        fc.assert(
          fc.property(events, (happenings) => {
            const { moves, trouble, returns } = movesOf(plan, happenings, strategies[strategy].remembers);
            for (const name of plan.map(deploymentName)) {
              const left = moves.filter(({ from }) => from === name).length;
              expect(left).toBeLessThanOrEqual((trouble.get(name) ?? 0) + returnsOfOthers(name, returns));
            }
            const all = [...trouble.values(), ...returns.values()].reduce((sum, each) => sum + each, 0);
            expect(moves.length).toBeLessThanOrEqual(all);
          }),
          { numRuns: 200 },
        );
      },
    );
  },
);

function returnsOfOthers(name: string, returns: ReadonlyMap<string, number>): number {
  return [...returns].reduce((sum, [other, times]) => (other === name ? sum : sum + times), 0);
}

it('a session that was moved by a failure returns by weight, and stays by what changes from moment to moment', () => {
  for (const strategy of ['weighted', 'round-robin', 'least-busy', 'lowest-latency', 'lowest-cost'] as const) {
    const here = station();
    const plan = planOf(strategy, false);
    const first = served(here.start(plan, { session: 's' }));
    here.unwell.set(first, { state: 'resting', untilMs: 10, why: 'failing' });
    const second = served(here.start(plan, { session: 's' }));
    expect(second).not.toBe(first);
    here.unwell.clear();
    expect(served(here.start(plan, { session: 's' }))).toBe(strategy === 'weighted' ? first : second);
  }
});
