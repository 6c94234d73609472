import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { storeMigrations } from './migrations/registry.ts';
import { columnTypesOf, type StoreMigration } from './migrations/store-migration.ts';
import type { Tables } from './schema.ts';

/**
 * Brings a database to this program's schema: all missing steps or none, by one process even where several start at once.
 * Throws when the database was written by a newer program.
 */
export async function migrateStore(
  db: Kysely<Tables>,
  kind: 'sqlite' | 'postgres',
  migrations: readonly StoreMigration[] = storeMigrations,
): Promise<void> {
  const done = await migrationsDone(db, kind);
  refuseNewer(done, migrations);
  if (done.length === migrations.length) return;
  const types = columnTypesOf(kind);
  const steps = migrations.map(({ name, up }): [string, Migration] => [name, { up: (db) => up(db, types) }]);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => Object.fromEntries(steps) } });
  const { error } = await migrator.migrateToLatest();
  // Another process may have made steps in the meantime that this one does not know.
  if (error !== undefined) refuseNewer(await migrationsDone(db, kind), migrations);
  if (error !== undefined) throw error;
}

function refuseNewer(done: readonly string[], migrations: readonly StoreMigration[]): void {
  const unknown = done.filter((name) => !migrations.some((migration) => migration.name === name));
  if (unknown.length === 0) return;
  throw new Error(
    `The store was written by a newer Turnpike (this one does not know ${unknown.join(', ')}). Update Turnpike, or use another store.`,
  );
}

async function migrationsDone(db: Kysely<Tables>, kind: 'sqlite' | 'postgres'): Promise<readonly string[]> {
  const { rows } =
    kind === 'sqlite'
      ? await sql`select name from sqlite_master where type = 'table' and name = 'kysely_migration'`.execute(db)
      : await sql`select 1 where to_regclass('kysely_migration') is not null`.execute(db);
  if (rows.length === 0) return [];
  const done = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return done.rows.map(({ name }) => name);
}
