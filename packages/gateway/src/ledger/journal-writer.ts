import type { Hold } from './counters.ts';
import type { JournalBatch, LedgerJournal, PostedEntry } from './journal.ts';

/** Gathers what happens and writes it in groups, so that nobody waits for the disk. */
export interface JournalWriter {
  /** A hold began, or grew. If it ends before the next group is written, only its entry is. */
  open(hold: Hold): void;
  /** An entry ends the hold of its id. */
  book(posted: PostedEntry): void;
  /** So much waits that no more should be spent. */
  isOverrun(): boolean;
  /** Writes what waits and ends. Rejects if it cannot be written. */
  close(): Promise<void>;
}

export interface JournalWriterParts {
  readonly journal: LedgerJournal;
  /** Told of writes that failed. They are tried again. */
  onError(error: unknown, waiting: number): void;
  /** How long after the first of a group it is written. */
  readonly groupMs?: number;
}

/** So many entries, each about a kilobyte, may wait for a store that is gone. */
const maxWaiting = 50_000;
const retryMs = 1000;

export function createJournalWriter({ journal, onError, groupMs = 5 }: JournalWriterParts): JournalWriter {
  const opened = new Map<string, Hold>();
  let entries: PostedEntry[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let closed = false;

  const isEmpty = () => entries.length === 0 && opened.size === 0;

  function schedule(afterMs: number): void {
    if (closed || writing) return;
    timer ??= setTimeout(() => void write(), afterMs);
  }

  /** One group at a time; what comes meanwhile is the next. */
  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (writing) return writing;
    if (isEmpty()) return;
    const batch: JournalBatch = { entries, opened: [...opened.values()] };
    entries = [];
    opened.clear();
    let failed = false;
    writing = journal.append(batch).catch((error: unknown) => {
      failed = true;
      putBack(batch);
      onError(error, entries.length);
    });
    await writing;
    writing = undefined;
    if (!isEmpty()) schedule(failed ? retryMs : groupMs);
  }

  function putBack(batch: JournalBatch): void {
    entries = [...batch.entries, ...entries];
    const ended = new Set(entries.map(({ entry }) => entry.id));
    for (const hold of batch.opened) if (!ended.has(hold.id) && !opened.has(hold.id)) opened.set(hold.id, hold);
  }

  return {
    open(hold) {
      opened.set(hold.id, hold);
      schedule(groupMs);
    },
    book(posted) {
      opened.delete(posted.entry.id);
      entries.push(posted);
      schedule(groupMs);
    },
    isOverrun: () => entries.length > maxWaiting,
    async close() {
      await write();
      if (!isEmpty()) await write();
      closed = true;
      clearTimeout(timer);
      if (!isEmpty()) throw new Error(`${entries.length} entries of the ledger could not be written`);
    },
  };
}
