import type { PairMemo } from '../../core/memo.ts';
import type { Hash } from '../affinity.ts';
import type { Fork, Leaf } from '../fork.ts';
import type { Deployment } from '../plan.ts';
import type { Pulse } from '../vitals.ts';

/** What a choice may depend on, beside its options. */
export interface Circumstances {
  /** Whose choice it is: the same session has the same one. */
  readonly seed: Hash;
  /** How deployments do, in their order. Undefined: nothing is known. */
  pulses(leaves: readonly Leaf[]): readonly (Pulse | undefined)[];
  /** The clock of pulses. */
  monotonicMs(): number;
  readonly price: PriceOf;
  /** What was worked out from prices, for whoever has the same ones. */
  readonly ranksByPrice: PairMemo<PriceOf, Fork, Ranks>;
}

/** What a deployment costs the caller now, for comparison. Undefined: nobody knows. Where it is the same function, prices are the same. */
export type PriceOf = (deployment: Deployment) => number | undefined;

/** How each option of a fork is liked: the least is tried first. */
export type Ranks = Float64Array;

/** A way to choose among options. Those that it finds equally good are shared out by weight, each session in its own order. */
export interface Strategy {
  /** How it likes the options, for instance in the fork's own `ranks`. Absent or undefined: all are equally good. */
  rank?(fork: Fork, circumstances: Circumstances): Ranks | undefined;
  /** It would choose otherwise from one moment to the next, so it decides for new sessions only: others stay where they have been. */
  readonly remembers: boolean;
  /** It chooses among the keys of a target, too. Else they are shared out by weight. */
  readonly amongKeys: boolean;
}

/** Likes each option by the leaves that it leads to, from one to before another. What has no weight is for when nobody else is left. */
export function rankByLeaves(
  fork: Fork,
  ranks: Ranks,
  rankOf: (from: number, to: number, at: number) => number,
): Ranks {
  const { leafEnds, weights } = fork;
  let from = 0;
  for (let at = 0; at < ranks.length; at += 1) {
    const to = leafEnds[at] ?? from;
    ranks[at] = (weights[at] ?? 0) > 0 ? rankOf(from, to, at) : Infinity;
    from = to;
  }
  return ranks;
}
