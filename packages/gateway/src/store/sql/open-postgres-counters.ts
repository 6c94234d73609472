import type { Clock } from '../../core/clock.ts';
import type { Counters } from '../../ledger/counters.ts';
import { repeat } from '../../ledger/repeat.ts';
import type { StoreDatabase } from './open-database.ts';
import { createPostgresCounters } from './postgres-counters.ts';
import { beat, leave, settleForTheDead, sweep } from './postgres-replica.ts';

export interface OpenPostgresCountersParts {
  readonly database: StoreDatabase;
  /** This process, as others know it. Never used again after it has ended. */
  readonly replica: string;
  readonly clock: Clock;
  onError(error: unknown): void;
}

const beatMs = 5000;
/** Four missed signs of life. A replica that was only slow sets right what was booked for it. */
const leaseMs = 20_000;
const sweepMs = 60_000;

/** Counters in the store itself, for any number of replicas. Rejects where the store is not PostgreSQL. */
export async function openPostgresCounters(parts: OpenPostgresCountersParts): Promise<Counters> {
  const { database, replica, clock, onError } = parts;
  const { db, postgres } = database;
  if (!postgres) throw new Error('counters in PostgreSQL need a store in PostgreSQL');
  const shared = { db, replica, leaseMs };
  await beat(shared);
  const counters = createPostgresCounters({
    pool: postgres.pool,
    replica,
    onError,
    async stop() {
      await Promise.all([beating.stop(), sweeping.stop()]);
      await leave(shared).catch(onError);
    },
  });
  const beating = repeat(
    beatMs,
    async () => {
      await beat(shared);
      await settleForTheDead(shared, counters, clock.now());
    },
    onError,
  );
  const sweeping = repeat(sweepMs, () => sweep(shared, clock.now()), onError);
  beating.soon();
  return counters;
}
