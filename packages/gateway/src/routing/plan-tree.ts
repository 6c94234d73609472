import type { StrategyName } from '@turnpike/contract/config-models';
import type { TargetGroup } from '../config/deployment.ts';
import { hashOf } from './affinity.ts';
import { deploymentName, placeName } from './deployment-name.ts';
import { type Fork, isLeaf, type Leaf } from './fork.ts';
import type { Deployment, Plan } from './plan.ts';
import { strategies } from './strategies/registry.ts';

/**
 * A plan as a tree of choices, made once for each plan: forks among groups and places, and in each place a fork among its keys. All that an order
 * depends on beside the session is worked out here.
 */
export interface PlanTree {
  readonly root: Fork;
  readonly leaves: readonly Leaf[];
  readonly byName: ReadonlyMap<string, Leaf>;
  /** Some choice in it goes by where a session has been. */
  readonly remembers: boolean;
  /** A session always finds the same order, so that it need not be looked for with each of its requests. */
  readonly isSteady: boolean;
}

export function createPlanTree(plan: Plan): PlanTree {
  const rooted = plan.map((deployment) => ({ deployment, groups: groupsAround(deployment) }));
  const root = forkOf({ strategy: 'priority' }, 0, { run: rooted, depth: 0, at: 0, loose: false });
  const byName = new Map<string, Leaf>();
  for (const leaf of root.leaves) if (!byName.has(leaf.name)) byName.set(leaf.name, leaf);
  const isSteady = root.leaves.length > 1 && everyFork(root, isSteadyFork);
  return { root, leaves: root.leaves, byName, remembers: !everyFork(root, (fork) => !remembersAt(fork)), isSteady };
}

/** A deployment and the groups that it is in, the outermost first. */
interface Rooted {
  readonly deployment: Deployment;
  readonly groups: readonly TargetGroup[];
}

function groupsAround({ group }: Deployment): readonly TargetGroup[] {
  const groups: TargetGroup[] = [];
  for (let each = group; each; each = each.outer) groups.unshift(each);
  return groups;
}

/** Neighbours that are one option, and where they stand. */
interface Part {
  readonly run: readonly Rooted[];
  /** How many of their groups are around the choice that they are an option of. */
  readonly depth: number;
  readonly at: number;
  readonly loose: boolean;
}

function forkOf(group: TargetGroup, depth: number, { run, at, loose }: Part): Fork {
  const isLoose = loose || group.affinity === 'off';
  const names = new Map<string, number>();
  const options = partsOf(run, depth).map((part, index): Fork => {
    const inner = part[0].groups[depth];
    const next = { run: part, depth, at: index, loose: isLoose };
    return inner ? forkOf(inner, depth + 1, next) : placeOf(part, next, { strategy: group.strategy, names });
  });
  return joined({
    options,
    strategy: group.strategy,
    loose: isLoose,
    hash: hashOf(`group ${group.name ?? ''}`),
    weight: group.weight ?? 1,
    at,
  });
}

interface Around {
  readonly strategy: StrategyName;
  /** How often each place has stood there so far: what is set for it may differ. */
  readonly names: Map<string, number>;
}

/** A model at a provider, with its keys. They are chosen among as the targets are, where that is no matter of targets alone. */
function placeOf(run: Run, { at, loose }: Part, { strategy, names }: Around): Fork {
  const [{ deployment }] = run;
  const name = placeName(deployment);
  const before = names.get(name) ?? 0;
  names.set(name, before + 1);
  const options = run.map(({ deployment: each }, index): Leaf => ({
    name: deploymentName(each),
    deployment: each,
    hash: hashOf(each.credential.id),
    weight: each.credential.weight ?? 1,
    at: index,
  }));
  return joined({
    options,
    strategy: strategies[strategy].amongKeys ? strategy : 'weighted',
    loose,
    hash: hashOf(before === 0 ? name : `${name} ${before}`),
    weight: deployment.weight ?? 1,
    at,
    place: hashOf(`back at ${name}`),
  });
}

function joined(parts: Omit<Fork, 'leaves' | 'hashes' | 'even' | 'turn' | 'parent'>): Fork {
  const [first] = parts.options;
  const even = parts.options.every(({ weight }) => weight > 0 && weight === first?.weight);
  const leaves = parts.options.flatMap((option) => (isLeaf(option) ? [option] : option.leaves));
  const hashes = Int32Array.from(parts.options.flatMap(({ hash: { high, low } }) => [high, low]));
  const fork: Fork = { ...parts, even, leaves, hashes, turn: 0 };
  for (const option of parts.options) option.parent = fork;
  return fork;
}

/** One or more. */
type Run = readonly [Rooted, ...Rooted[]];

/** Neighbours that are in the same group at this depth, or else are keys of the same place. */
function partsOf(run: readonly Rooted[], depth: number): readonly Run[] {
  const parts: [Rooted, ...Rooted[]][] = [];
  for (const rooted of run) {
    const last = parts.at(-1);
    if (last && areOne(last[0], rooted, depth)) last.push(rooted);
    else parts.push([rooted]);
  }
  return parts;
}

function areOne(one: Rooted, other: Rooted, depth: number): boolean {
  const [group, another] = [one.groups[depth], other.groups[depth]];
  if (group || another) return group === another;
  const [a, b] = [one.deployment, other.deployment];
  return a.provider === b.provider && a.model === b.model && a.weight === b.weight && a.parameters === b.parameters;
}

function everyFork(fork: Fork, holds: (fork: Fork) => boolean): boolean {
  return holds(fork) && fork.options.every((option) => isLeaf(option) || everyFork(option, holds));
}

function remembersAt({ strategy, loose }: Fork): boolean {
  return strategies[strategy].remembers && !loose;
}

/** Strategies that would choose otherwise from one moment to the next are those that remember what they chose. */
function isSteadyFork({ strategy, loose }: Fork): boolean {
  return !strategies[strategy].remembers && !loose;
}
