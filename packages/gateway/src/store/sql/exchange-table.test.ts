import { join } from 'node:path';
import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../../../test/kit/configuration.ts';
import { createExchangeTable, rowOf } from './exchange-table.ts';
import { migrate } from './migrations.ts';
import { openSqlite } from './open-sqlite.ts';

const record = {
  id: 'ex_1',
  startedAt: 1_800_000_000_000,
  durationMs: 1.5,
  outcome: 'done',
  status: 200,
  agent: 'other',
  dialect: 'chat',
  wire: 'http',
  stream: false,
  modelAsked: "Robert'); DROP TABLE exchanges;--",
  attempts: [],
  losses: [],
  costNanoDollars: '9007199254740993',
  bytesIn: 1,
  bytesOut: 2,
} satisfies ExchangeRecord;

it('keeps records whole, one row each, however often one is written', async () => {
  const database = await openSqlite(':memory:');
  migrate(database);
  const table = createExchangeTable(database);
  table.insert([rowOf(record), rowOf({ ...record, id: 'ex_2' })]);
  table.insert([rowOf(record)]);
  const rows = database.prepare('SELECT * FROM exchanges ORDER BY id').all([]);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ model_asked: record.modelAsked, key: null, cost_nano_dollars: '9007199254740993' });
  expect(JSON.parse(String(rows[0]?.['record']))).toEqual(record);
  database.close();
});

it('writes all rows of a batch or none', async () => {
  const database = await openSqlite(':memory:');
  migrate(database);
  const table = createExchangeTable(database);
  database.exec(
    `CREATE TRIGGER full BEFORE INSERT ON exchanges WHEN NEW.id = 'ex_2' BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
  );
  expect(() => table.insert([rowOf(record), rowOf({ ...record, id: 'ex_2' })])).toThrow(/disk full/);
  expect(database.prepare('SELECT id FROM exchanges').all([])).toEqual([]);
  database.exec('DROP TRIGGER full');
  table.insert([rowOf(record)]);
  expect(database.prepare('SELECT id FROM exchanges').all([])).toEqual([{ id: 'ex_1' }]);
  database.close();
});

it('brings a file to the schema once, and refuses one of a newer program', async () => {
  const file = join(temporaryDirectory(), 'turnpike.db');
  const first = await openSqlite(file);
  migrate(first);
  createExchangeTable(first).insert([rowOf(record)]);
  first.close();

  const second = await openSqlite(file);
  migrate(second);
  expect(second.prepare('SELECT id FROM exchanges').all([])).toEqual([{ id: 'ex_1' }]);
  second.exec('PRAGMA user_version = 999');
  expect(() => migrate(second)).toThrow(/newer Turnpike/);
  second.close();
});
