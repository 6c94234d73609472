import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { allowWhileUnreachable } from '../ledger/allowance.ts';
import type { Counters } from '../ledger/counters.ts';
import { createJournalWriter } from '../ledger/journal-writer.ts';
import { createMemoryCounters } from '../ledger/memory/memory-counters.ts';
import { openRedisCounters } from './redis/open-redis-counters.ts';
import { acquireSoleOwnership } from './sole-ownership.ts';
import { createLedgerJournal } from './sql/ledger-journal.ts';
import type { StoreDatabase } from './sql/open-database.ts';
import { openPostgresCounters } from './sql/open-postgres-counters.ts';

export interface OpenCountersParts {
  /** `memory`, `postgres`, or the address of a Redis or Valkey. */
  readonly counters: string;
  /** What may be spent while the counters cannot be asked. Absent: nothing. */
  readonly allowanceNanoDollars: bigint | undefined;
  /** Where entries are kept. Absent: nowhere. */
  readonly database: StoreDatabase | undefined;
  /** This process, as others know it. Never used again after it has ended. */
  readonly replica: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens what budgets and limits are counted with. Throws, in words for an operator, what hinders that. */
export async function openCounters(parts: OpenCountersParts): Promise<Counters> {
  const { database, allowanceNanoDollars } = parts;
  if (!database) return createMemoryCounters({ nowMs: parts.clock.now() });
  if (parts.counters === 'memory') return openMemoryCounters(parts, database);
  const counters = await openSharedCounters(parts, database);
  return allowanceNanoDollars === undefined ? counters : allowWhileUnreachable(counters, allowanceNanoDollars);
}

function openSharedCounters({ counters, log, ...parts }: OpenCountersParts, database: StoreDatabase) {
  const onError = (error: unknown) => log.error('the counters have a problem', { why: String(error) });
  if (counters === 'postgres') return openPostgresCounters({ ...parts, database, onError });
  return openRedisCounters({ ...parts, url: counters, journal: createLedgerJournal(database), onError }).catch(
    (error: unknown) => {
      throw new Error(`the counters cannot be reached: ${messageOf(error)}`, { cause: error });
    },
  );
}

/** Memory counts for one process only, so it must be the only one. */
async function openMemoryCounters({ clock, log }: OpenCountersParts, database: StoreDatabase): Promise<Counters> {
  let lost: string | undefined;
  const ownership = await acquireSoleOwnership(database, (reason) => {
    lost = `another process has taken the store: ${reason}`;
    log.error('nothing is let through any more', { why: lost });
  }).catch((error: unknown) => {
    const hint = 'Several processes need `counters: postgres` or a Redis.';
    throw new Error(`${messageOf(error)}. ${hint}`, { cause: error });
  });
  const journal = createLedgerJournal(database);
  const writer = createJournalWriter({
    journal,
    onError: (error, waiting) => log.error('entries wait for the store', { why: String(error), waiting }),
  });
  const nowMs = clock.now();
  const { balances, holds } = await journal.load(nowMs);
  if (holds.length > 0)
    log.warn('requests that an earlier process left were booked at their estimates', { requests: holds.length });
  const overrun = () => (writer.isOverrun() ? 'the store does not take the ledger’s entries' : undefined);
  const counters = createMemoryCounters({
    journal: writer,
    balances,
    lapsed: holds,
    nowMs,
    whyNot: () => lost ?? overrun(),
  });
  return {
    ...counters,
    async close() {
      await counters.close();
      await ownership.release();
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
