import type { Clock } from '../../core/clock.ts';
import type { Counters } from '../../ledger/counters.ts';
import type { LedgerJournal } from '../../ledger/journal.ts';
import { repeat } from '../../ledger/repeat.ts';
import { connectRedis } from './redis-connection.ts';
import { createRedisCounters } from './redis-counters.ts';
import { createRedisKeys } from './redis-keys.ts';
import { drainOutbox } from './redis-outbox.ts';
import { refill } from './redis-refill.ts';
import { beat, leave, settleForTheDead } from './redis-replica.ts';

export interface OpenRedisCountersParts {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Installations that share a server have different names. */
  readonly name?: string;
  /** This process, as others know it. Never used again after it has ended. */
  readonly replica: string;
  readonly journal: LedgerJournal;
  readonly clock: Clock;
  onError(error: unknown): void;
  /** Longest wait for the server, within a request. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 1000;
const beatMs = 5000;
/** Four missed signs of life. A replica that was only slow sets right what was booked for it. */
const leaseS = 20;
/** For what other replicas have left in the outbox; what this one puts there is carried at once. */
const drainMs = 1000;

/** Counters on a Redis or Valkey server (6.2 or later), for any number of replicas. Rejects if it cannot be reached. */
export async function openRedisCounters(parts: OpenRedisCountersParts): Promise<Counters> {
  const { url, name = 'turnpike', replica, journal, clock, onError, timeoutMs = defaultTimeoutMs } = parts;
  const connection = await connectRedis({ url, timeoutMs, onError });
  const keys = createRedisKeys(name);
  const shared = { connection, keys, replica, journal, leaseS };
  const draining = repeat(drainMs, () => drainOutbox(shared), onError);
  // Another replica may be at it: then requests find out when it is done.
  await refill(shared, clock.now()).catch(onError);
  await beat(shared);
  const counters = createRedisCounters({
    ...shared,
    refill: (nowMs) => refill(shared, nowMs),
    onBooked: draining.soon,
    onError,
    async stop() {
      await Promise.all([beating.stop(), draining.stop()]);
      await drainOutbox(shared).catch(onError);
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
  beating.soon();
  return counters;
}
