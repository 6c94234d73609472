import type { Window } from './window.ts';

/** Synchronous where the counters are in this process, so that they cost nothing there. */
export type MaybePromise<T> = T | Promise<T>;

/** What limits count. Money is in nano-dollars. */
export const units = [
  'nano-dollars',
  'tokens',
  'input-tokens',
  'output-tokens',
  'requests',
  'concurrent-requests',
  'concurrent-sessions',
] as const;

/** What a limit counts. */
export type Unit = (typeof units)[number];

interface ClaimBase {
  /** Which account it is made on. Unique for a limit, its unit, its kind of window and its `per`. */
  readonly account: string;
  readonly unit: Unit;
  readonly limit: bigint;
  /** False: counted, but it refuses nothing (shadow mode). */
  readonly enforced: boolean;
}

/** Part of a budget: fits while settled + held + amount <= limit. */
export interface WindowClaim extends ClaimBase {
  readonly kind: 'window';
  readonly window: Window;
  readonly amount: bigint;
}

/**
 * Part of a rate: a bucket of `limit` that empties by `refill` in `refillMs` (GCRA, said as a leaky bucket).
 * An amount larger than the bucket fits when the bucket is empty, and is paid off afterwards.
 */
export interface RateClaim extends ClaimBase {
  readonly kind: 'rate';
  readonly refill: bigint;
  readonly refillMs: number;
  readonly amount: bigint;
}

/** One of the requests that may run at the same time. Held until its hold is settled, or longer. */
export interface RunningClaim extends ClaimBase {
  readonly kind: 'running';
  /** Of the exchange, not of the attempt: it may stay for the next attempt. */
  readonly carried: boolean;
}

/** One of the sessions that may be active. It is until `idleMs` after it was last claimed. */
export interface SessionClaim extends ClaimBase {
  readonly kind: 'session';
  readonly session: string;
  readonly idleMs: number;
}

/** What one request takes of one limit. */
export type Claim = WindowClaim | RateClaim | RunningClaim | SessionClaim;

/** Who pays, as entries keep it. */
export interface EntryPayer {
  readonly key?: string;
  readonly user?: string;
  readonly team?: string;
  readonly organization?: string;
  readonly tags: readonly string[];
}

/** What an attempt at an answer cost: a line of the ledger, never changed. */
export interface Entry {
  readonly id: string;
  readonly payer: EntryPayer;
  readonly exchangeId: string;
  /** When it was settled, milliseconds since 1970. */
  readonly atMs: number;
  readonly modelAsked: string;
  readonly provider: string;
  readonly model: string;
  /** Undefined: the price is not known. */
  readonly nanoDollars: bigint | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The provider did not report: we counted ourselves. */
  readonly estimated: boolean;
  /** More was billed than had been reserved. */
  readonly overdraft: boolean;
  /** `lapsed`: its replica died, so the estimate was booked. `correction`: what a lapsed one truly cost, less the estimate. */
  readonly kind: 'actual' | 'lapsed' | 'correction';
}

/** What is reserved for an attempt until it is settled. It carries the entry to book if nobody settles it. */
export interface Hold {
  readonly id: string;
  readonly claims: readonly Claim[];
  readonly ifLapsed: Entry;
}

/** How a claim stands, after the claim if it was granted. */
export interface ClaimState {
  /** Whether it fitted, also where it is not enforced. */
  readonly fits: boolean;
  /** Settled money or tokens, the bucket's content, requests or sessions. */
  readonly used: bigint;
  /** Reserved and not yet settled. Only of windows. */
  readonly held: bigint;
  /** Milliseconds until it may fit, where the counters know: of rates, sessions and rolling windows. */
  readonly waitMs?: number;
}

/** All claims were granted, or none was. States are in the order of the claims. */
export interface Verdict {
  readonly granted: boolean;
  readonly states: readonly ClaimState[];
}

/** The end of a hold. */
export interface Settlement {
  readonly hold: Hold;
  /** What is booked, claim by claim. Where nothing can differ (running, session) it is ignored. */
  readonly amounts: readonly bigint[];
  readonly entry: Entry;
  /** Carried running claims stay until `release`: another attempt of the same exchange may follow. */
  readonly keepRunning: boolean;
}

/**
 * Counts what is reserved and settled, for one process or for many. Every operation is atomic over all of its claims.
 * Rejects with `CountersUnreachable` where the counters cannot be asked.
 */
export interface Counters {
  /** Whether other processes count here too: then room may come without this process knowing. */
  readonly shared: boolean;
  /** Grants all claims or none. Claims that are not enforced never refuse. */
  reserve(hold: Hold, nowMs: number): MaybePromise<Verdict>;
  /** Makes the window claims of a hold as large as those of `larger`, the same hold later. All or none. */
  extend(larger: Hold, nowMs: number): MaybePromise<Verdict>;
  /**
   * Ends a hold and books its entry; doing so twice does nothing. Gives how the claims stand afterwards, or undefined where it had been done before.
   * A hold that is not known, because the counters lost it, is booked in full.
   */
  settle(settlement: Settlement, nowMs: number): MaybePromise<readonly ClaimState[] | undefined>;
  /** Lets go of the running claims that `keepRunning` left. */
  release(hold: Hold, nowMs: number): MaybePromise<void>;
  /** How claims stand, without claiming. */
  read(claims: readonly Claim[], nowMs: number): MaybePromise<readonly ClaimState[]>;
  /** Writes what is still waiting and ends. */
  close(): Promise<void>;
}

/** The counters could not be asked, or did not answer in time. */
export class CountersUnreachable extends Error {
  override readonly name = 'CountersUnreachable';
}
