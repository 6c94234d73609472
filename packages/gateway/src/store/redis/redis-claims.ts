import type { Claim } from '../../ledger/counters.ts';
import { oldestBucketMs, slotOf } from '../../ledger/window.ts';

/** Keys live so much longer than what they count, so that a hold that lasts past the end of its window still finds them. */
const spareMs = 86_400_000;

/** A claim in the ten words that the scripts read: kind, enforced, limit, amount, booked, carried, x, y, z, slot. */
export function claimWords(claim: Claim, booked: bigint, nowMs: number): readonly string[] {
  const enforced = claim.enforced ? '1' : '0';
  const limit = claim.limit.toString();
  switch (claim.kind) {
    case 'window': {
      const slot = slotOf(claim.window, nowMs);
      const keep = keptForMs(slot.keptUntilMs, nowMs);
      const amounts = [enforced, limit, claim.amount.toString(), booked.toString(), '0'];
      if (claim.window.kind === 'calendar') return ['w', ...amounts, keep, '', '', ''];
      const from = String(oldestBucketMs(claim.window, nowMs));
      const freeAfter = String(claim.window.bucketMs + claim.window.lengthMs);
      return ['r', ...amounts, from, freeAfter, keep, String(slot.startsAtMs)];
    }
    case 'rate': {
      const { amount, refill, refillMs } = claim;
      return ['b', enforced, limit, String(amount), String(booked), '0', String(refill), String(refillMs), '', ''];
    }
    case 'running':
      return ['c', enforced, limit, '1', '0', claim.carried ? '1' : '0', '', '', '', ''];
    default:
      return ['s', enforced, limit, '1', '0', '0', claim.session, String(claim.idleMs), '', ''];
  }
}

/** For how long a key is kept; 0 is forever. */
export function keptForMs(keptUntilMs: number | undefined, nowMs: number): string {
  return keptUntilMs === undefined ? '0' : String(Math.max(1, Math.ceil(keptUntilMs - nowMs)) + spareMs);
}
