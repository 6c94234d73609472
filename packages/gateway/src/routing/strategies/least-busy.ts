import { rankByLeaves, type Strategy } from './strategy.ts';

/** Where the fewest requests run at this moment, for its weight. */
export const leastBusy: Strategy = {
  rank(fork, circumstances) {
    const pulses = circumstances.pulses(fork.leaves);
    return rankByLeaves(fork, fork.ranks, (from, to, at) => {
      let running = 0;
      for (let leaf = from; leaf < to; leaf += 1) running += pulses[leaf]?.inFlight ?? 0;
      return running / (fork.weights[at] ?? 1);
    });
  },
  remembers: true,
  amongKeys: true,
};
