import { Kysely, PostgresDialect } from 'kysely';
import { type BulkInsert, insertWords } from './bulk-table.ts';
import { migrateStore } from './migrate.ts';
import { createMutex, type Mutex } from './mutex.ts';
import { openPostgres, type PostgresConnections } from './open-postgres.ts';
import { faultOfPostgresUrl, isPostgresUrl } from './postgres-url.ts';
import type { Tables } from './schema.ts';
import { openSqliteHere, openSqliteThread, type SqliteChannel } from './sqlite-channel.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import { sqliteValueOf } from './sqlite-value.ts';

/** How a batch is written. */
export interface BatchOptions {
  /** A power loss may take it back; a killed process may not. */
  readonly relaxed?: boolean;
}

/** The store, open and at this program's schema. Queries are written once, for both databases. */
export interface StoreDatabase {
  readonly kind: 'sqlite' | 'postgres';
  readonly db: Kysely<Tables>;
  /** Writes all rows in one transaction or none, at a fraction of what single inserts cost. */
  writeBatch(inserts: readonly BulkInsert[], options?: BatchOptions): Promise<void>;
  /** Connections besides the queries': to listen, to hold locks. Absent on SQLite. */
  readonly postgres?: PostgresConnections;
  /** The engine's own calls. Absent on PostgreSQL. */
  readonly sqlite?: SqliteChannel;
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** The program of the thread in which SQLite runs. Absent: in the caller's own. */
  readonly threadFile?: URL;
  /** Told of connections that broke while nobody used them. */
  readonly onError?: (error: Error) => void;
}

/** How long a query may wait for the queries before it. */
const turnTimeoutMs = 30_000;

/** Opens `sqlite:PATH` or `postgres://…` and brings it to this program's schema. Throws, in words for an operator, what hinders that. */
export function openDatabase(url: string, options: OpenDatabaseOptions = {}): Promise<StoreDatabase> {
  return isPostgresUrl(url) ? openPostgresStore(url, options) : openSqliteStore(url, options);
}

async function openSqliteStore(url: string, { threadFile }: OpenDatabaseOptions): Promise<StoreDatabase> {
  const file = url.slice('sqlite:'.length);
  const channel = threadFile ? await openSqliteThread(file, threadFile) : await openSqliteHere(file);
  const mutex = createMutex(turnTimeoutMs);
  const db = new Kysely<Tables>({ dialect: createSqliteDialect(channel, mutex) });
  await migrateOrClose(db, 'sqlite', () => channel.close());
  return {
    kind: 'sqlite',
    db,
    sqlite: channel,
    writeBatch: (inserts, options) => writeSqliteBatch(channel, mutex, inserts, options),
    // Queries that wait for their turn have it before the file is closed.
    close: once(async () => {
      const release = await mutex.lock();
      await channel.close();
      release();
    }),
  };
}

async function writeSqliteBatch(
  channel: SqliteChannel,
  mutex: Mutex,
  inserts: readonly BulkInsert[],
  { relaxed = false }: BatchOptions = {},
): Promise<void> {
  const statements = inserts.map(({ table, rows }) => {
    const columns = Object.keys(table.columns);
    const { head, tail } = insertWords(table);
    return {
      sql: `${head}values (${columns.map(() => '?').join(', ')})${tail}`,
      rows: rows.map((row) => columns.map((column) => sqliteValueOf(row[column]))),
    };
  });
  const release = await mutex.lock();
  try {
    await channel.batch(statements, relaxed);
  } finally {
    release();
  }
}

async function openPostgresStore(url: string, { onError = () => {} }: OpenDatabaseOptions): Promise<StoreDatabase> {
  const fault = faultOfPostgresUrl(url);
  if (fault !== undefined) throw new Error(`its address ${fault}`);
  const postgres = await openPostgres(url, onError);
  const migrating = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: postgres.migrationPool() }) });
  await migrateOrClose(migrating, 'postgres', () => postgres.pool.end());
  await migrating.destroy();
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: postgres.pool }) });
  return {
    kind: 'postgres',
    db,
    postgres,
    writeBatch: (inserts, options) => writePostgresBatch(postgres, inserts, options),
    close: once(() => postgres.pool.end()),
  };
}

/** A list of values for each column: one statement, whose text is always the same, for any number of rows. */
async function writePostgresBatch(
  { pool }: PostgresConnections,
  inserts: readonly BulkInsert[],
  { relaxed = false }: BatchOptions = {},
): Promise<void> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query(relaxed ? 'begin; set local synchronous_commit = off' : 'begin');
    for (const { table, rows } of inserts) {
      const columns = Object.entries(table.columns);
      const lists = columns.map(([, type], index) => `$${index + 1}::${type}[]`);
      const { head, tail } = insertWords(table);
      const values = columns.map(([column]) => rows.map((row) => row[column] ?? null));
      await client.query(`${head}select * from unnest(${lists.join(', ')})${tail}`, values);
    }
    await client.query('commit');
  } catch (error) {
    broken = await client.query('rollback').then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Whoever asks again gets the same answer. */
function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => (closing ??= close());
}

async function migrateOrClose(
  db: Kysely<Tables>,
  kind: 'sqlite' | 'postgres',
  close: () => Promise<void>,
): Promise<void> {
  try {
    await migrateStore(db, kind);
  } catch (error) {
    await close();
    throw error;
  }
}
