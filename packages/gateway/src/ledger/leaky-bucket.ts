import type { RateClaim } from './counters.ts';

/** What is in a bucket, and when that was so. It empties steadily. */
export interface Bucket {
  readonly content: number;
  readonly atMs: number;
}

export const emptyBucket: Bucket = { content: 0, atMs: 0 };

/** The bucket now. A clock that was set back empties nothing twice. */
export function leak({ content, atMs }: Bucket, { refill, refillMs }: RateClaim, nowMs: number): Bucket {
  if (nowMs <= atMs) return { content, atMs };
  return { content: Math.max(0, content - ((nowMs - atMs) * Number(refill)) / refillMs), atMs: nowMs };
}

/** Milliseconds until the claim fits: 0 when it does. What is larger than the bucket fits into an empty one. */
export function waitMsFor({ content, atMs }: Bucket, claim: RateClaim, nowMs: number): number {
  const { limit, amount, refill, refillMs } = claim;
  const room = Number(limit) - Math.min(Number(amount), Number(limit));
  if (content <= room + tolerance) return 0;
  return Math.max(0, atMs - nowMs) + ((content - room) * refillMs) / Number(refill);
}

/** Sums of fractions come out a little high or low; less than this of a request or token is nothing. */
const tolerance = 1e-6;

/** Takes an amount, or gives back a negative one. */
export function pour({ content, atMs }: Bucket, amount: bigint): Bucket {
  return { content: Math.max(0, content + Number(amount)), atMs };
}
