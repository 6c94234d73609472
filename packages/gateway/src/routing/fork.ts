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
export interface Fork extends Option, Columns {
  readonly strategy: StrategyName;
  readonly options: readonly Node[];
  /** The options are the keys of one model at one provider. */
  readonly isPlace: boolean;
  /** All that can be reached through it, option by option. */
  readonly leaves: readonly Leaf[];
  /** Each request is chosen for anew, whatever its session. */
  readonly loose: boolean;
  /** Whose turn it is, where that goes round: it changes with every new session. */
  turn: number;
}

/** What a choice goes by, side by side and option by option, because every new session looks at all of them. */
export interface Columns {
  /** The hashes of the options' names, high and low by turns. */
  readonly hashes: Int32Array;
  readonly weights: Float64Array;
  /** How many of the fork's leaves come before the end of each option. */
  readonly leafEnds: Int32Array;
  /** For a strategy to write down how it likes each option: it holds until the next one does. */
  readonly ranks: Float64Array;
}

/** A deployment. */
export interface Leaf extends Option {
  readonly name: string;
  readonly deployment: Deployment;
  /** A hash for the order in which sessions come back, the same for all keys of a model at a provider. */
  readonly comeback: Hash;
}

export type Node = Fork | Leaf;

export function isLeaf(node: Node): node is Leaf {
  return 'deployment' in node;
}

/** Who can be reached through it. */
export function leavesOf(node: Node): readonly Leaf[] {
  return isLeaf(node) ? [node] : node.leaves;
}

/** The columns of a fork with these options. */
export function columnsOf(options: readonly Node[]): Columns {
  let count = 0;
  return {
    hashes: Int32Array.from(options.flatMap(({ hash: { high, low } }) => [high, low])),
    weights: Float64Array.from(options, ({ weight }) => weight),
    leafEnds: Int32Array.from(options, (option) => (count += leavesOf(option).length)),
    ranks: new Float64Array(options.length),
  };
}
