import type { Claim, Hold, Settlement } from './counters.ts';

/** What is reserved by a claim. */
export function reservedBy(claim: Claim): bigint {
  return claim.kind === 'window' || claim.kind === 'rate' ? claim.amount : 1n;
}

/** How a hold ends whose process died: what it had reserved is booked, for the provider may have billed it. */
export function lapsedSettlement(hold: Hold, nowMs: number): Settlement {
  return {
    hold,
    amounts: hold.claims.map(reservedBy),
    entry: { ...hold.ifLapsed, atMs: nowMs },
    keepRunning: false,
  };
}
