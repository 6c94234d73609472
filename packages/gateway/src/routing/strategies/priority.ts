import type { Strategy } from './strategy.ts';

/** In the order in which they were written. */
export const priority: Strategy = (candidates) => candidates;
