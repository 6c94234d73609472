import { hostname } from 'node:os';
import type { Client, ClientConfig, CustomTypesConfig, Pool } from 'pg';
import { driverUrl } from './postgres-url.ts';

/** How many connections one process takes. */
const maxConnections = 10;
const connectTimeoutMs = 5_000;
/** What the server itself gives up. The client waits a little longer before it does. */
const statementTimeoutMs = 30_000;
const lockTimeoutMs = 10_000;
const idleInTransactionMs = 60_000;
/** Those who wait for another process's migration wait as long as it may take. */
const migrationTimeoutMs = 600_000;

/** Numbers of PostgreSQL's types whose values are whole numbers here: int8, int4, and numeric as the sum of int8. */
const integerTypes: readonly number[] = [20, 23, 1700];

/** Connections of a store, and others that are made alike. */
export interface PostgresConnections {
  readonly pool: Pool;
  /** One connection that waits long. End it. */
  readonly migrationPool: () => Pool;
  /** Not yet connected; whoever asked ends it. It listens, or holds a lock. */
  newClient(): Client;
}

/** The driver is loaded only where the store is PostgreSQL. */
export async function openPostgres(url: string, onError: (error: Error) => void): Promise<PostgresConnections> {
  const { Client, Pool, types } = await import('pg');
  const integers = integersAsBigint(types);
  const configOf = (timeoutMs: number): ClientConfig => ({
    connectionString: driverUrl(url),
    types: integers,
    application_name: `turnpike ${process.pid} on ${hostname()}`,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + 5_000,
    lock_timeout: Math.min(lockTimeoutMs, timeoutMs),
    idle_in_transaction_session_timeout: idleInTransactionMs,
    keepAlive: true,
  });
  const newPool = (max: number, timeoutMs: number): Pool => {
    const pool = new Pool({ ...configOf(timeoutMs), max, idleTimeoutMillis: 30_000 });
    // A connection that breaks while nobody uses it would otherwise end the process.
    pool.on('error', onError);
    return pool;
  };
  return {
    pool: newPool(maxConnections, statementTimeoutMs),
    migrationPool: () => newPool(1, migrationTimeoutMs),
    newClient: () => new Client(configOf(statementTimeoutMs)),
  };
}

/** The driver reads them as text, for fear of losing digits. */
function integersAsBigint(types: CustomTypesConfig): CustomTypesConfig {
  const getTypeParser: CustomTypesConfig['getTypeParser'] = (oid, format) =>
    integerTypes.includes(oid) && format !== 'binary' ? BigInt : types.getTypeParser(oid, format);
  return { getTypeParser };
}
