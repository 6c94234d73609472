import type { Entry, Hold } from './counters.ts';

/** An amount of an entry, booked on one account. Sums of postings are balances. */
export interface Posting {
  readonly account: string;
  readonly startsAtMs: number;
  /** When the balance can be forgotten. Undefined: never. */
  readonly keptUntilMs: number | undefined;
  readonly amount: bigint;
}

/** What is settled on an account in a window, or in a bucket of one. */
export interface Balance {
  readonly account: string;
  readonly startsAtMs: number;
  readonly keptUntilMs: number | undefined;
  readonly settled: bigint;
}

/** An entry and where it is booked. */
export interface PostedEntry {
  readonly entry: Entry;
  readonly postings: readonly Posting[];
}

/** What happened since the last batch. An entry ends the hold of its id. */
export interface JournalBatch {
  readonly entries: readonly PostedEntry[];
  /** Holds that began, or grew, and are still open. */
  readonly opened: readonly Hold[];
}

/** The durable side of the ledger. */
export interface LedgerJournal {
  /** Writes all of it or nothing, durably, in one transaction. An entry that is there already is left as it is, with its balances. */
  append(batch: JournalBatch): Promise<void>;
  /** Balances that still count, and holds that nobody ended. */
  load(nowMs: number): Promise<{ readonly balances: readonly Balance[]; readonly holds: readonly Hold[] }>;
}
