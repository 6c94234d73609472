import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { readFile } from 'node:fs/promises';
import {
  openSqlite,
  type SqliteDatabase,
  type SqliteRow,
  type SqliteStatement,
  type SqliteValue,
} from './open-sqlite.ts';

/** What a statement came to. */
export interface SqliteResult {
  readonly rows: readonly SqliteRow[];
  /** Of a statement that returns no rows: how many it changed. */
  readonly changes?: bigint;
}

/** One statement of a batch, run once for each row of values. */
export interface SqliteBatchStatement {
  readonly sql: string;
  readonly rows: readonly (readonly SqliteValue[])[];
}

/** Calls of the SQLite driver: they block whoever makes them. */
export interface SqliteEngine {
  query(sql: string, parameters: readonly SqliteValue[]): SqliteResult;
  /** All in one transaction. `relaxed`: a power loss may take it back. */
  batch(statements: readonly SqliteBatchStatement[], relaxed: boolean): void;
  /** Takes the file for this process until it ends, however it ends. Throws, with what is known of the owner, where another process has it. */
  own(): Promise<void>;
  close(): void;
}

/** Statements kept ready. Queries with a varying number of values would otherwise pile up. */
const maxStatements = 200;

/** Opens a file, made if need be. */
export async function openSqliteEngine(file: string): Promise<SqliteEngine> {
  const database = await openSqlite(file);
  // WAL keeps readers of other processes free. FULL: what was committed survives a power loss.
  for (const pragma of ['busy_timeout = 5000', 'journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON'])
    database.exec(`PRAGMA ${pragma}`);
  const prepare = createStatementCache(database);
  let lock: SqliteDatabase | undefined;

  return {
    query(sql, parameters) {
      const statement = prepare(sql);
      return statement.returnsRows
        ? { rows: statement.all(parameters) }
        : { rows: [], changes: statement.run(parameters) };
    },
    batch(statements, relaxed) {
      if (relaxed) database.exec('PRAGMA synchronous = NORMAL');
      try {
        runBatch(database, prepare, statements);
      } finally {
        if (relaxed) database.exec('PRAGMA synchronous = FULL');
      }
    },
    async own() {
      lock ??= await lockFile(file);
    },
    close() {
      lock?.close();
      database.close();
    },
  };
}

function runBatch(
  database: SqliteDatabase,
  prepare: (sql: string) => SqliteStatement,
  statements: readonly SqliteBatchStatement[],
): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const { sql, rows } of statements) {
      const statement = prepare(sql);
      for (const row of rows) statement.run(row);
    }
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

/** The least recently used statement goes first. Only queries and changes are kept: a change of the schema is made once. */
function createStatementCache(database: SqliteDatabase): (sql: string) => SqliteStatement {
  const kept = new Map<string, SqliteStatement>();
  return (sql) => {
    const statement = kept.get(sql) ?? database.prepare(sql);
    if (!/^\s*(?:select|insert|update|delete|with)\b/i.test(sql)) return statement;
    kept.delete(sql);
    kept.set(sql, statement);
    if (kept.size > maxStatements) for (const oldest of [...kept.keys()].slice(0, 1)) kept.delete(oldest);
    return statement;
  };
}

/**
 * Holds a file beside the database locked by an open transaction. The operating system lets go of it when the process ends,
 * even if it was killed, so there is no stale lock. Who holds it is written into another file, for people only.
 */
async function lockFile(file: string): Promise<SqliteDatabase | undefined> {
  if (file === ':memory:') return undefined;
  const lock = await openSqlite(`${file}-lock`);
  const ownerFile = `${file}-owner`;
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    const owner = await readFile(ownerFile, 'utf8').catch(() => 'another process');
    throw new Error(`it is in use by ${owner.trim()}`, { cause });
  }
  writeFileSync(ownerFile, `process ${process.pid} on ${hostname()}\n`);
  return lock;
}
