import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { createRecordStore, type RecordStore } from './record-store.ts';
import { type AuditLog, createAuditLog } from './resources/audit-log.ts';
import { createResourceStore } from './resources/create-resource-store.ts';
import type { ResourceStore } from './resources/resource-store.ts';
import { adoptExchanges } from './sql/adopt-exchanges.ts';
import { openDatabase, type StoreDatabase } from './sql/open-database.ts';

/** Everything that is kept. */
export interface Store {
  readonly database: StoreDatabase;
  readonly records: RecordStore;
  readonly resources: ResourceStore;
  readonly audit: AuditLog;
  /** Writes what is still waiting and closes the database. */
  close(): Promise<void>;
}

export interface OpenStoreOptions {
  /** The program of the thread in which SQLite runs. */
  readonly threadFile?: URL;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens `sqlite:PATH` or `postgres://…`. Throws, in words for an operator, what hinders that. */
export async function openStore(url: string, { threadFile, clock, log }: OpenStoreOptions): Promise<Store> {
  const onError = (error: Error) => log.warn('a connection to the store broke', { why: error.message });
  const database = await openDatabase(url, { ...(threadFile && { threadFile }), onError });
  const records = createRecordStore(database, log);
  const stopping = new AbortController();
  const adopting = adoptExchanges(database, stopping.signal).then(
    (moved) => moved > 0 && log.info('records of an earlier version were taken over', { records: moved }),
    (error: unknown) => log.error('records of an earlier version wait for the next start', { why: String(error) }),
  );
  return {
    database,
    records,
    resources: createResourceStore(database, clock.now),
    audit: createAuditLog(database, clock.now),
    async close() {
      stopping.abort();
      await adopting;
      await records.close();
      await database.close();
    },
  };
}
