import type { StrategyName } from '@turnpike/contract/config-models';
import type { TargetGroup } from '../config/deployment.ts';
import { hashOf } from './affinity.ts';
import { deploymentName, placeName } from './deployment-name.ts';
import { type Columns, columnsOf, type Fork, isLeaf, type Leaf, leavesOf, type Node } from './fork.ts';
import type { Deployment, Plan } from './plan.ts';
import { strategies } from './strategies/registry.ts';

/**
 * A plan as a tree of choices, made once for each plan: forks among groups and places, and in each place with several keys a fork among them. All
 * that an order depends on beside the session is worked out here.
 */
export interface PlanTree {
  readonly root: Fork;
  readonly leaves: readonly Leaf[];
  readonly byName: ReadonlyMap<string, Leaf>;
  /** Some choice in it goes by where a session has been. */
  readonly remembers: boolean;
  /** A session always finds the same order. */
  readonly isSteady: boolean;
}

export function createPlanTree(plan: Plan): PlanTree {
  const root = rootOf(plan);
  const byName = new Map<string, Leaf>();
  for (const leaf of root.leaves) if (!byName.has(leaf.name)) byName.set(leaf.name, leaf);
  const isSteady =
    root.leaves.length > 1 && everyFork(root, ({ strategy, loose }) => !strategies[strategy].remembers && !loose);
  const remembers = !everyFork(root, ({ strategy, loose }) => !strategies[strategy].remembers || loose);
  return { root, leaves: root.leaves, byName, remembers, isSteady };
}

/** Where all of a plan is in one group, there is nothing to choose before it. */
function rootOf([first, ...others]: Plan): Fork {
  const part: Part = { run: [rootedOf(first), ...others.map(rootedOf)], at: 0, loose: false };
  const [outermost] = part.run[0].groups;
  const isAll = partsOf(part.run, 0).length === 1;
  return outermost && isAll ? forkOf(outermost, 1, part) : forkOf({ strategy: 'priority' }, 0, part);
}

/** A deployment and the groups that it is in, the outermost first. */
interface Rooted {
  readonly deployment: Deployment;
  readonly groups: readonly TargetGroup[];
}

function rootedOf(deployment: Deployment): Rooted {
  const groups: TargetGroup[] = [];
  for (let each = deployment.group; each; each = each.outer) groups.unshift(each);
  return { deployment, groups };
}

/** Neighbours that are one option, and where they stand. */
interface Part {
  readonly run: Run;
  readonly at: number;
  readonly loose: boolean;
}

/** `depth`: how many of their groups are around the choice, its own among them. */
function forkOf(group: TargetGroup, depth: number, { run, at, loose }: Part): Fork {
  const isLoose = loose || group.affinity === 'off';
  const names = new Map<string, number>();
  const options = partsOf(run, depth).map((part, index): Node => {
    const inner = part[0].groups[depth];
    const next = { run: part, at: index, loose: isLoose };
    return inner ? forkOf(inner, depth + 1, next) : placeOf(next, { strategy: group.strategy, names });
  });
  return joined({
    options,
    strategy: group.strategy,
    isPlace: false,
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
function placeOf({ run, at, loose }: Part, { strategy, names }: Around): Node {
  const [{ deployment }, ...others] = run;
  const name = placeName(deployment);
  const before = names.get(name) ?? 0;
  names.set(name, before + 1);
  const comeback = hashOf(`back at ${name}`);
  const own = { hash: hashOf(before === 0 ? name : `${name} ${before}`), weight: deployment.weight ?? 1, at };
  if (others.length === 0) return { ...own, name: deploymentName(deployment), deployment, comeback };
  const options = run.map(({ deployment: each }, index): Leaf => ({
    hash: hashOf(each.credential.id),
    weight: each.credential.weight ?? 1,
    at: index,
    name: deploymentName(each),
    deployment: each,
    comeback,
  }));
  return joined({
    ...own,
    options,
    strategy: strategies[strategy].amongKeys ? strategy : 'weighted',
    isPlace: true,
    loose,
  });
}

function joined(parts: Omit<Fork, 'leaves' | 'turn' | 'parent' | keyof Columns>): Fork {
  const fork: Fork = { ...parts, ...columnsOf(parts.options), leaves: parts.options.flatMap(leavesOf), turn: 0 };
  for (const option of parts.options) option.parent = fork;
  return fork;
}

/** One or more. */
type Run = readonly [Rooted, ...Rooted[]];

/** Neighbours that are in the same group at this depth, or else are keys of the same place. */
function partsOf(run: Run, depth: number): readonly Run[] {
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
