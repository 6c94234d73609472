import type { SkippedRecord } from '@turnpike/contract/exchange-record';
import type { Clock } from '../core/clock.ts';
import { createMemo, createPairMemo } from '../core/memo.ts';
import { type Hash, hashOf, unitOf } from './affinity.ts';
import type { Standing } from './breaker.ts';
import { deploymentName } from './deployment-name.ts';
import type { Fork, Leaf, Node } from './fork.ts';
import type { Health } from './health.ts';
import { createItinerary, type Itinerary } from './itinerary.ts';
import type { Judgement } from './judgement.ts';
import { likedOrder } from './liked-order.ts';
import type { Plan } from './plan.ts';
import { createPlanTree, type PlanTree } from './plan-tree.ts';
import { againAt, type SessionMemory, type Span } from './session-memory.ts';
import { strategies } from './strategies/registry.ts';
import type { Circumstances, PriceOf, Ranks } from './strategies/strategy.ts';
import { nameInTurnState } from './turn-state.ts';
import type { Vitals } from './vitals.ts';
import { type Way, walkTree } from './walk-tree.ts';

/** Whose request goes its way. */
export interface Traveller {
  /** The key of the session. */
  readonly session: string;
  /** Tells this request from all others, for choices that are made for each anew. */
  readonly request: string;
  /** Names who served the last step of this turn. */
  readonly turnState?: string | undefined;
  /** How long the request is. Absent: that does not matter. */
  readonly bytes?: number | undefined;
  readonly price: PriceOf;
}

/** Makes itineraries. What it works out of a plan it keeps as long as the plan, so plans should be made once and not for each request. */
export interface Itineraries {
  /** `skipped`: where those are noted who would have come earlier, had they been well. Nothing else is written before somebody is tried. */
  start(plan: Plan, traveller: Traveller, skipped: SkippedRecord[]): Itinerary;
}

export interface ItineraryPorts {
  readonly health: Pick<Health, 'standing'>;
  readonly memory: SessionMemory;
  readonly vitals: Pick<Vitals, 'pulses'>;
  readonly clock: Clock;
}

/** A session asks again with each step of its work: so many find what was worked out for them. */
const mostKnown = 20_000;
/** More are hardly ever tried. */
const mostUsual = 6;

interface NumberedTree extends PlanTree {
  readonly number: number;
}

export function createItineraries(ports: ItineraryPorts): Itineraries {
  const trees = new WeakMap<Plan, NumberedTree>();
  const ranksByPrice = createPairMemo<PriceOf, Fork, Ranks>();
  const usual = createMemo<readonly Leaf[]>(mostKnown);
  let count = 0;

  function treeOf(plan: Plan): NumberedTree {
    const known = trees.get(plan);
    if (known) return known;
    const tree = { ...createPlanTree(plan), number: (count += 1) };
    trees.set(plan, tree);
    return tree;
  }

  /** Whom a session tries first if all are well, from its second request on: many sessions have only one. */
  function usualFor({ root, number, isSteady }: NumberedTree, session: string, order: Way['order']): readonly Leaf[] {
    if (!isSteady || !ports.memory.knows(session)) return [];
    return usual.of(`${number} ${session}`, () => firstOf(walkTree({ root, order, isTried: () => true })));
  }

  return {
    start(plan, traveller, skipped) {
      const tree = treeOf(plan);
      const usually = (order: Way['order']) => usualFor(tree, traveller.session, order);
      return startItinerary(plan, tree, { traveller, skipped, usually, ranksByPrice, ...ports });
    },
  };
}

function firstOf(walk: Iterator<Leaf, void>): readonly Leaf[] {
  const first: Leaf[] = [];
  for (let leaf = walk.next().value; leaf; leaf = first.length < mostUsual ? walk.next().value : undefined)
    first.push(leaf);
  return first;
}

interface Start extends ItineraryPorts {
  readonly traveller: Traveller;
  readonly skipped: SkippedRecord[];
  /** Whom the session tries first, if all are well and that is known. */
  usually(order: Way['order']): readonly Leaf[];
  readonly ranksByPrice: Circumstances['ranksByPrice'];
}

function startItinerary(plan: Plan, tree: PlanTree, start: Start): Itinerary {
  const { traveller, skipped, memory, vitals, clock, ranksByPrice } = start;
  const { session, turnState, bytes = 0, price } = traveller;
  const startedMs = clock.now();
  const hash = hashOf(session);
  const { monotonicMs } = clock;
  const ofSession: Circumstances = { seed: hash, pulses: vitals.pulses, monotonicMs, price, ranksByPrice };
  const circumstancesAt = ({ loose }: Fork): Circumstances =>
    loose ? { ...ofSession, seed: hashOf(traveller.request) } : ofSession;
  const homes = tree.remembers ? homesIn(tree, memory.homes(session)) : nowhere;
  const first = leafOfTurn(tree, turnState);
  const order = (fork: Fork) => likedOrder(fork, circumstancesAt(fork), homes.get(fork));
  const usual = start.usually(order);
  const settle = (name: string): void => memory.settle(session, name, startedMs);
  return createItinerary({
    plan,
    tree,
    skipped,
    isAtHome: homes.size > 0,
    first,
    // A turn goes on where it was, which most often is where the session goes anyway.
    usual: first && first !== usual[0] ? [] : usual,
    order,
    judge: judgeFor({ ports: start, session, bytes, hash, first }),
    onSetOut(leaf) {
      passTurnOn(leaf, homes);
      // Requests that come before this one is answered are to go the same way.
      if (tree.remembers && homes.size === 0) settle(leaf.name);
    },
    onArrived: (deployment) => settle(deploymentName(deployment)),
  });
}

const nowhere: ReadonlyMap<Fork, Node> = new Map();

/** Where the session has been, at each fork that goes by it: the newest counts. */
function homesIn(tree: PlanTree, names: readonly string[]): ReadonlyMap<Fork, Node> {
  const homes = new Map<Fork, Node>();
  for (const name of names) {
    let node: Node | undefined = tree.byName.get(name);
    for (let fork = node?.parent; node && fork; node = fork, fork = fork.parent) {
      if (strategies[fork.strategy].remembers && !fork.loose && !homes.has(fork)) homes.set(fork, node);
    }
  }
  return homes;
}

/** Who served the turn before: a turn stays where its prompt cache is, also after a fallback. An agent gains no deployment by inventing one. */
function leafOfTurn({ byName }: PlanTree, turnState: string | undefined): Leaf | undefined {
  const name = turnState === undefined ? undefined : nameInTurnState(turnState);
  const leaf = name === undefined ? undefined : byName.get(name);
  return leaf?.parent?.loose === true ? undefined : leaf;
}

/** Where turns go round, the next new session goes to whoever comes next. */
function passTurnOn(leaf: Leaf, homes: ReadonlyMap<Fork, Node>): void {
  let node: Node = leaf;
  for (let fork = leaf.parent; fork; node = fork, fork = fork.parent) {
    if (!homes.has(fork)) fork.turn = (node.at + 1) % fork.options.length;
  }
}

interface Judging {
  readonly ports: ItineraryPorts;
  readonly session: string;
  readonly bytes: number;
  readonly hash: Hash;
  /** Who served the turn before. */
  readonly first: Leaf | undefined;
}

/** Sessions come back to whoever recovers in an order of their own, the same for all keys of a place. A turn that is there already stays. */
function judgeFor({
  ports: { health, memory, clock },
  session,
  bytes,
  hash,
  first,
}: Judging): (leaf: Leaf) => Judgement {
  return (leaf) => {
    const nowMs = clock.now();
    if (bytes >= (memory.tooLongAt(session, leaf.name) ?? Infinity)) return { state: 'context-window' };
    const standing = health.standing(leaf.deployment, nowMs);
    const cut = memory.avoided(session, leaf.name);
    if (cut && nowMs < cut.untilMs) return cutOff(cut, standing);
    if (standing.state === 'resting') return standing;
    if (standing.state === 'ready' || leaf === first) return 'well';
    return unitOf(hash, leaf.comeback) < standing.share ? 'well' : standing;
  };
}

/** It may rest besides. */
function cutOff(cut: Span, standing: Standing): Judgement {
  const restsUntilMs = standing.state === 'resting' ? standing.untilMs : 0;
  return { state: 'cut-off', untilMs: cut.untilMs, againMs: Math.max(againAt(cut), restsUntilMs) };
}
