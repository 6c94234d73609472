import type { StoreMigration } from './store-migration.ts';

/** Charges, their sums, what is reserved, and the processes that reserve. */
export const ledger: StoreMigration = {
  name: '0003-ledger',
  async up(db, { text, integer, tableEnd }) {
    await db.schema
      .createTable('ledger_entries')
      .addColumn('id', text, (column) => column.primaryKey().notNull())
      .addColumn('at', integer, (column) => column.notNull())
      .addColumn('account', text, (column) => column.notNull())
      .addColumn('window_start', integer, (column) => column.notNull())
      .addColumn('unit', text, (column) => column.notNull())
      .addColumn('amount', integer, (column) => column.notNull())
      .addColumn('hold_id', text)
      .addColumn('exchange_id', text)
      .addColumn('kind', text, (column) => column.notNull())
      .addColumn('estimated', integer, (column) => column.notNull())
      .modifyEnd(tableEnd)
      .execute();
    await db.schema
      .createIndex('ledger_entries_account')
      .on('ledger_entries')
      .columns(['account', 'window_start'])
      .execute();

    await db.schema
      .createTable('ledger_balances')
      .addColumn('account', text, (column) => column.notNull())
      .addColumn('window_start', integer, (column) => column.notNull())
      .addColumn('settled', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('ledger_balances_pkey', ['account', 'window_start'])
      .modifyEnd(tableEnd)
      .execute();

    await db.schema
      .createTable('ledger_holds')
      .addColumn('id', text, (column) => column.notNull())
      .addColumn('replica', text, (column) => column.notNull())
      .addColumn('account', text, (column) => column.notNull())
      .addColumn('window_start', integer, (column) => column.notNull())
      .addColumn('amount', integer, (column) => column.notNull())
      .addColumn('expires_at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('ledger_holds_pkey', ['id', 'account', 'window_start'])
      .modifyEnd(tableEnd)
      .execute();

    await db.schema
      .createTable('replicas')
      .addColumn('id', text, (column) => column.primaryKey().notNull())
      .addColumn('started_at', integer, (column) => column.notNull())
      .addColumn('seen_at', integer, (column) => column.notNull())
      .addColumn('counters', text, (column) => column.notNull())
      .modifyEnd(tableEnd)
      .execute();
  },
};
