import type { ClaimState, RateClaim } from '../counters.ts';
import { type Bucket, emptyBucket, leak, pour, waitMsFor } from '../leaky-bucket.ts';

/** Rate limits' buckets. */
export interface Buckets {
  look(claim: RateClaim, nowMs: number): ClaimState;
  /** Takes an amount, or gives back a negative one. */
  pour(claim: RateClaim, amount: bigint, nowMs: number): void;
  /** Forgets buckets that are empty by now. */
  sweep(nowMs: number): void;
}

export function createBuckets(): Buckets {
  const buckets = new Map<string, { readonly bucket: Bucket; readonly emptyAtMs: number }>();
  const now = (claim: RateClaim, nowMs: number) =>
    leak(buckets.get(claim.account)?.bucket ?? emptyBucket, claim, nowMs);
  return {
    look(claim, nowMs) {
      const bucket = now(claim, nowMs);
      const waitMs = waitMsFor(bucket, claim, nowMs);
      return { fits: waitMs === 0, used: BigInt(Math.ceil(bucket.content)), held: 0n, waitMs };
    },
    pour(claim, amount, nowMs) {
      const bucket = pour(now(claim, nowMs), amount);
      const emptyAtMs = bucket.atMs + (bucket.content * claim.refillMs) / Number(claim.refill);
      buckets.set(claim.account, { bucket, emptyAtMs });
    },
    sweep(nowMs) {
      for (const [account, { emptyAtMs }] of buckets) if (emptyAtMs < nowMs) buckets.delete(account);
    },
  };
}
