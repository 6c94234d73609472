import { hashOf, unitOf } from '../affinity.ts';
import { leavesOf, type Node } from '../fork.ts';
import type { VitalSigns } from '../vitals.ts';
import type { Circumstances, Strategy } from './strategy.ts';

/** What an answer of an agent's step is taken to have. */
const expectedTokens = 500;
/** For answers that were too short to measure their speed. */
const usualTokensPerSecond = 50;
/** This much slower is as good: it keeps all sessions from going to whoever was quickest by chance. */
const asGood = Math.log(1.2);
/** So many sessions go anywhere, by weight, so that whoever has become faster is noticed. */
const exploring = 0.05;

const byChance = hashOf('explores');

/**
 * Where an answer is expected to be whole the soonest, by the time to its first token and its tokens per second. Whoever was not measured lately is
 * tried first, by one request at a time.
 */
export const lowestLatency: Strategy = {
  rank({ options }, { seed, vitals }) {
    if (unitOf(seed, byChance) < exploring) return () => 0;
    return (at) => {
      const option = options[at];
      return option && option.weight > 0 ? rankOf(option, vitals) : Infinity;
    };
  },
  remembers: true,
  amongKeys: false,
};

/** By the best of those that an option leads to, in steps of what is as good. */
function rankOf(option: Node, vitals: Circumstances['vitals']): number {
  let best = Infinity;
  let running = 0;
  for (const { name } of leavesOf(option)) {
    const signs = vitals(name);
    if (!signs) continue;
    running += signs.inFlight;
    best = Math.min(best, answerMs(signs));
  }
  if (best < Infinity) return Math.round(Math.log(best) / asGood);
  // Nobody else need wait while it is being measured.
  return running === 0 ? -Infinity : Number.MAX_VALUE;
}

function answerMs({ firstTokenMs, tokensPerSecond }: VitalSigns): number {
  if (firstTokenMs === undefined && tokensPerSecond === undefined) return Infinity;
  return 1 + (firstTokenMs ?? 0) + (expectedTokens * 1000) / (tokensPerSecond ?? usualTokensPerSecond);
}
