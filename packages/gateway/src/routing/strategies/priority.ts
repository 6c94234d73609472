import type { Strategy } from './strategy.ts';

/** In the order in which they were written. */
export const priority: Strategy = {
  rank: ({ ranks }) => ranks.map((_, at) => at),
  remembers: false,
  amongKeys: false,
};
