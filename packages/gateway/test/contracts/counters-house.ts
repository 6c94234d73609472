import type { Counters } from '../../src/ledger/counters.ts';
import type { PostedEntry } from '../../src/ledger/journal.ts';

/** Counters of some kind, with the processes that share them and the store behind. */
export interface CountersHouse {
  /** The counters of the process that lives now. */
  counters(): Counters;
  /** Kills that process, holds and all, and starts another, which finds what was left. */
  crash(nowMs: number): Promise<void>;
  /** Everything that has reached the store, after all that can has. */
  entries(): Promise<readonly PostedEntry[]>;
  /** How many holds are kept that nobody has ended. */
  openHolds(): Promise<number>;
  close(): Promise<void>;
}

export type OpenCountersHouse = (nowMs: number) => Promise<CountersHouse>;
