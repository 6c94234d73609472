import { expect } from 'vitest';
import { createJournalWriter } from '../../src/ledger/journal-writer.ts';
import { createMemoryCounters } from '../../src/ledger/memory/memory-counters.ts';
import { createMemoryJournal } from '../kit/memory-journal.ts';
import { describeCounters } from './counters-contract.ts';
import { itKeepsTrees } from './ledger-trees.ts';
import type { CountersHouse } from './counters-house.ts';

/** A process that dies after its last group of entries was written. */
async function openHouse(nowMs: number): Promise<CountersHouse> {
  const journal = createMemoryJournal();
  const start = async (atMs: number) => {
    const writer = createJournalWriter({ journal, onError: (error) => expect.unreachable(String(error)) });
    const { balances, holds } = await journal.load(atMs);
    return { writer, counters: createMemoryCounters({ journal: writer, balances, lapsed: holds, nowMs: atMs }) };
  };
  let process = await start(nowMs);
  return {
    counters: () => process.counters,
    async crash(atMs) {
      await process.writer.close();
      process = await start(atMs);
    },
    async entries() {
      await process.writer.close();
      return [...journal.entries.values()];
    },
    async openHolds() {
      await process.writer.close();
      return journal.holds.size;
    },
    close: () => process.writer.close(),
  };
}

describeCounters(openHouse, 100);
itKeepsTrees(openHouse, 100);
