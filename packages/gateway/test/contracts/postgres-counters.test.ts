import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { openDatabase, type StoreDatabase } from '../../src/store/sql/open-database.ts';
import { createPostgresCounters } from '../../src/store/sql/postgres-counters.ts';
import { beat, leave, settleForTheDead } from '../../src/store/sql/postgres-replica.ts';
import { hasPostgres, type PostgresServer, startPostgres, withoutPostgres } from '../kit/postgres-server.ts';
import { postedEntries } from '../kit/posted-entries.ts';
import { describeCounters } from './counters-contract.ts';
import { itKeepsTrees } from './ledger-trees.ts';
import type { CountersHouse } from './counters-house.ts';

const emptyLedger = sql`
  delete from ledger_entries; delete from ledger_balances; delete from shared_holds; delete from shared_gauges;
  delete from shared_running; delete from shared_sessions; delete from replicas`;

/** Replicas without what they do by the clock: the test says when. A dead one is one that has left without its holds. */
async function openHouse(database: StoreDatabase): Promise<CountersHouse> {
  const { db, postgres } = database;
  if (!postgres) throw new Error('not a PostgreSQL');
  const { pool } = postgres;
  await emptyLedger.execute(db);
  let replicas = 0;

  async function start() {
    const shared = { db, replica: `replica${replicas++}`, leaseMs: 1_000_000 };
    await beat(shared);
    const onError = (error: unknown) => expect.unreachable(String(error));
    const counters = createPostgresCounters({ pool, replica: shared.replica, onError, stop: async () => {} });
    return { shared, counters };
  }

  let process = await start();
  return {
    counters: () => process.counters,
    async crash(nowMs) {
      await leave(process.shared);
      process = await start();
      await settleForTheDead(process.shared, process.counters, nowMs);
    },
    entries: () => postedEntries(database),
    openHolds: async () =>
      (await db.selectFrom('shared_holds').select('id').where('ended', 'is', null).execute()).length,
    close: () => process.counters.close(),
  };
}

describe.skipIf(!hasPostgres)(`PostgreSQL${withoutPostgres}`, () => {
  let server: PostgresServer;
  let database: StoreDatabase;
  beforeAll(async () => {
    server = await startPostgres();
    database = await openDatabase(await server.createDatabase());
  });
  afterAll(async () => {
    await database.close();
    await server.stop();
  });
  describeCounters(() => openHouse(database), 25);
  itKeepsTrees(() => openHouse(database), 15);
});
