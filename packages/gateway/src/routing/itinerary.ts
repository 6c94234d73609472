import type { SkippedRecord } from '@turnpike/contract/exchange-record';
import type { Fork, Leaf, Node } from './fork.ts';
import type { Deployment, Plan } from './plan.ts';
import type { PlanTree } from './plan-tree.ts';
import { type Judgement, latenessOf, skippedRecord, type Unwell } from './judgement.ts';
import { walkAsUsual } from './walk-tree.ts';

/**
 * The order in which one request tries the deployments of its plan, found one by one: only what is tried is looked at. How a deployment stands is
 * asked when its turn has come, so what a failure has shown meanwhile counts. Whoever is not well comes behind all others: nobody is ever left out.
 */
export interface Itinerary {
  /** Whom it goes to, in the order of the configuration. */
  readonly plan: Plan;
  /** It goes first where the session has been, by a choice that is made for new sessions only. */
  readonly isAtHome: boolean;
  /** How many have not been tried yet. */
  remaining(): number;
  /** Who would be tried next if all of them failed, at most so many. Changes nothing. */
  preview(count: number): readonly Deployment[];
  /** Whoever is tried next. `affords`: is asked of those who are not well, the best first. Undefined: nobody is left, or nobody can be afforded now. */
  next(affords?: (deployment: Deployment) => boolean): Deployment | undefined;
  /** Whoever has not been tried yet, in no particular order. */
  left(): readonly Deployment[];
  /** From now on only those are tried that fit. */
  keepOnly(fits: (deployment: Deployment) => boolean): void;
  /** From now on those of whom this holds, then, come behind all who are well. */
  postpone(isLate: (deployment: Deployment) => boolean): void;
  /** A real answer has begun there: the session is at home there from now on. */
  arrived(deployment: Deployment): void;
}

/** What an itinerary depends on. */
export interface Journey {
  readonly plan: Plan;
  readonly tree: PlanTree;
  readonly isAtHome: boolean;
  /** Who is tried before all others, if it can be. */
  readonly first: Leaf | undefined;
  /** Whom it would lead to first if all were well, as far as that is known already. */
  readonly usual: readonly Leaf[];
  order(fork: Fork): Iterable<Node>;
  judge(leaf: Leaf): Judgement;
  /** Somebody is tried before all others. */
  onSetOut(leaf: Leaf): void;
  onArrived(deployment: Deployment): void;
  /** Where those are noted who would have come earlier, had they been well. */
  readonly skipped: SkippedRecord[];
}

/** Somebody who comes behind all who are well, and how it stood when it was asked. */
interface SetBack {
  readonly leaf: Leaf;
  readonly judgement: Judgement;
}

export function createItinerary(journey: Journey): Itinerary {
  const { plan, tree, judge, skipped } = journey;
  const tried = new Set<Leaf>();
  /** Found well for a preview, and not tried yet. */
  const ahead: Leaf[] = [];
  let setBack: SetBack[] = [];
  let passed: { readonly leaf: Leaf; readonly unwell: Unwell }[] = [];
  let fits: ((deployment: Deployment) => boolean) | undefined;
  let isLate: (deployment: Deployment) => boolean = () => false;
  const walk = walkAsUsual(journey.usual, {
    root: tree.root,
    order: journey.order,
    isTried: isWell,
    first: journey.first,
  });

  function isWell(leaf: Leaf): boolean {
    if (fits && !fits(leaf.deployment)) return false;
    const judgement = tree.leaves.length === 1 ? 'well' : judge(leaf);
    const isTimely = judgement === 'well' && !isLate(leaf.deployment);
    if (!isTimely) setBack.push({ leaf, judgement });
    if (judgement !== 'well') passed.push({ leaf, unwell: judgement });
    if (!isTimely) return false;
    for (const each of passed) skipped.push(skippedRecord(each.leaf.deployment, each.unwell));
    passed = [];
    return true;
  }

  function nextWell(): Leaf | undefined {
    for (let leaf = ahead.shift(); leaf; leaf = ahead.shift()) if (isWell(leaf)) return leaf;
    return walk.next().value ?? undefined;
  }

  /** Whoever is well the soonest first. */
  function bySoonest(some: readonly SetBack[]): readonly Leaf[] {
    return some
      .filter(({ leaf }) => !fits || fits(leaf.deployment))
      .map(({ leaf, judgement }) => ({ leaf, lateness: latenessOf(judgement, isLate(leaf.deployment)) }))
      .sort((one, other) => one.lateness - other.lateness)
      .map(({ leaf }) => leaf);
  }

  /** As things stand now: others may have found somebody well meanwhile. */
  function nextUnwell(affords: (deployment: Deployment) => boolean): Leaf | undefined {
    setBack = setBack.map(({ leaf }) => ({ leaf, judgement: judge(leaf) }));
    const found = bySoonest(setBack).find(({ deployment }) => affords(deployment));
    setBack = setBack.filter(({ leaf }) => leaf !== found);
    return found;
  }

  function untried(): readonly Leaf[] {
    return tree.leaves.filter((leaf) => !tried.has(leaf) && (!fits || fits(leaf.deployment)));
  }

  return {
    plan,
    isAtHome: journey.isAtHome,
    // No accessor: each one of an object's own costs a hidden class, which keeps all that the object holds from being collected soon.
    remaining: () => (fits ? untried().length : tree.leaves.length - tried.size),
    preview(count) {
      while (ahead.length < count) {
        const leaf = walk.next().value;
        if (!leaf) break;
        ahead.push(leaf);
      }
      const last = ahead.length < count ? bySoonest(setBack) : [];
      return [...ahead, ...last].slice(0, count).map(({ deployment }) => deployment);
    },
    next(affords = () => true) {
      const leaf = nextWell() ?? nextUnwell(affords);
      if (!leaf) return undefined;
      if (tried.size === 0) journey.onSetOut(leaf);
      tried.add(leaf);
      return leaf.deployment;
    },
    left: () => untried().map(({ deployment }) => deployment),
    keepOnly(also) {
      const before = fits;
      fits = before ? (deployment) => before(deployment) && also(deployment) : also;
    },
    postpone(isLateNow) {
      isLate = isLateNow;
    },
    arrived: journey.onArrived,
  };
}
