import type { Balance, JournalBatch, LedgerJournal, PostedEntry } from '../../src/ledger/journal.ts';
import type { Hold } from '../../src/ledger/counters.ts';

/** A journal as durable as the test. */
export interface MemoryJournal extends LedgerJournal {
  readonly entries: ReadonlyMap<string, PostedEntry>;
  readonly holds: ReadonlyMap<string, Hold>;
  /** Makes writes fail until it is called with false. */
  refuse(on: boolean): void;
}

export function createMemoryJournal(): MemoryJournal {
  const entries = new Map<string, PostedEntry>();
  const holds = new Map<string, Hold>();
  let refusing = false;
  return {
    entries,
    holds,
    refuse: (on) => (refusing = on),
    async append(batch: JournalBatch) {
      if (refusing) throw new Error('the disk is full');
      for (const hold of batch.opened) holds.set(hold.id, hold);
      for (const posted of batch.entries) {
        if (!entries.has(posted.entry.id)) entries.set(posted.entry.id, posted);
        holds.delete(posted.entry.id);
      }
    },
    async load() {
      return { balances: balancesOf([...entries.values()]), holds: [...holds.values()] };
    },
  };
}

/** What entries add up to. */
export function balancesOf(entries: readonly PostedEntry[]): readonly Balance[] {
  const balances = new Map<string, Balance>();
  for (const { account, startsAtMs, keptUntilMs, amount } of entries.flatMap(({ postings }) => postings)) {
    const key = `${account}@${startsAtMs}`;
    const settled = (balances.get(key)?.settled ?? 0n) + amount;
    balances.set(key, { account, startsAtMs, settled, keptUntilMs });
  }
  return [...balances.values()];
}
