import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { migrateStore } from '../../src/store/sql/migrate.ts';
import { storeMigrations } from '../../src/store/sql/migrations/registry.ts';
import type { StoreMigration } from '../../src/store/sql/migrations/store-migration.ts';
import type { BulkTable } from '../../src/store/sql/bulk-table.ts';
import { describeStores } from '../kit/stores.ts';

/** What somebody might put into any field, in the hope of getting out of it. */
const texts = [
  `Robert'); DROP TABLE resources;--`,
  `' OR '1'='1`,
  `" \\' \\" ; $1 ?1 :name {"a":[1]} {a,b} %_`,
  'null',
  '',
  ' \t\r\n\u{7f}\u{2028}',
  '\u{1F600} é ﷽ \u{10FFFF}',
  'x'.repeat(100_000),
];
const integers = [0n, -1n, 9_007_199_254_740_993n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n];

const balances: BulkTable = {
  name: 'ledger_balances',
  columns: { account: 'text', window_start: 'bigint', settled: 'bigint' },
  onConflict: '(account, window_start) do update set settled = ledger_balances.settled + excluded.settled',
};

describeStores(['sqlite', 'sqlite-thread', 'postgres'], (kit) => {
  describe('values', () => {
    it('texts come back as they were, in every field, and do no harm', async () => {
      const { db, writeBatch } = await kit.open();
      for (const [index, text] of texts.entries()) {
        const revision = BigInt(index);
        const row = { id: 'i', name: text, kind: text, revision, body: text, created_at: 0n, updated_at: 0n };
        await db.insertInto('resources').values(row).execute();
        const found = db.selectFrom('resources').selectAll().where('kind', '=', text).where('name', '=', text);
        expect(await found.execute()).toEqual([{ ...row, deleted_at: null }]);
        await writeBatch([{ table: balances, rows: [{ account: text, window_start: 0n, settled: 1n }] }]);
        const account = db.selectFrom('ledger_balances').select('account').where('account', '=', text);
        expect(await account.execute()).toEqual([{ account: text }]);
      }
      expect(await db.selectFrom('sequences').select('name').execute()).toHaveLength(2);
    });

    it('whole numbers come back as bigints with all their digits, also from counts and sums', async () => {
      const { db, writeBatch } = await kit.open();
      const rows = integers.map((settled, index) => ({ account: `a${index}`, window_start: index, settled }));
      await writeBatch([{ table: balances, rows }]);
      const found = await db
        .selectFrom('ledger_balances')
        .select(['window_start', 'settled'])
        .orderBy('account')
        .execute();
      expect(found).toEqual(integers.map((settled, index) => ({ window_start: BigInt(index), settled })));
      const sums = db.selectFrom('ledger_balances').where('settled', '<', 1n).where('settled', '>=', -1n);
      expect(
        await sums
          .select((eb) => [eb.fn.countAll().as('count'), eb.fn.sum('settled').as('sum'), sql`7`.as('one')])
          .execute(),
      ).toEqual([{ count: 2n, sum: -1n, one: 7n }]);
    });

    it('what no database could keep is refused by both', async () => {
      const { db } = await kit.open();
      const put = (account: string, settled: bigint) =>
        db.insertInto('ledger_balances').values({ account, window_start: 0n, settled }).execute();
      await expect(put('a\0b', 1n)).rejects.toThrow(/NUL|0x00/);
      await expect(put('a', 2n ** 63n)).rejects.toThrow(/64 bits|out of range/);
      expect(await db.selectFrom('ledger_balances').selectAll().execute()).toEqual([]);
    });
  });

  describe('writing', () => {
    it('does all of a batch or nothing', async () => {
      const { db, writeBatch } = await kit.open();
      const good = { account: 'a', window_start: 0n, settled: 1n };
      const bad = { account: 'b', window_start: 0n, settled: null };
      await expect(
        writeBatch([
          { table: balances, rows: [good] },
          { table: balances, rows: [bad] },
        ]),
      ).rejects.toThrow(/null/i);
      expect(await db.selectFrom('ledger_balances').selectAll().execute()).toEqual([]);
      await writeBatch([{ table: balances, rows: [good] }], { relaxed: true });
      await writeBatch([{ table: balances, rows: [good] }]);
      expect(await db.selectFrom('ledger_balances').select('settled').execute()).toEqual([{ settled: 2n }]);
    });

    it('does all of a transaction or nothing, while others wait', async () => {
      const { db, writeBatch } = await kit.open();
      const row = { account: 'a', window_start: 0n, settled: 5n };
      const failing = db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('ledger_balances')
          .values({ ...row, account: 'b' })
          .execute();
        throw new Error('changed my mind');
      });
      const others = Promise.all([
        writeBatch([{ table: balances, rows: [{ ...row, settled: 1n }] }]),
        writeBatch([{ table: balances, rows: [{ ...row, settled: 1n }] }]),
      ]);
      await expect(failing).rejects.toThrow('changed my mind');
      await others;
      expect(await db.selectFrom('ledger_balances').select('settled').execute()).toEqual([{ settled: 2n }]);
    });

    it('counts exactly under many transactions at once', async () => {
      const { db } = await kit.open();
      const one = () =>
        db.transaction().execute((transaction) =>
          transaction
            .updateTable('sequences')
            .set({ value: sql`value + 1` })
            .where('name', '=', 'resources')
            .returning('value')
            .executeTakeFirstOrThrow(),
        );
      const values = await Promise.all(Array.from({ length: 50 }, one));
      expect(new Set(values.map(({ value }) => value)).size).toBe(50);
      expect(values.reduce((most, { value }) => (value > most ? value : most), 0n)).toBe(50n);
    });

    it('tells how many rows a change touched', async () => {
      const { db } = await kit.open();
      const result = await db.updateTable('sequences').set({ value: 3n }).executeTakeFirst();
      expect(result.numUpdatedRows).toBe(2n);
    });
  });

  describe('the schema', () => {
    it('of a newer program is refused in words, and left as it is', async () => {
      const url = await kit.emptyUrl();
      const { db } = await kit.open(url);
      const future = { name: '9999-future', up: async () => {} };
      await migrateStore(db, kit.kind, [...storeMigrations, future]);
      await expect(kit.open(url)).rejects.toThrow(/newer Turnpike.*9999-future.*Update/);
      await migrateStore(db, kit.kind, [...storeMigrations, future]);
    });

    it('is not half made when a step fails', async () => {
      const { db } = await kit.open(await kit.emptyUrl());
      const step = (name: string, words: string): StoreMigration => ({
        name,
        up: async (db) => void (await sql.raw(words).execute(db)),
      });
      const steps = [...storeMigrations, step('9998', 'create table made (id integer)'), step('9999', 'no such words')];
      await expect(migrateStore(db, kit.kind, steps)).rejects.toThrow(/syntax/);
      await expect(sql`select * from made`.execute(db)).rejects.toThrow(/made/);
      await migrateStore(db, kit.kind);
    });
  });
});

// In one thread, the one who waits would keep the other from going on.
describeStores(['sqlite-thread', 'postgres'], (kit) => {
  it('the schema is made once, however many start together', async () => {
    const url = await kit.emptyUrl();
    const opened = await Promise.all(Array.from({ length: 4 }, () => kit.open(url)));
    for (const { db } of opened) expect(await db.selectFrom('sequences').selectAll().execute()).toHaveLength(2);
  });
});
