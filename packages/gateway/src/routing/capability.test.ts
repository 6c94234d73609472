import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../test/kit/deployments.ts';
import { abilityNames, type Ability } from '../catalog/abilities.ts';
import type { Catalog, ModelFacts } from '../catalog/catalog.ts';
import type { PlanGaps } from '../config/snapshot.ts';
import { hasMoreRoomThan, isAble, type Needs, sortByAbility } from './capability.ts';
import type { Deployment, Plan } from './plan.ts';

const needing = (abilities: readonly Ability[], tokens = 0): Needs => ({
  has: (ability) => abilities.includes(ability),
  tokensAmong: () => tokens,
});
const unasked: Needs = {
  has: (ability) => expect.unreachable(`nobody lacks ${ability}`),
  tokensAmong: () => expect.unreachable('no window is known'),
};

function planOf(...models: readonly [ModelFacts | undefined, ...(ModelFacts | undefined)[]]) {
  const facts = new Map(models.map((each, at) => [`m${at}`, each]));
  const [first, ...rest] = [...facts.keys()].map((model) => deploymentOf({ model }));
  if (!first) throw new TypeError('no models');
  const plan: Plan = [first, ...rest];
  const catalog: Catalog = {
    facts: (_, model) => facts.get(model),
    offeredBy: () => [],
    models: () => [],
    declared: () => [],
  };
  return { plan, snapshot: { catalog, gaps: new WeakMap<Plan, PlanGaps>() } };
}

const names = (deployments: readonly Deployment[] = []) => deployments.map(({ model }) => model);

describe('sortByAbility', () => {
  it('gives the plan itself back, and does not look at the request, where nobody lacks anything', () => {
    const { plan, snapshot } = planOf({ tools: true }, {}, undefined);
    const sorted = sortByAbility(plan, unasked, snapshot);
    expect(sorted.able).toBe(plan);
    expect(sorted.lacks).toEqual([]);
  });

  it('asks a request only about what somebody lacks', () => {
    const { plan, snapshot } = planOf({ images: false }, {});
    const asked: Ability[] = [];
    const needs = { ...unasked, has: (ability: Ability) => asked.push(ability) < 0 };
    expect(sortByAbility(plan, needs, snapshot).able).toBe(plan);
    expect(asked).toEqual(['images']);
  });

  it.each(abilityNames)('leaves out who lacks %s, and tells so', (ability) => {
    const { plan, snapshot } = planOf({ [ability]: false }, { [ability]: true }, undefined);
    const { able, lacks } = sortByAbility(plan, needing([ability]), snapshot);
    expect(names(able)).toEqual(['m1', 'm2']);
    expect(lacks).toEqual([
      { deployment: plan[0], why: ability === 'structuredOutput' ? 'structured-output' : ability },
    ]);
  });

  it('leaves out whose window is too small, with both numbers', () => {
    const { plan, snapshot } = planOf({ contextWindow: 128_000 }, { contextWindow: 400_000 }, {});
    const { able, lacks } = sortByAbility(plan, needing([], 210_000), snapshot);
    expect(names(able)).toEqual(['m1', 'm2']);
    expect(lacks).toMatchObject([{ why: 'context-window', detail: 'needs at least 210,000 tokens, has 128,000' }]);
  });

  it('keeps a request that fits exactly', () => {
    const { plan, snapshot } = planOf({ contextWindow: 128_000 });
    expect(sortByAbility(plan, needing([], 128_000), snapshot).able).toBe(plan);
    expect(sortByAbility(plan, needing([], 128_001), snapshot).able).toBeUndefined();
  });

  it('names a lasting lack before a lack of room', () => {
    const { plan, snapshot } = planOf({ contextWindow: 1_000, tools: false });
    expect(sortByAbility(plan, needing(['tools'], 5_000), snapshot).lacks).toMatchObject([{ why: 'tools' }]);
  });

  it('leaves the same array of a plan for the same needs, so that turns go round in it', () => {
    const { plan, snapshot } = planOf({ images: false, contextWindow: 100 }, { contextWindow: 1_000 }, {});
    const ableFor = (abilities: readonly Ability[], tokens = 0) =>
      sortByAbility(plan, needing(abilities, tokens), snapshot).able;
    expect(ableFor(['images'])).toBe(ableFor(['images', 'tools'], 50));
    expect(ableFor([], 200)).toBe(ableFor([], 900));
    expect(names(ableFor([], 900))).toEqual(['m1', 'm2']);
    expect(names(ableFor(['images'], 2_000))).toEqual(['m2']);
  });

  it('works out a plan’s gaps once', () => {
    const { plan, snapshot } = planOf({ tools: false });
    sortByAbility(plan, needing([]), snapshot);
    const blind = { ...snapshot, catalog: { ...snapshot.catalog, facts: () => expect.unreachable('asked again') } };
    expect(sortByAbility(plan, needing([]), blind).able).toBe(plan);
  });

  it('keeps exactly those of whom nothing is known that the request would fail for', () => {
    const facts = fc.record(
      {
        tools: fc.boolean(),
        images: fc.boolean(),
        structuredOutput: fc.boolean(),
        contextWindow: fc.integer({ min: 1, max: 100 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.array(fc.option(facts, { nil: undefined }), { minLength: 1, maxLength: 6 }),
        fc.subarray([...abilityNames]),
        fc.nat({ max: 110 }),
        ([first, ...others], abilities, tokens) => {
          const { plan, snapshot } = planOf(first, ...others);
          const needs = needing(abilities, tokens);
          const { able, lacks } = sortByAbility(plan, needs, snapshot);
          const each = [first, ...others];
          const expected = plan.filter((_, at) => {
            const known: ModelFacts | undefined = each[at];
            const hasAll = abilities.every((ability) => known?.[ability] !== false);
            return hasAll && tokens <= (known?.contextWindow ?? Number.POSITIVE_INFINITY);
          });
          expect(able ?? []).toEqual(expected);
          expect(each.map((known) => isAble(known, needs))).toEqual(plan.map((one) => expected.includes(one)));
          expect((able?.length ?? 0) + lacks.length).toBe(plan.length);
        },
      ),
    );
  });
});

describe('hasMoreRoomThan', () => {
  const { plan, snapshot } = planOf({ contextWindow: 100 }, { contextWindow: 100 }, { contextWindow: 200 }, {});
  const roomier = (at: number) => plan.filter(hasMoreRoomThan(plan[at] ?? plan[0], snapshot)).map(({ model }) => model);

  it('is true of known larger windows only', () => {
    expect(roomier(0)).toEqual(['m2']);
    expect(roomier(2)).toEqual([]);
  });

  it('is true of nobody where the window that was too small is not known', () => {
    expect(roomier(3)).toEqual([]);
  });
});
