import { leavesOf, type Node } from '../fork.ts';
import type { Circumstances, Strategy } from './strategy.ts';

/** Where the fewest requests run at this moment, for its weight. */
export const leastBusy: Strategy = {
  rank({ options }, { inFlight }) {
    return (at) => {
      const option = options[at];
      // What has no weight is for when nobody else is left.
      return option && option.weight > 0 ? running(option, inFlight) / option.weight : Infinity;
    };
  },
  remembers: true,
  amongKeys: true,
};

function running(option: Node, inFlight: Circumstances['inFlight']): number {
  let sum = 0;
  for (const { name } of leavesOf(option)) sum += inFlight(name);
  return sum;
}
