import { parentPort } from 'node:worker_threads';
import type { FromWorker, SqliteRequest, ToWorker } from './sql/sqlite-channel.ts';
import { openSqliteEngine, type SqliteEngine } from './sql/sqlite-engine.ts';

/** The thread that owns the database file: SQLite blocks it, not the requests. Answers in order; ends when asked to close. */
export async function runStoreWorker(file: string): Promise<void> {
  if (!parentPort) throw new Error('runStoreWorker needs a worker thread');
  const port = parentPort;
  const say = (message: FromWorker) => port.postMessage(message);
  const engine = await openSqliteEngine(file).catch((error: unknown) => error);
  if (!isEngine(engine)) {
    say({ ok: false, message: messageOf(engine) });
    port.close();
    return;
  }
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: ToWorker) => {
    if (request.type === 'close') {
      void last.then(() => {
        engine.close();
        port.close();
      });
      return;
    }
    last = last.then(async () => say(await answer(engine, request)));
  });
  say({ ok: true });
}

function isEngine(opened: unknown): opened is SqliteEngine {
  return typeof opened === 'object' && opened !== null && 'query' in opened;
}

async function answer(engine: SqliteEngine, request: SqliteRequest): Promise<FromWorker> {
  try {
    if (request.type === 'query') return { ok: true, result: engine.query(request.sql, request.parameters) };
    if (request.type === 'batch') engine.batch(request.statements, request.relaxed);
    if (request.type === 'own') await engine.own();
    return { ok: true };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
