import type { Clock } from '../../core/clock.ts';

/**
 * What sockets have seen: for each the items up to its latest response, so that a next message may bring only what is new.
 * Bounded over all sockets; who was not heard of for longest goes first. An agent whose history is gone sends it again.
 */
export interface Histories {
  /** Keeps these lists of items, in place of what was kept for this owner. They are not copied. */
  remember(owner: object, responseId: string, items: History): void;
  /** The items up to this response, or undefined. */
  recall(owner: object, responseId: string): History | undefined;
  /** The items kept for this owner lie here, too: keeps only these bytes, so that a history is not in memory twice. */
  rebase(owner: object, items: Buffer): void;
  forget(owner: object): void;
  /** Drops what was not used for too long. */
  sweep(): void;
  /** How much is kept. */
  readonly bytes: number;
}

/** Lists of items as JSON, with commas between the items of a list. */
export type History = readonly Buffer[];

export interface HistoryLimits {
  readonly maxBytes: number;
  readonly maxIdleMs: number;
}

interface Entry {
  readonly responseId: string;
  readonly items: History;
  readonly usedAtMs: number;
}

export function createHistories(limits: HistoryLimits, clock: Clock): Histories {
  /** Least recently used first. */
  const entries = new Map<object, Entry>();
  let bytes = 0;

  function forget(owner: object): void {
    bytes -= lengthOf(entries.get(owner)?.items ?? []);
    entries.delete(owner);
  }

  function keep(owner: object, entry: Entry): void {
    forget(owner);
    entries.set(owner, entry);
    bytes += lengthOf(entry.items);
  }

  function dropWhile(tooMuch: (entry: Entry) => boolean): void {
    for (const [owner, entry] of entries) {
      if (!tooMuch(entry)) return;
      forget(owner);
    }
  }

  return {
    remember(owner, responseId, items) {
      keep(owner, { responseId, items, usedAtMs: clock.monotonicMs() });
      dropWhile(() => bytes > limits.maxBytes);
    },
    recall(owner, responseId) {
      const entry = entries.get(owner);
      if (entry?.responseId !== responseId) return undefined;
      keep(owner, { ...entry, usedAtMs: clock.monotonicMs() });
      return entry.items;
    },
    rebase(owner, items) {
      const entry = entries.get(owner);
      if (entry) keep(owner, { ...entry, items: [items] });
    },
    forget,
    sweep() {
      const oldest = clock.monotonicMs() - limits.maxIdleMs;
      dropWhile((entry) => entry.usedAtMs < oldest);
    },
    get bytes() {
      return bytes;
    },
  };
}

function lengthOf(lists: History): number {
  return lists.reduce((sum, list) => sum + list.length, 0);
}
