import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Mutex } from './mutex.ts';
import type { SqliteChannel } from './sqlite-channel.ts';
import { sqliteValueOf } from './sqlite-value.ts';

/** SQLite can change its schema inside a transaction; Kysely's own adapter does not count on it. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Kysely on a channel to the engine. There is one connection; whoever holds the mutex has it. */
export function createSqliteDialect(channel: SqliteChannel, mutex: Mutex): Dialect {
  return {
    createDriver: () => createDriver(channel, mutex),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new TransactionalSqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

function createDriver(channel: SqliteChannel, mutex: Mutex): Driver {
  const turns = new WeakMap<DatabaseConnection, () => void>();
  const say = (words: string) => async (connection: DatabaseConnection) =>
    void (await connection.executeQuery(CompiledQuery.raw(words)));
  return {
    init: async () => {},
    async acquireConnection() {
      const release = await mutex.lock();
      const connection = createConnection(channel);
      turns.set(connection, release);
      return connection;
    },
    // Takes the right to write at once: gotten later, it may have been given to another process in between.
    beginTransaction: say('begin immediate'),
    commitTransaction: say('commit'),
    rollbackTransaction: say('rollback'),
    releaseConnection: async (connection) => turns.get(connection)?.(),
    destroy: () => channel.close(),
  };
}

function createConnection(channel: SqliteChannel): DatabaseConnection {
  async function executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, changes } = await channel.query(sql, parameters.map(sqliteValueOf));
    return { rows: asPromised<Row>(rows), ...(changes === undefined ? {} : { numAffectedRows: changes }) };
  }
  return {
    executeQuery,
    // Long lists are read in pages: a stream would keep everybody else waiting.
    async *streamQuery<Row>(query: CompiledQuery) {
      yield await executeQuery<Row>(query);
    },
  };
}

/** Rows have the type that their query promises: the schema is checked when it is made, not with every row. */
function asPromised<Row>(rows: readonly unknown[]): Row[] {
  return rows.filter((row): row is Row => typeof row === 'object');
}
