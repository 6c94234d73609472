import { sql } from 'kysely';
import type { StoreMigration } from './store-migration.ts';

/** Whose exchanges are looked for. Most installations use one or two of these, so the index holds only rows that have one. */
const owners = ['key_id', 'user_id', 'team_id', 'organization_id'];

export const exchangeRecords: StoreMigration = {
  name: '0001-exchange-records',
  async up(db, { kind, text, integer, tableEnd }) {
    // Programs from before there were migrations look only at this number, and refuse a file where it is higher than theirs.
    if (kind === 'sqlite') await sql`pragma user_version = 2`.execute(db);
    await db.schema
      .createTable('exchange_records')
      .addColumn('id', text, (column) => column.primaryKey().notNull())
      .addColumn('started_at', integer, (column) => column.notNull())
      .addColumn('key_id', text)
      .addColumn('user_id', text)
      .addColumn('team_id', text)
      .addColumn('organization_id', text)
      .addColumn('session', text)
      .addColumn('agent', text)
      .addColumn('model_asked', text)
      .addColumn('provider', text)
      .addColumn('model', text)
      .addColumn('outcome', text, (column) => column.notNull())
      .addColumn('status', integer)
      .addColumn('input_tokens', integer)
      .addColumn('output_tokens', integer)
      .addColumn('cached_input_tokens', integer)
      .addColumn('cache_write_tokens', integer)
      .addColumn('reasoning_tokens', integer)
      .addColumn('cost_nano_dollars', integer)
      .addColumn('tags', text)
      .addColumn('record', text, (column) => column.notNull())
      .modifyEnd(tableEnd)
      .execute();
    await db.schema
      .createIndex('exchange_records_started_at')
      .on('exchange_records')
      .columns(['started_at', 'id'])
      .execute();
    for (const owner of owners) {
      await db.schema
        .createIndex(`exchange_records_${owner}`)
        .on('exchange_records')
        .columns([owner, 'started_at'])
        .where(sql.ref(owner), 'is not', null)
        .execute();
    }
  },
};
