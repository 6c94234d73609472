import type { Clock } from '../core/clock.ts';

/** How many further attempts all exchanges together may make, so that an outage does not multiply the load of what is left. */
export interface RetryBudget {
  /** An exchange makes its first attempt. */
  earn(): void;
  /** Whether it may make another one because a provider has failed it. */
  spend(): boolean;
}

/** So many further attempts for each first one, */
const share = 0.2;
/** and so many in any second, for those who ask seldom; saved up to the burst. */
const perSecond = 5;
const burst = 100;

export function createRetryBudget(clock: Clock): RetryBudget {
  let saved = burst;
  let atMs = clock.monotonicMs();

  function refill(more: number): void {
    const nowMs = clock.monotonicMs();
    saved = Math.min(burst, saved + more + (perSecond * (nowMs - atMs)) / 1000);
    atMs = nowMs;
  }

  return {
    earn: () => refill(share),
    spend() {
      refill(0);
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
  };
}
