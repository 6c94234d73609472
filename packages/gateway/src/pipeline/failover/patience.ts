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
  readonly deadline?: Deadline;
}

/** Until when somebody must have begun to answer, whoever it is. */
export interface Deadline {
  readonly leftMs: number;
  /** As it is configured. */
  readonly wholeMs: number;
}

/** What patience depends on beside the rules. */
interface PatienceParts {
  readonly snapshot: Pick<Snapshot, 'limits'>;
  /** Whether two deployments may be asked at once. Absent: they may not. */
  mayHedge?(): boolean;
}

/** What the rules come to for one attempt. `leftMs`: of the deadline. `isLast`: there is nobody to try in its place. */
export function patienceFor(
  { firstByteMs, firstTokenMs, hedgeAfterMs, deadlineMs }: FailoverRules,
  { snapshot: { limits }, mayHedge }: PatienceParts,
  { leftMs, isLast }: { readonly leftMs: number; readonly isLast: boolean },
): Patience {
  // The head has a deadline of its own, and as long again may pass until the answer begins: signs of life alone would keep it forever.
  const longestMs = 2 * limits.headersTimeoutMs;
  return {
    streamMs: firstTokenMs ?? longestMs,
    wholeMs: longestMs,
    ...(isLast ? {} : { headMs: firstByteMs }),
    ...(hedgeAfterMs !== undefined && mayHedge?.() === true ? { hedgeAfterMs } : {}),
    ...(deadlineMs === undefined ? {} : { deadline: { leftMs, wholeMs: deadlineMs } }),
  };
}

/** The same for whoever is asked beside one that is slow. */
export function patienceBeside({ deadline, ...patience }: Patience): Patience {
  if (!deadline) return patience;
  return { ...patience, deadline: { ...deadline, leftMs: deadline.leftMs - (patience.hedgeAfterMs ?? 0) } };
}
