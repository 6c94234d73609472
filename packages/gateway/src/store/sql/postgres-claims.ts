import type { Claim } from '../../ledger/counters.ts';
import { reservedBy } from '../../ledger/lapsed.ts';
import { oldestBucketMs, slotOf } from '../../ledger/window.ts';

/**
 * Claims as the functions of `ledger-functions.ts` read them. n: account, k: kind (w calendar window, r rolling window, b bucket of a rate,
 * c concurrent requests, s sessions), e: enforced, l: limit, a: amount, b: booked.
 */
export function claimsText(claims: readonly Claim[], amounts: readonly bigint[], nowMs: number): string {
  return JSON.stringify(
    claims.map((claim, index) => ({
      n: claim.account,
      e: claim.enforced ? '1' : '0',
      l: claim.limit.toString(),
      a: reservedBy(claim).toString(),
      b: (amounts[index] ?? 0n).toString(),
      ...detailsOf(claim, nowMs),
    })),
  );
}

/** s: start of the window, u: kept until, f: from, w: free after, r: refill, m: its milliseconds, c: carried, x: session, d: idle after. */
function detailsOf(claim: Claim, nowMs: number) {
  switch (claim.kind) {
    case 'window': {
      const { window } = claim;
      if (window.kind === 'rolling')
        return { k: 'r', f: oldestBucketMs(window, nowMs), w: window.bucketMs + window.lengthMs };
      const { startsAtMs, keptUntilMs } = slotOf(window, nowMs);
      return { k: 'w', s: startsAtMs, u: keptUntilMs ?? null };
    }
    case 'rate':
      return { k: 'b', r: claim.refill.toString(), m: claim.refillMs };
    case 'running':
      return { k: 'c', c: claim.carried ? '1' : '0' };
    default:
      return { k: 's', x: claim.session, d: claim.idleMs };
  }
}
