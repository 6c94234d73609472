import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { sql } from 'kysely';
import { expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { openDatabase } from '../../src/store/sql/open-database.ts';
import { openSqlite } from '../../src/store/sql/open-sqlite.ts';
import { temporaryDirectory } from '../kit/configuration.ts';
import { buildOnce, killGroup, storeThread } from '../kit/gateway-process.ts';

const usage = {
  inputTokens: 10,
  outputTokens: 3,
  cachedInputTokens: 4,
  cacheWriteTokens: 1,
  cacheWriteLongTokens: 2,
  reasoningTokens: 1,
};

function oldRecord(number: number): ExchangeRecord {
  return {
    id: `ex_${String(number).padStart(6, '0')}`,
    startedAt: 1_800_000_000_000 + number,
    durationMs: 1,
    outcome: 'done',
    status: 200,
    agent: 'codex',
    dialect: 'chat',
    wire: 'http',
    stream: false,
    key: 'ann',
    modelAsked: 'm',
    attempts: [],
    losses: [],
    usage,
    costNanoDollars: String(9_007_199_254_740_993n >> BigInt(number)),
    bytesIn: 1,
    bytesOut: 2,
  };
}

/** A file as the program made it before there were migrations. */
async function oldFile(records: readonly ExchangeRecord[]): Promise<string> {
  const file = join(temporaryDirectory(), 'turnpike.db');
  const database = await openSqlite(file);
  database.exec(`PRAGMA journal_mode = WAL; CREATE TABLE exchanges (
     id TEXT NOT NULL UNIQUE, started_at INTEGER NOT NULL, key TEXT, session TEXT, model_asked TEXT, provider TEXT, model TEXT,
     outcome TEXT NOT NULL, cost_nano_dollars TEXT, record TEXT NOT NULL) STRICT; PRAGMA user_version = 1; BEGIN;`);
  const insert = database.prepare('INSERT INTO exchanges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  for (const record of records) {
    const { id, startedAt, key = null, modelAsked = null, outcome, costNanoDollars = null } = record;
    insert.run([
      id,
      BigInt(startedAt),
      key,
      null,
      modelAsked,
      null,
      null,
      outcome,
      costNanoDollars,
      JSON.stringify(record),
    ]);
  }
  database.exec('COMMIT');
  database.close();
  return file;
}

it('records of a file from before there were migrations are taken over, all of them, once', async () => {
  const records = Array.from({ length: 1_200 }, (_, number) => oldRecord(number));
  const file = await oldFile(records);
  const info = vi.fn<(message: string, fields?: object) => void>();
  const log = { info, warn() {}, error: info };
  const store = await openStore(`sqlite:${file}`, { clock: systemClock, log });
  await vi.waitFor(() => expect(info).toHaveBeenCalledWith(expect.stringMatching(/taken over/), { records: 1_200 }));
  expect((await store.records.list({}, { limit: 2_000 })).items).toEqual(records.toReversed());
  expect(await store.records.totals({ key: 'ann' }, ['agent'])).toMatchObject([
    {
      requests: 1_200n,
      inputTokens: 12_000n,
      cacheWriteTokens: 3_600n,
      costNanoDollars: records.reduce((sum, { costNanoDollars = '' }) => sum + BigInt(costNanoDollars), 0n),
    },
  ]);
  const { rows } = await sql`select user_version from pragma_user_version`.execute(store.database.db);
  expect(rows).toEqual([{ user_version: 2n }]);
  await store.close();
  const again = await openStore(`sqlite:${file}`, { clock: systemClock, log });
  expect(await again.records.totals({}, [])).toMatchObject([{ requests: 1_200n }]);
  await again.close();
  expect(info).toHaveBeenCalledTimes(1);
});

it('a take-over that was interrupted goes on at the next start', async () => {
  const file = await oldFile(Array.from({ length: 3_000 }, (_, number) => oldRecord(number)));
  const log = { info() {}, warn() {}, error() {} };
  // Closed at once: at most a step is made.
  await (await openStore(`sqlite:${file}`, { clock: systemClock, log })).close();
  const store = await openStore(`sqlite:${file}`, { clock: systemClock, log });
  await vi.waitFor(async () => expect(await store.records.totals({}, [])).toMatchObject([{ requests: 3_000n }]));
  await store.close();
});

/** Writes batches of 100 rows with the number of the batch in each, and says which are written. */
const writer = `
  import { Worker } from 'node:worker_threads';
  const [threadFile, storeFile] = process.argv.slice(1);
  const worker = new Worker(threadFile, { workerData: { storeFile }, execArgv: [] });
  let batch = -1;
  worker.on('message', ({ ok, message }) => {
    if (!ok) throw new Error(message);
    if (batch >= 0) process.stdout.write(batch + '\\n');
    batch += 1;
    const rows = Array.from({ length: 100 }, (_, row) => ['account ' + row, BigInt(batch), 1n]);
    const sql = 'insert into ledger_balances (account, window_start, settled) values (?, ?, ?)';
    worker.postMessage({ type: 'batch', relaxed: batch % 2 === 0, statements: [{ sql, rows }] });
  });`;

it('a process that is killed in the middle of a batch leaves whole batches, and all that it reported', async () => {
  buildOnce();
  const file = join(temporaryDirectory(), 'turnpike.db');
  await (await openDatabase(`sqlite:${file}`)).close();
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer, storeThread, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  onTestFinished(() => killGroup(child));
  let printed = '';
  child.stdout.on('data', (text: Buffer) => {
    printed += text.toString();
    if (printed.split('\n').length > 20) killGroup(child);
  });
  await new Promise((resolve) => child.once('close', resolve));
  const reported = printed
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
  expect(reported.length).toBeGreaterThanOrEqual(20);

  const { db, close } = await openDatabase(`sqlite:${file}`);
  const check = await sql`select integrity_check from pragma_integrity_check`.execute(db);
  expect(check.rows).toEqual([{ integrity_check: 'ok' }]);
  const batches = await db
    .selectFrom('ledger_balances')
    .select((eb) => ['window_start', eb.fn.countAll<bigint>().as('rows')])
    .groupBy('window_start')
    .orderBy('window_start')
    .execute();
  expect(batches.filter(({ rows }) => rows !== 100n)).toEqual([]);
  expect(batches.map((batch) => Number(batch.window_start))).toEqual(expect.arrayContaining(reported));
  await close();
});
