import { hashOf, unitOf } from '../affinity.ts';
import { meanAt, type Pulse } from '../vitals.ts';
import { rankByLeaves, type Ranks, type Strategy } from './strategy.ts';

/** What an answer of an agent's step is taken to have. */
const expectedTokens = 500;
/** For answers that were too short to measure their speed. */
const usualTokensPerSecond = 50;
/** So many times as slow as the best is as good: it keeps all sessions from going to whoever was quickest by chance. */
const asGood = 1.2;
/** So many sessions go anywhere, by weight, so that whoever has become faster is noticed. */
const exploring = 0.05;

const byChance = hashOf('explores');

/**
 * Where an answer is expected to be whole the soonest, by the time to its first token and its tokens per second. Whoever was not measured lately is
 * tried first, by one request at a time.
 */
export const lowestLatency: Strategy = {
  rank(fork, { seed, pulses, monotonicMs }) {
    if (unitOf(seed, byChance) < exploring) return undefined;
    const all = pulses(fork.leaves);
    const nowMs = monotonicMs();
    return withEquals(rankByLeaves(fork, fork.ranks, (from, to) => soonest(all, from, to, nowMs)));
  },
  remembers: true,
  amongKeys: false,
};

/** When the best of those that an option leads to would have answered. */
function soonest(pulses: readonly (Pulse | undefined)[], from: number, to: number, nowMs: number): number {
  let best = Infinity;
  let running = 0;
  for (let leaf = from; leaf < to; leaf += 1) {
    const pulse = pulses[leaf];
    if (!pulse) continue;
    running += pulse.inFlight;
    best = Math.min(best, answerMs(pulse, nowMs));
  }
  if (best < Infinity) return best;
  // Nobody else need wait while it is being measured.
  return running === 0 ? untested : Number.MAX_VALUE;
}

/** Before everybody who is measured. */
const untested = -1;

function answerMs({ firstTokenMs, tokensPerSecond }: Pulse, nowMs: number): number {
  const [first, speed] = [meanAt(firstTokenMs, nowMs), meanAt(tokensPerSecond, nowMs)];
  if (first === undefined && speed === undefined) return Infinity;
  return (first ?? 0) + (expectedTokens * 1000) / (speed ?? usualTokensPerSecond);
}

/** The best and all that are as good have the same rank. */
function withEquals(ranks: Ranks): Ranks {
  let best = Infinity;
  for (const rank of ranks) if (rank >= 0 && rank < best) best = rank;
  for (let at = 0; at < ranks.length; at += 1) if (isAsGood(ranks[at] ?? 0, best)) ranks[at] = 0;
  return ranks;
}

function isAsGood(rank: number, best: number): boolean {
  return rank >= 0 && rank <= best * asGood;
}
