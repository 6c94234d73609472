import type { Strategy } from './strategy.ts';

/** Sessions are shared out by weight, and each stays where it is. */
export const weighted: Strategy = { remembers: false, amongKeys: false };
