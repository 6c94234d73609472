import type { Clock } from '../../core/clock.ts';
import { joinItems } from './turn-frame.ts';

/**
 * What sockets have seen: for each the items up to its latest response, so that a next message may bring only what is new.
 * Bounded over all sockets; who was not heard of for longest goes first. An agent whose history is gone sends it again.
 */
export interface Histories {
  /** Keeps a copy of the items, in place of what was kept for this owner. */
  remember(owner: object, responseId: string, items: readonly Buffer[]): void;
  /** The items up to this response, or undefined. */
  recall(owner: object, responseId: string): Buffer | undefined;
  /** The items kept for this owner also begin these: keeps only those bytes, so that a history is not in memory twice. */
  rebase(owner: object, items: Buffer): void;
  forget(owner: object): void;
  /** Drops what was not used for too long. */
  sweep(): void;
  /** How much is kept. */
  readonly bytes: number;
}

export interface HistoryLimits {
  readonly maxBytes: number;
  readonly maxIdleMs: number;
}

interface Entry {
  readonly responseId: string;
  readonly items: Buffer;
  readonly usedAtMs: number;
}

export function createHistories(limits: HistoryLimits, clock: Clock): Histories {
  /** Least recently used first. */
  const entries = new Map<object, Entry>();
  let bytes = 0;

  function forget(owner: object): void {
    bytes -= entries.get(owner)?.items.length ?? 0;
    entries.delete(owner);
  }

  function keep(owner: object, entry: Entry): void {
    forget(owner);
    entries.set(owner, entry);
    bytes += entry.items.length;
  }

  function dropWhile(tooMuch: (entry: Entry) => boolean): void {
    for (const [owner, entry] of entries) {
      if (!tooMuch(entry)) return;
      forget(owner);
    }
  }

  return {
    remember(owner, responseId, lists) {
      keep(owner, { responseId, items: Buffer.concat(joinItems(lists)), usedAtMs: clock.monotonicMs() });
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
      const begins = entry && items.subarray(0, entry.items.length);
      if (begins && begins.equals(entry.items)) keep(owner, { ...entry, items: begins });
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
