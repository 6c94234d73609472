import type { Strategy } from './strategy.ts';

/** In the order in which they were written. */
export const priority: Strategy = { rank: () => (at) => at, remembers: false, amongKeys: false };
