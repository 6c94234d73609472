import type { Lane, LossRecord, RequestKind, SkippedRecord, RestReason } from './exchange-record.ts';
import type { FailureCode } from './failure-codes.ts';
import type { RouteRecord } from './route-record.ts';

/** Where a request would go just now, and why. In the words of records; nothing was sent, counted or kept. */
export interface RouteExplanation {
  /** What was understood of the request. */
  readonly request: {
    readonly model?: string;
    readonly dialect: string;
    readonly agent: string;
    readonly session?: string;
    readonly requestKind?: RequestKind;
    readonly bodyBytes?: number;
  };
  /** Whose request it would be. Absent: of somebody who may not ask at all. */
  readonly caller?: {
    readonly name: string;
    readonly key?: string;
    readonly user?: string;
    readonly team?: string;
    readonly organization?: string;
    readonly tags?: readonly string[];
  };
  /** Absent where there was nothing to decide. */
  readonly route?: RouteRecord;
  /** Who would come earlier, were they well. */
  readonly skipped: readonly SkippedRecord[];
  /** Who would be tried, in order, also those who come after the one that is expected to answer. At most `maxForeseen` for each name that is tried. */
  readonly attempts: readonly ForeseenAttempt[];
  /** How many more there would be. */
  readonly attemptsMore?: number;
  /** Ids of limits in shadow mode that would refuse it. */
  readonly shadowed?: readonly string[];
  /** About how long it would wait for room under a rate limit. */
  readonly waitsMs?: number;
  readonly outcome: ForeseenOutcome;
}

/** More are never tried for one request. */
export const maxForeseen = 20;

/** What is known of an attempt before it is made. */
export interface ForeseenAttempt {
  readonly provider: string;
  readonly model: string;
  readonly credential: string;
  /** Absent: it is well. */
  readonly health?: {
    readonly state: 'recovering' | 'resting';
    readonly why: RestReason;
    /** Milliseconds since 1970. */
    readonly untilMs?: number;
  };
  readonly lane?: Lane;
  /** What its dialect could not say of the request. */
  readonly losses?: readonly LossRecord[];
  readonly cost?: ForeseenCost;
  /** The longest answer that a budget has room for. */
  readonly maxOutputTokens?: number;
  /** Why nothing would be sent there. */
  readonly failure?: { readonly code: FailureCode; readonly message: string };
}

/** Money in nano-dollars; absent where the price is unknown. */
export interface ForeseenCost {
  readonly likelyInputTokens: number;
  /** What it will hardly exceed, without what is read from a cache. */
  readonly likelyNanoDollars?: string;
  /** What budgets set aside for it. */
  readonly mostNanoDollars?: string;
}

/** `sent`: to the first who may have it; if that fails, to the next. `refused`: with this. */
export type ForeseenOutcome =
  | { readonly result: 'sent'; readonly provider: string; readonly model: string; readonly credential: string }
  | { readonly result: 'refused'; readonly code: FailureCode; readonly message: string; readonly status: number };
