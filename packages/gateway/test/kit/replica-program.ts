import { systemClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import type { Counters } from '../../src/ledger/counters.ts';
import { createJournalWriter } from '../../src/ledger/journal-writer.ts';
import type { LedgerJournal } from '../../src/ledger/journal.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { createMemoryCounters } from '../../src/ledger/memory/memory-counters.ts';
import { connectRedis } from '../../src/store/redis/redis-connection.ts';
import { createRedisCounters } from '../../src/store/redis/redis-counters.ts';
import { createRedisKeys } from '../../src/store/redis/redis-keys.ts';
import { beat as beatRedis } from '../../src/store/redis/redis-replica.ts';
import { createLedgerJournal } from '../../src/store/sql/ledger-journal.ts';
import { openDatabase } from '../../src/store/sql/open-database.ts';
import { createPostgresCounters } from '../../src/store/sql/postgres-counters.ts';
import { beat as beatPostgres } from '../../src/store/sql/postgres-replica.ts';
import { limitBookOf } from './ledger.ts';
import type { ReplicaWork } from './replica-process.ts';
import { payerOf, stressLimits } from './stress-limits.ts';

/** The program of a replica in tests: many requests at a time, each reserves, grows, waits and settles, until the process is killed. */
const work: ReplicaWork = JSON.parse(process.argv[2] ?? '{}');
const say = (line: string) => void process.stdout.write(`${line}\n`);
const onError = (error: unknown) => say(`error ${String(error)}`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const counters = await open();
const book = limitBookOf(stressLimits);
const ledger = createLedger({
  limits: () => book,
  counters,
  clock: systemClock,
  newId: createIds(systemClock),
  onAlert: () => {},
});
say('ready');
// Whoever started it is gone, however it ended.
process.stdin.on('end', () => process.exit());
await new Promise((resolve) => process.stdin.once('data', resolve));
await Promise.all(Array.from({ length: 40 }, (_, index) => spend(index)));

async function spend(worker: number): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const tab = ledger.open({ payer: payerOf(worker + turn), exchangeId: `${work.replica}-${worker}-${turn}` });
    const most = BigInt(1 + Math.floor(Math.random() * 1000));
    const estimate = { nanoDollars: most, inputTokens: 10, outputTokens: 10 };
    const attempt = { modelAsked: 'fast', place: { provider: turn % 2 ? 'one' : 'two', model: 'm' }, estimate };
    const reservation = await tab.reserve(attempt);
    if (reservation.refused) {
      say('refused');
      await pause(5);
    } else {
      say('reserved');
      await pause(Math.random() * 10);
      const grown = await reservation.topUp({ ...estimate, nanoDollars: most * 2n });
      const cost = (grown ? most : most * 2n) / (turn % 3 === 0 ? 1n : 2n);
      await reservation.settle({ ...estimate, nanoDollars: cost, estimated: false });
      say('settled');
    }
    await tab.close();
  }
}

function open(): Promise<Counters> {
  if (work.kind === 'redis') return openRedis();
  return work.kind === 'postgres' ? openPostgres() : openMemory();
}

async function openRedis(): Promise<Counters> {
  const connection = await connectRedis({ url: work.url, timeoutMs: 5000, onError });
  const shared = { connection, keys: createRedisKeys('stress'), replica: work.replica, leaseS: 1000 };
  await beatRedis(shared);
  return createRedisCounters({ ...shared, refill: async () => {}, onBooked: () => {}, onError, stop: async () => {} });
}

async function openPostgres(): Promise<Counters> {
  const { db, postgres } = await openDatabase(work.url);
  if (!postgres) throw new Error('not a PostgreSQL');
  const { replica } = work;
  await beatPostgres({ db, replica, leaseMs: 1_000_000 });
  return createPostgresCounters({ pool: postgres.pool, replica, onError, stop: async () => {} });
}

/** Tells of every entry and hold that is durable, after it is. */
async function openMemory(): Promise<Counters> {
  const stored = createLedgerJournal(await openDatabase(work.url));
  const journal: LedgerJournal = {
    ...stored,
    async append(batch) {
      await stored.append(batch);
      for (const { id } of batch.opened) say(`held ${id}`);
      for (const { entry } of batch.entries) say(`booked ${entry.id}`);
    },
  };
  const { balances, holds } = await journal.load(systemClock.now());
  const writer = createJournalWriter({ journal, onError });
  return createMemoryCounters({ journal: writer, balances, lapsed: holds, nowMs: systemClock.now() });
}
