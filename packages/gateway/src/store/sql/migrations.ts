import type { SqliteDatabase } from './open-sqlite.ts';

/** Schema changes in order; the database's `user_version` counts those that were made. Never edit one that was released: add another. */
const migrations: readonly string[] = [
  // Ids grow with time, so their index grows at its end and also finds records by time.
  `CREATE TABLE exchanges (
     id TEXT NOT NULL UNIQUE,
     started_at INTEGER NOT NULL,
     key TEXT,
     session TEXT,
     model_asked TEXT,
     provider TEXT,
     model TEXT,
     outcome TEXT NOT NULL,
     cost_nano_dollars TEXT,
     record TEXT NOT NULL
   ) STRICT;`,
];

/** Brings a database to this program's schema. Throws when the database was written by a newer program. */
export function migrate(database: SqliteDatabase): void {
  const [row] = database.prepare('PRAGMA user_version').all([]);
  const done = Number(row?.['user_version'] ?? 0);
  if (done > migrations.length) {
    throw new Error(
      `The store was written by a newer Turnpike (schema ${done}, this one knows ${migrations.length}). Update Turnpike, or use another store.`,
    );
  }
  migrations.slice(done).forEach((sql, index) => {
    database.exec(`BEGIN; ${sql}; PRAGMA user_version = ${done + index + 1}; COMMIT;`);
  });
}
