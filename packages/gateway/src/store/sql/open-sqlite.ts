/** What may be bound to a statement. Some drivers abort the whole process on anything else. */
export type SqlValue = null | number | bigint | string | Buffer;

/** The few calls every SQLite driver has in common. */
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export interface SqliteStatement {
  run(parameters: readonly SqlValue[]): void;
  all(parameters: readonly SqlValue[]): readonly Record<string, SqlValue>[];
}

/** Opens a file with the driver this runtime has: its own (`node:sqlite`, from Node 22.13), else the optional package `libsql`. */
export async function openSqlite(file: string): Promise<SqliteDatabase> {
  const builtIn = builtInSqlite();
  return builtIn ? openBuiltIn(new builtIn.DatabaseSync(file)) : openLibsql(file);
}

interface BuiltInSqlite {
  readonly DatabaseSync: new (file: string) => BuiltInDatabase;
}

/** Asked for by name at run time: older Nodes do not have it, and an import would stop them. */
function builtInSqlite(): BuiltInSqlite | undefined {
  const found: object | undefined = process.getBuiltinModule('node:sqlite');
  return found && isSqlite(found) ? found : undefined;
}

function isSqlite(module: object): module is BuiltInSqlite {
  return 'DatabaseSync' in module;
}

interface BuiltInDatabase {
  exec(sql: string): void;
  prepare(sql: string): { run(...values: SqlValue[]): unknown; all(...values: SqlValue[]): unknown };
  close(): void;
}

function openBuiltIn(database: BuiltInDatabase): SqliteDatabase {
  return {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        run: (parameters) => void statement.run(...parameters),
        all: (parameters) => rowsOf(statement.all(...parameters)),
      };
    },
  };
}

async function openLibsql(file: string): Promise<SqliteDatabase> {
  const { default: Database } = await import('libsql').catch((cause: unknown) => {
    throw new Error(
      'This Node has no SQLite of its own and the package "libsql" is missing. Use Node 22.13 or newer, or run npm install again.',
      { cause },
    );
  });
  const database = new Database(file);
  return {
    exec: (sql) => void database.exec(sql),
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      // Always one array: a bare value as the only argument crashes this driver.
      return {
        run: (parameters) => void statement.run([...parameters]),
        all: (parameters) => rowsOf(statement.all([...parameters])),
      };
    },
  };
}

function isRow(value: unknown): value is Record<string, SqlValue> {
  return typeof value === 'object' && value !== null;
}

function rowsOf(result: unknown): readonly Record<string, SqlValue>[] {
  return Array.isArray(result) ? result.filter(isRow) : [];
}
