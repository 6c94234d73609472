import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { openDatabase, type StoreDatabase } from '../../src/store/sql/open-database.ts';
import { temporaryDirectory } from './configuration.ts';
import { buildOnce, storeThread } from './gateway-process.ts';
import { hasPostgres, type PostgresServer, startPostgres, withoutPostgres } from './postgres-server.ts';

/** A kind of store, for the tests of one suite. */
export interface StoreKit {
  readonly kind: StoreDatabase['kind'];
  /** The address of a store in which there is nothing, not even a schema. */
  emptyUrl(): Promise<string>;
  /** The address of a store without content. On PostgreSQL it is the same for all tests of a suite, so a test needs one only. */
  newUrl(): Promise<string>;
  /** Opens it; it is closed when the test is over. Without an address: a new one. */
  open(url?: string): Promise<StoreDatabase>;
}

/** SQLite in the test's own thread, SQLite in a thread of the built program, or a real PostgreSQL. */
export type StoreKind = 'sqlite' | 'sqlite-thread' | 'postgres';

/** Runs a suite on each of the kinds. */
export function describeStores(kinds: readonly StoreKind[], suite: (kit: StoreKit) => void): void {
  for (const kind of kinds) describers[kind](suite);
}

const describers: Readonly<Record<StoreKind, (suite: (kit: StoreKit) => void) => void>> = {
  sqlite: (suite) => {
    describe('SQLite', () => {
      suite(sqliteKit());
    });
  },
  'sqlite-thread': (suite) => {
    describe('SQLite in a thread', () => {
      beforeAll(buildOnce);
      suite(sqliteKit(pathToFileURL(storeThread)));
    });
  },
  postgres: (suite) => {
    describe.skipIf(!hasPostgres)(`PostgreSQL${withoutPostgres}`, () => {
      let server: PostgresServer;
      let url: string;
      beforeAll(async () => {
        server = await startPostgres();
        url = await server.createDatabase();
      });
      afterAll(() => server.stop());
      const newUrl = async () => {
        await emptyTables(url);
        return url;
      };
      suite({ kind: 'postgres', emptyUrl: () => server.createDatabase(), newUrl, open: opener(newUrl) });
    });
  },
};

/** A new database takes ten times as long. */
async function emptyTables(url: string): Promise<void> {
  const { db, close } = await openDatabase(url);
  const kept = `tablename <> 'sequences' and tablename not like 'kysely%'`;
  await sql`do $$ begin
    execute (select 'truncate ' || string_agg(quote_ident(tablename), ', ') from pg_tables where schemaname = 'public' and ${sql.raw(kept)});
  end $$`.execute(db);
  await db.updateTable('sequences').set({ value: 0n }).execute();
  await close();
}

function sqliteKit(threadFile?: URL): StoreKit {
  const newUrl = async () => `sqlite:${join(temporaryDirectory(), 'turnpike.db')}`;
  return { kind: 'sqlite', emptyUrl: newUrl, newUrl, open: opener(newUrl, threadFile) };
}

function opener(newUrl: () => Promise<string>, threadFile?: URL): StoreKit['open'] {
  return async (url) => {
    const database = await openDatabase(url ?? (await newUrl()), threadFile ? { threadFile } : {});
    onTestFinished(() => database.close());
    return database;
  };
}
