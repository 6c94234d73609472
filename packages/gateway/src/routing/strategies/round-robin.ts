import type { Strategy } from './strategy.ts';

/** One after the other: whoever comes after the one that was chosen last. */
export const roundRobin: Strategy = {
  rank({ ranks, turn }) {
    for (let at = 0; at < ranks.length; at += 1) ranks[at] = at < turn ? at + ranks.length : at;
    return ranks;
  },
  remembers: true,
  amongKeys: true,
};
