import type { Clock } from '../core/clock.ts';

/**
 * How many further attempts all exchanges together may make, so that an outage does not multiply the load of what is left. Each provider has its
 * own: the outage of one uses up nobody else's.
 */
export interface RetryBudget {
  /** An exchange makes its first attempt, at this provider. */
  earn(provider: string): void;
  /** Whether an exchange may make another attempt, anywhere, because this provider has failed it or is slow. */
  spend(provider: string): boolean;
}

/** So many further attempts for each first one, */
const share = 0.2;
/** and so many in any second, for those who ask seldom; saved up to the burst. */
const perSecond = 5;
const burst = 100;

interface Savings {
  saved: number;
  atMs: number;
}

export function createRetryBudget(clock: Clock): RetryBudget {
  /** By provider: as many as were ever configured. */
  const all = new Map<string, Savings>();

  function refilled(provider: string, more: number): Savings {
    const nowMs = clock.monotonicMs();
    const savings = all.get(provider) ?? { saved: burst, atMs: nowMs };
    savings.saved = Math.min(burst, savings.saved + more + (perSecond * (nowMs - savings.atMs)) / 1000);
    savings.atMs = nowMs;
    all.set(provider, savings);
    return savings;
  }

  return {
    earn: (provider) => void refilled(provider, share),
    spend(provider) {
      const savings = refilled(provider, 0);
      if (savings.saved < 1) return false;
      savings.saved -= 1;
      return true;
    },
  };
}
