import type { StrategyName } from '@turnpike/contract/config-models';
import { leastBusy } from './least-busy.ts';
import { lowestCost } from './lowest-cost.ts';
import { lowestLatency } from './lowest-latency.ts';
import { priority } from './priority.ts';
import { roundRobin } from './round-robin.ts';
import type { Strategy } from './strategy.ts';
import { weighted } from './weighted.ts';

/** Every way to choose among an alias's targets, by its name in the configuration. */
export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  priority,
  weighted,
  'round-robin': roundRobin,
  'least-busy': leastBusy,
  'lowest-latency': lowestLatency,
  'lowest-cost': lowestCost,
};
