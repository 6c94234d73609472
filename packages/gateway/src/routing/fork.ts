import type { StrategyName } from '@turnpike/contract/config-models';
import type { Hash } from './affinity.ts';
import type { Deployment } from './plan.ts';

/** One of several that may be chosen. */
interface Option {
  /** Of its name among the others. */
  readonly hash: Hash;
  readonly weight: number;
  /** The choice that it is part of, and its number there. The root is part of none. */
  parent?: Fork;
  readonly at: number;
}

/** A choice. */
export interface Fork extends Option {
  readonly strategy: StrategyName;
  readonly options: readonly Node[];
  /** All that can be reached through it. */
  readonly leaves: readonly Leaf[];
  /** Each request is chosen for anew, whatever its session. */
  readonly loose: boolean;
  /** The hashes of the options' names, high and low by turns: side by side, because every new session looks at all of them. */
  readonly hashes: Int32Array;
  /** All weights are the same, and not 0. */
  readonly even: boolean;
  /** Whose turn it is, where that goes round: it changes with every new session. */
  turn: number;
  /** Set where the options are the keys of one model at one provider: a hash for the order in which sessions come back there. */
  readonly place?: Hash;
}

/** A deployment. */
export interface Leaf extends Option {
  readonly name: string;
  readonly deployment: Deployment;
}

export type Node = Fork | Leaf;

export function isLeaf(node: Node): node is Leaf {
  return 'deployment' in node;
}

/** Who can be reached through it. */
export function leavesOf(node: Node): readonly Leaf[] {
  return isLeaf(node) ? [node] : node.leaves;
}
