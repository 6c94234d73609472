import type { Claim } from './counters.ts';
import type { Posting } from './journal.ts';
import { slotOf } from './window.ts';

/** Where the amounts of an entry are booked: on every account of its window claims, also nothing, so that a window that was used is known. */
export function postingsOf(claims: readonly Claim[], amounts: readonly bigint[], nowMs: number): readonly Posting[] {
  return claims.flatMap((claim, index) => {
    if (claim.kind !== 'window') return [];
    return [{ account: claim.account, ...slotOf(claim.window, nowMs), amount: amounts[index] ?? 0n }];
  });
}
