import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SqliteValue } from './open-sqlite.ts';
import { openSqliteEngine, type SqliteBatchStatement, type SqliteResult } from './sqlite-engine.ts';

/** An engine, wherever it runs. */
export interface SqliteChannel {
  query(sql: string, parameters: readonly SqliteValue[]): Promise<SqliteResult>;
  batch(statements: readonly SqliteBatchStatement[], relaxed: boolean): Promise<void>;
  own(): Promise<void>;
  close(): Promise<void>;
}

/** What the thread is asked to do. */
export type SqliteRequest =
  | { readonly type: 'query'; readonly sql: string; readonly parameters: readonly SqliteValue[] }
  | { readonly type: 'batch'; readonly statements: readonly SqliteBatchStatement[]; readonly relaxed: boolean }
  | { readonly type: 'own' }
  | { readonly type: 'close' };

/** To the thread. Answers come in the order of the questions. */
export type ToWorker = SqliteRequest;

/** From the thread: the first one says that the file is open. An error's text is all that survives the way. */
export type FromWorker =
  { readonly ok: true; readonly result?: SqliteResult } | { readonly ok: false; readonly message: string };

/** Rows come and go, so the thread needs little room. Without a limit its young heap alone grows to 30 MB. */
const workerMemory = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };

/** Node 22 calls its SQLite experimental, on each start. */
const execArgv = ['--disable-warning=ExperimentalWarning'];

interface Waiting {
  resolve(result: SqliteResult | undefined): void;
  reject(error: Error): void;
}

/** An engine in a thread of its own, so that the disk blocks no request. `threadFile` is its program. Throws what opening the file throws. */
export async function openSqliteThread(file: string, threadFile: URL): Promise<SqliteChannel> {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const worker = new Worker(threadFile, { workerData: { storeFile: file }, resourceLimits: workerMemory, execArgv });
  const waiting: Waiting[] = [];
  let stopped: Error | undefined;

  const wait = () => new Promise<SqliteResult | undefined>((resolve, reject) => void waiting.push({ resolve, reject }));
  const ask = (request: ToWorker) => {
    if (stopped) return Promise.reject(stopped);
    worker.postMessage(request);
    return wait();
  };
  const stop = (error: Error) => {
    stopped ??= error;
    for (const each of waiting.splice(0)) each.reject(stopped);
  };
  worker.on('message', (message: FromWorker) => {
    const first = waiting.shift();
    if (message.ok) first?.resolve(message.result);
    else first?.reject(new Error(message.message));
  });
  worker.once('error', (error) => stop(new Error(`the store's thread stopped: ${error.message}`)));
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      stop(new Error('the store is closed'));
      resolve();
    });
  });

  await wait();
  return {
    query: async (sql, parameters) => (await ask({ type: 'query', sql, parameters })) ?? { rows: [] },
    batch: async (statements, relaxed) => void (await ask({ type: 'batch', statements, relaxed })),
    own: async () => void (await ask({ type: 'own' })),
    async close() {
      // It ends by itself when all is done, or has ended long ago.
      if (!stopped) worker.postMessage({ type: 'close' } satisfies ToWorker);
      await exited;
    },
  };
}

/** An engine in the caller's own thread, which it blocks: for tools and tests. */
export async function openSqliteHere(file: string): Promise<SqliteChannel> {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const engine = await openSqliteEngine(file);
  return {
    query: async (sql, parameters) => engine.query(sql, parameters),
    batch: async (statements, relaxed) => engine.batch(statements, relaxed),
    own: () => engine.own(),
    close: async () => engine.close(),
  };
}
