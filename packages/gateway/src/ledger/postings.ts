import type { Claim } from './counters.ts';
import type { Posting } from './journal.ts';
import { slotOf } from './window.ts';

/** Where the amounts of an entry are booked: on every account of its window claims, also nothing, so that a window that was used is known. */
export function postingsOf(claims: readonly Claim[], amounts: readonly bigint[], nowMs: number): readonly Posting[] {
  const postings: Posting[] = [];
  for (const [index, claim] of claims.entries()) {
    if (claim.kind !== 'window') continue;
    const { startsAtMs, keptUntilMs } = slotOf(claim.window, nowMs);
    postings.push({ account: claim.account, startsAtMs, keptUntilMs, amount: amounts[index] ?? 0n });
  }
  return postings;
}
