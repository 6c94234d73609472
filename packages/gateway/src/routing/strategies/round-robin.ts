import type { Strategy } from './strategy.ts';

/** One after the other: whoever comes after the one that was chosen last. */
export const roundRobin: Strategy = {
  rank({ options, turn }) {
    const count = options.length;
    return (at) => (at - turn + count) % count;
  },
  remembers: true,
  amongKeys: true,
};
