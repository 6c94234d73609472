import type { ColumnDefinitionBuilder } from 'kysely';
import { sql } from 'kysely';
import { ledgerFunctions } from './ledger-functions.ts';
import type { StoreMigration } from './store-migration.ts';

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull();

/** What was charged, its sums, what is reserved, and the processes that reserve. */
export const ledger: StoreMigration = {
  name: '0003-ledger',
  async up(db, { kind, text, integer, tableEnd }) {
    await db.schema
      .createTable('ledger_entries')
      .addColumn('id', text, key)
      .addColumn('at', integer, required)
      .addColumn('exchange_id', text, required)
      .addColumn('kind', text, required)
      .addColumn('key_id', text)
      .addColumn('user_id', text)
      .addColumn('team_id', text)
      .addColumn('organization_id', text)
      .addColumn('tags', text, required)
      .addColumn('model_asked', text, required)
      .addColumn('provider', text, required)
      .addColumn('model', text, required)
      .addColumn('nano_dollars', integer)
      .addColumn('input_tokens', integer, required)
      .addColumn('output_tokens', integer, required)
      .addColumn('estimated', integer, required)
      .addColumn('overdraft', integer, required)
      .addColumn('postings', text, required)
      .modifyEnd(tableEnd)
      .execute();
    await db.schema.createIndex('ledger_entries_at').on('ledger_entries').columns(['at', 'id']).execute();

    await db.schema
      .createTable('ledger_balances')
      .addColumn('account', text, required)
      .addColumn('window_start', integer, required)
      .addColumn('settled', integer, required)
      .addColumn('held', integer, (column) => column.notNull().defaultTo(0))
      .addColumn('kept_until', integer)
      .addPrimaryKeyConstraint('ledger_balances_pkey', ['account', 'window_start'])
      .modifyEnd(tableEnd)
      .execute();

    await db.schema
      .createTable('ledger_holds')
      .addColumn('id', text, key)
      .addColumn('hold', text, required)
      .modifyEnd(tableEnd)
      .execute();

    await db.schema
      .createTable('replicas')
      .addColumn('id', text, key)
      .addColumn('started_at', integer, required)
      .addColumn('seen_at', integer, required)
      .addColumn('counters', text, required)
      .modifyEnd(tableEnd)
      .execute();

    if (kind === 'sqlite') await sql.raw(bookOnSqlite).execute(db);
    else for (const statement of ledgerFunctions) await sql.raw(statement).execute(db);
  },
};

/** The database itself adds entries to balances: an entry that is there already changes nothing. And an entry ends the hold of its id. */
const bookOnSqlite = `
create trigger ledger_entries_book after insert on ledger_entries begin
  insert into ledger_balances (account, window_start, settled, held, kept_until)
    select json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), 0, json_extract(value, '$[3]')
    from json_each(new.postings) where true
    on conflict (account, window_start) do update
      set settled = settled + excluded.settled, kept_until = excluded.kept_until;
  delete from ledger_holds where id = new.id;
end`;
