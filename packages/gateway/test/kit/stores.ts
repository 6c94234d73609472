import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { openDatabase, type StoreDatabase } from '../../src/store/sql/open-database.ts';
import { temporaryDirectory } from './configuration.ts';
import { buildOnce, program } from './gateway-process.ts';
import { hasPostgres, type PostgresServer, startPostgres, withoutPostgres } from './postgres-server.ts';

/** A kind of store, for the tests of one suite. */
export interface StoreKit {
  readonly kind: StoreDatabase['kind'];
  /** The address of a new, empty store. */
  newUrl(): Promise<string>;
  /** Opens it; it is closed when the test is over. Without an address: a new one. */
  open(url?: string): Promise<StoreDatabase>;
}

/** Runs a suite on SQLite in the test's own thread and on a real PostgreSQL. */
export function describeStores(suite: (kit: StoreKit) => void): void {
  describe('SQLite', () => {
    suite(sqliteKit());
  });
  describe.skipIf(!hasPostgres)(`PostgreSQL${withoutPostgres}`, () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server.stop());
    suite({ kind: 'postgres', newUrl: () => server.createDatabase(), open: opener(() => server.createDatabase()) });
  });
}

/** As `describeStores`, and on SQLite in a thread of the built program. */
export function describeStoresAndThread(suite: (kit: StoreKit) => void): void {
  describeStores(suite);
  describe('SQLite in a thread', () => {
    beforeAll(buildOnce);
    suite(sqliteKit(pathToFileURL(program)));
  });
}

function sqliteKit(entry?: URL): StoreKit {
  const newUrl = async () => `sqlite:${join(temporaryDirectory(), 'turnpike.db')}`;
  return { kind: 'sqlite', newUrl, open: opener(newUrl, entry) };
}

function opener(newUrl: () => Promise<string>, entry?: URL): StoreKit['open'] {
  return async (url) => {
    const database = await openDatabase(url ?? (await newUrl()), entry ? { entry } : {});
    onTestFinished(() => database.close());
    return database;
  };
}
