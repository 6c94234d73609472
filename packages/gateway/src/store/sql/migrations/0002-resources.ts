import { sql } from 'kysely';
import type { StoreMigration } from './store-migration.ts';

/** What the admin API manages, and the trace of who changed it. */
export const resources: StoreMigration = {
  name: '0002-resources',
  async up(db, { text, integer, tableEnd }) {
    // Ids and names stand before the kind: there are few kinds, and PostgreSQL would read all of one where it knows no better.
    await db.schema
      .createTable('resources')
      .addColumn('kind', text, (column) => column.notNull())
      .addColumn('id', text, (column) => column.notNull())
      .addColumn('name', text)
      .addColumn('revision', integer, (column) => column.notNull())
      .addColumn('body', text, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('updated_at', integer, (column) => column.notNull())
      .addColumn('deleted_at', integer)
      .addPrimaryKeyConstraint('resources_pkey', ['id', 'kind'])
      .modifyEnd(tableEnd)
      .execute();
    await db.schema
      .createIndex('resources_name')
      .unique()
      .on('resources')
      .columns(['name', 'kind'])
      .where(sql.ref('deleted_at'), 'is', null)
      .execute();
    await db.schema.createIndex('resources_revision').unique().on('resources').column('revision').execute();

    await db.schema
      .createTable('sequences')
      .addColumn('name', text, (column) => column.primaryKey().notNull())
      .addColumn('value', integer, (column) => column.notNull())
      .modifyEnd(tableEnd)
      .execute();
    await sql`insert into sequences (name, value) values ('resources', 0), ('audit_events', 0)`.execute(db);

    await db.schema
      .createTable('audit_events')
      .addColumn('seq', integer, (column) => column.primaryKey().notNull())
      .addColumn('at', integer, (column) => column.notNull())
      .addColumn('actor', text, (column) => column.notNull())
      .addColumn('action', text, (column) => column.notNull())
      .addColumn('kind', text)
      .addColumn('resource_id', text)
      .addColumn('before', text)
      .addColumn('after', text)
      .addColumn('request_id', text)
      .addColumn('source_ip', text)
      .modifyEnd(tableEnd)
      .execute();
    await db.schema
      .createIndex('audit_events_resource')
      .on('audit_events')
      .columns(['kind', 'resource_id', 'seq'])
      .execute();

    await db.schema
      .createTable('secrets')
      .addColumn('kind', text, (column) => column.notNull())
      .addColumn('id', text, (column) => column.notNull())
      .addColumn('sealed', text, (column) => column.notNull())
      .addColumn('updated_at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('secrets_pkey', ['kind', 'id'])
      .modifyEnd(tableEnd)
      .execute();
  },
};
