import type { Fork } from '../fork.ts';
import { type PriceOf, rankByLeaves, type Ranks, type Strategy } from './strategy.ts';

/** Where tokens are cheapest for this caller. What has no price may cost anything, so it comes last. */
export const lowestCost: Strategy = {
  rank: (fork, { price, ranksByPrice }) => ranksByPrice.of(price, fork, () => ranksBy(price, fork)),
  // Prices change by the hour or by hand, and a prompt cache is worth more than most differences.
  remembers: true,
  amongKeys: false,
};

function ranksBy(price: PriceOf, fork: Fork): Ranks {
  const prices = fork.leaves.map(({ deployment }) => price(deployment) ?? Infinity);
  return rankByLeaves(fork, new Float64Array(fork.options.length), (from, to) => Math.min(...prices.slice(from, to)));
}
