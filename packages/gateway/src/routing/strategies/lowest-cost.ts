import { type Leaf, leavesOf, type Node } from '../fork.ts';
import type { Circumstances, Strategy } from './strategy.ts';

/** Where tokens are cheapest for this caller. What has no price may cost anything, so it comes last. */
export const lowestCost: Strategy = {
  rank({ options }, { price }) {
    return (at) => {
      const option = options[at];
      return option && option.weight > 0 ? lowestOf(option, price) : Infinity;
    };
  },
  // Prices change by the hour or by hand, and a prompt cache is worth more than most differences.
  remembers: true,
  amongKeys: false,
};

function lowestOf(option: Node, price: Circumstances['price']): number {
  let lowest = Infinity;
  let before: Leaf | undefined;
  for (const leaf of leavesOf(option)) {
    // The keys of a place have one price.
    if (before?.parent !== leaf.parent || !before) lowest = Math.min(lowest, price(leaf.deployment) ?? Infinity);
    before = leaf;
  }
  return lowest;
}
