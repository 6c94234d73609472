import type { MaybePromise } from './counters.ts';
import type { Actual, Attempt, Estimate } from './request.ts';
import type { CountersRefusal, Refusal, Standing } from './refusal.ts';

/** Room for one attempt. It must be settled, or closed with its tab; if the process dies, it is settled at its estimate. */
export interface Reservation {
  readonly refused?: undefined;
  /** Reserves more while an answer grows; the whole new estimate, not the difference. A refusal leaves all as it was. */
  topUp(estimate: Estimate): MaybePromise<Refusal | CountersRefusal | undefined>;
  /** Books what the attempt has cost and lets go of the rest. Only the first call counts. Never fails. */
  settle(actual: Actual): MaybePromise<void>;
}

/** A limit that would have refused, were it not in shadow mode. */
export type Shadowed = Pick<Refusal, 'limitId' | 'limitName' | 'owner' | 'unit' | 'kind'>;

/** What one exchange owes, over all of its attempts. Opened before the first, closed in the exchange's `finally`. */
export interface Tab {
  /**
   * Reserves for an attempt, or says why not. Budgets and token rates are claimed by every attempt; request rates,
   * concurrency and sessions once. Waits where a limit says so (`queue_s`), at most until `signal` aborts.
   */
  reserve(attempt: Attempt, signal?: AbortSignal): MaybePromise<Reservation | Refusal | CountersRefusal>;
  /** Settles the oldest open reservation, without `actual` at its estimate, and all others at theirs; ends what runs. Never fails. */
  close(actual?: Actual): MaybePromise<void>;
  /** How the limits stood when last asked, for response headers. */
  standings(): readonly Standing[];
  /** Limits in shadow mode that would have refused. */
  shadowed(): readonly Shadowed[];
  /** How long it waited for room, in milliseconds. */
  waitedMs(): number;
}
