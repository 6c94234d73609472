import type { Clock } from '../core/clock.ts';

/**
 * How often a provider may be asked beyond once by each request that has reason to: again in the same request, beside it or although it rests. All
 * exchanges together share it, so that an outage does not multiply the load of whoever is in trouble. Each provider has its own.
 */
export interface RetryBudget {
  /** An exchange asks this provider for the first time, and it does not rest. */
  earn(provider: string): void;
  /** Whether the provider may be asked once more than that. */
  spend(provider: string): boolean;
}

/** So many further attempts for each first one of an exchange, */
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
