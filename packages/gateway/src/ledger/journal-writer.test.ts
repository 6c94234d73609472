import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actualOf, ann, attemptOf, granted, openTestLedger } from '../../test/kit/ledger.ts';
import { createMemoryJournal } from '../../test/kit/memory-journal.ts';
import { createJournalWriter } from './journal-writer.ts';
import { createMemoryCounters } from './memory/memory-counters.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function openJournaled() {
  const journal = createMemoryJournal();
  const append = vi.spyOn(journal, 'append');
  const errors: unknown[] = [];
  const writer = createJournalWriter({ journal, onError: (error) => errors.push(error) });
  const counters = createMemoryCounters({ journal: writer, nowMs: 0 });
  const { ledger } = openTestLedger({ budgets: [{ id: 'daily', dollars: 10 }] }, counters);
  const reserve = async () => {
    const tab = ledger.open({ payer: ann, exchangeId: 'req_1' });
    granted(await tab.reserve(attemptOf(1)));
    return tab;
  };
  return { journal, append, errors, writer, reserve };
}

describe('the journal', () => {
  it('is written in groups, and of what ended within one only the entries', async () => {
    const { journal, append, reserve } = openJournaled();
    const open = await reserve();
    for (let count = 0; count < 20; count += 1) await (await reserve()).close(actualOf(0.1));
    expect(append).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(5);
    expect(append).toHaveBeenCalledTimes(1);
    expect([journal.entries.size, journal.holds.size]).toEqual([20, 1]);
    await open.close(actualOf(1));
    await vi.advanceTimersByTimeAsync(5);
    expect([journal.entries.size, journal.holds.size]).toEqual([21, 0]);
  });

  it('is tried again until it is written, with all that came meanwhile', async () => {
    const { journal, errors, reserve } = openJournaled();
    journal.refuse(true);
    const [first, second] = [await reserve(), await reserve()];
    await vi.advanceTimersByTimeAsync(5);
    await first.close(actualOf(1));
    await vi.advanceTimersByTimeAsync(1000);
    expect(errors.length).toBeGreaterThan(0);
    journal.refuse(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect([journal.entries.size, journal.holds.size]).toEqual([1, 1]);
    await second.close(actualOf(1));
    await vi.advanceTimersByTimeAsync(5);
    expect([journal.entries.size, journal.holds.size]).toEqual([2, 0]);
  });

  it('is whole when it is closed, or says what is missing', async () => {
    const { journal, writer, reserve } = openJournaled();
    await (await reserve()).close(actualOf(1));
    await writer.close();
    expect(journal.entries.size).toBe(1);
    const other = openJournaled();
    other.journal.refuse(true);
    await (await other.reserve()).close(actualOf(1));
    await expect(other.writer.close()).rejects.toThrow('1 entries');
  });
});
