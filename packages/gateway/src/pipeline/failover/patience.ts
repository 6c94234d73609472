import type { FailoverRules } from '../../config/build-failover.ts';
import type { Snapshot } from '../../config/snapshot.ts';

/** How long an answer may take to begin, in milliseconds. */
export interface Patience {
  /** Where it streams, and where it comes as a whole. */
  readonly streamMs: number;
  readonly wholeMs: number;
  /** Until the head of one that streams. Absent: no less than for the rest. */
  readonly headMs?: number;
  /** When another deployment is asked beside one that streams. */
  readonly hedgeAfterMs?: number;
}

/** What patience depends on beside the rules. */
interface PatienceParts {
  readonly snapshot: Pick<Snapshot, 'limits'>;
  /** Whether two deployments may be asked at once. Absent: they may not. */
  mayHedge?(): boolean;
}

/** What the rules come to for one attempt. `leftMs`: of the deadline. `isLast`: there is nobody to try in its place. */
export function patienceFor(
  { firstByteMs, firstTokenMs, hedgeAfterMs }: FailoverRules,
  { snapshot: { limits }, mayHedge }: PatienceParts,
  { leftMs, isLast }: { readonly leftMs: number; readonly isLast: boolean },
): Patience {
  // The head has a deadline of its own, and as long again may pass until the answer begins: signs of life alone would keep it forever.
  const longestMs = 2 * limits.headersTimeoutMs;
  return {
    streamMs: Math.min(firstTokenMs ?? longestMs, leftMs),
    wholeMs: Math.min(longestMs, leftMs),
    ...(isLast ? {} : { headMs: firstByteMs }),
    ...(hedgeAfterMs !== undefined && mayHedge?.() === true ? { hedgeAfterMs } : {}),
  };
}
