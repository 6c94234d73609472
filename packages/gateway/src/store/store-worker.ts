import { parentPort } from 'node:worker_threads';
import { createExchangeTable, type ExchangeRow } from './sql/exchange-table.ts';
import { migrate } from './sql/migrations.ts';
import { openSqlite, type SqliteDatabase } from './sql/open-sqlite.ts';

/** To the worker: rows to write, or the wish to finish. */
export type ToWorker = { readonly type: 'insert'; readonly rows: readonly ExchangeRow[] } | { readonly type: 'close' };

/** From the worker: `ready` once, then one answer per message. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'inserted'; readonly rows: number }
  | { readonly type: 'failed'; readonly rows: number; readonly message: string }
  | { readonly type: 'closed' };

/** The thread that owns the database file: writing blocks it, not the requests. */
export async function runStoreWorker(file: string): Promise<void> {
  if (!parentPort) throw new Error('runStoreWorker needs a worker thread');
  const port = parentPort;
  const say = (message: FromWorker) => port.postMessage(message);
  const database = await openStore(file);
  const exchanges = createExchangeTable(database);
  port.on('message', (message: ToWorker) => {
    if (message.type === 'close') {
      database.close();
      say({ type: 'closed' });
      port.close();
      return;
    }
    const rows = message.rows.length;
    try {
      exchanges.insert(message.rows);
      say({ type: 'inserted', rows });
    } catch (error) {
      say({ type: 'failed', rows, message: messageOf(error) });
    }
  });
  say({ type: 'ready' });
}

async function openStore(file: string): Promise<SqliteDatabase> {
  try {
    const database = await openSqlite(file);
    // WAL keeps readers free; NORMAL may lose the last transactions at power loss, never the file.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    migrate(database);
    return database;
  } catch (error) {
    // A driver's own kind of error loses its message on the way to the main thread.
    throw new Error(messageOf(error), { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
