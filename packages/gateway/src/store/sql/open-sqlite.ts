/** What may be bound to a statement. Some drivers abort the whole process on anything else. */
export type SqliteValue = null | number | bigint | string | Buffer;

/** A row as it is read: every integer is a bigint. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** The few calls every SQLite driver has in common. */
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export interface SqliteStatement {
  readonly returnsRows: boolean;
  all(parameters: readonly SqliteValue[]): readonly SqliteRow[];
  /** Answers how many rows it changed. */
  run(parameters: readonly SqliteValue[]): bigint;
}

/** Opens a file with the driver this runtime has: its own (`bun:sqlite`, `node:sqlite` from Node 22.13), else the optional package `libsql`. */
export async function openSqlite(file: string): Promise<SqliteDatabase> {
  if (process.versions['bun'] !== undefined) return openBun(file);
  const builtIn = builtInSqlite();
  return builtIn ? openBuiltIn(new builtIn.DatabaseSync(file)) : openLibsql(file);
}

/** What the drivers call a database, as far as they agree. */
interface DriverDatabase<Statement> {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

interface BuiltInStatement {
  columns(): readonly unknown[];
  setReadBigInts(enabled: boolean): void;
  all(...values: SqliteValue[]): unknown;
  run(...values: SqliteValue[]): unknown;
}

interface BuiltInSqlite {
  readonly DatabaseSync: new (file: string) => DriverDatabase<BuiltInStatement>;
}

/** Asked for by name at run time: older Nodes do not have it, and an import would stop them. */
function builtInSqlite(): BuiltInSqlite | undefined {
  const found: object | undefined = process.getBuiltinModule('node:sqlite');
  return found && isSqlite(found) ? found : undefined;
}

function isSqlite(module: object): module is BuiltInSqlite {
  return 'DatabaseSync' in module;
}

function openBuiltIn(database: DriverDatabase<BuiltInStatement>): SqliteDatabase {
  return adapted(database, (statement) => {
    statement.setReadBigInts(true);
    return {
      returnsRows: statement.columns().length > 0,
      all: (parameters) => rowsOf(statement.all(...parameters)),
      run: (parameters) => changesOf(statement.run(...parameters)),
    };
  });
}

async function openLibsql(file: string): Promise<SqliteDatabase> {
  const { default: Database } = await importLibsql();
  const database = new Database(file);
  database.defaultSafeIntegers(true);
  // Always one array: a bare value as the only argument crashes this driver.
  return adapted(database, (statement) => ({
    returnsRows: statement.reader,
    all: (parameters) => rowsOf(statement.all([...parameters])),
    run: (parameters) => changesOf(statement.run([...parameters])),
  }));
}

/** Node has this since 20.13, its types do not. */
type NewerReport = NodeJS.ProcessReport & { excludeNetwork?: boolean };

/**
 * The package asks Node for a report to learn which C library there is. Unless told otherwise that report looks up the name of every
 * socket's peer, in this thread: seconds in which a process with many sockets answers nobody.
 */
async function importLibsql() {
  const report: NewerReport = process.report;
  const { excludeNetwork = false } = report;
  report.excludeNetwork = true;
  try {
    return await import('libsql');
  } catch (cause) {
    throw new Error(
      'This Node has no SQLite of its own and the package "libsql" is missing. Use Node 22.13 or newer, or run npm install again.',
      { cause },
    );
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}

interface BunStatement {
  readonly columnNames: readonly string[];
  all(...values: SqliteValue[]): unknown;
  run(...values: SqliteValue[]): unknown;
}

interface BunSqlite {
  readonly Database: new (file: string, options: object) => DriverDatabase<BunStatement>;
}

function isBunSqlite(module: unknown): module is BunSqlite {
  return typeof module === 'object' && module !== null && 'Database' in module;
}

async function openBun(file: string): Promise<SqliteDatabase> {
  // Not written into the import: only Bun has types for it.
  const name = 'bun:sqlite';
  const module: unknown = await import(name);
  if (!isBunSqlite(module)) throw new Error('this Bun has no SQLite');
  const database = new module.Database(file, { create: true, readwrite: true, safeIntegers: true });
  return adapted(database, (statement) => ({
    returnsRows: statement.columnNames.length > 0,
    all: (parameters) => rowsOf(statement.all(...parameters)),
    run: (parameters) => changesOf(statement.run(...parameters)),
  }));
}

function adapted<Statement>(
  database: DriverDatabase<Statement>,
  adapt: (statement: Statement) => SqliteStatement,
): SqliteDatabase {
  return {
    exec: (sql) => void database.exec(sql),
    prepare: (sql) => adapt(database.prepare(sql)),
    close: () => void database.close(),
  };
}

function isRow(value: unknown): value is SqliteRow {
  return typeof value === 'object' && value !== null;
}

function rowsOf(result: unknown): readonly SqliteRow[] {
  return Array.isArray(result) ? result.filter(isRow) : [];
}

function changesOf(result: unknown): bigint {
  const changes = typeof result === 'object' && result !== null && 'changes' in result ? result.changes : 0;
  return typeof changes === 'bigint' ? changes : BigInt(Number(changes));
}
