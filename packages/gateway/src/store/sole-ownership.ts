import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import type { StoreDatabase } from './sql/open-database.ts';
import type { PostgresConnections } from './sql/open-postgres.ts';

/** A store that this process alone counts in. */
export interface SoleOwnership {
  release(): Promise<void>;
}

/** PostgreSQL's advisory locks are numbers. This one is "turnpike" in ASCII. */
const lockNumber = '8391739299332713317';

const reconnectMs = 1_000;

/**
 * Makes sure that no other process is owner of the same store. The claim ends with the process, however it ends: on SQLite the
 * operating system drops a file lock, on PostgreSQL the server ends a session. Throws, naming the other process where it is known.
 * `onLost` is told when the connection that held the claim broke and another process took the store meanwhile.
 */
export async function acquireSoleOwnership(
  { sqlite, postgres }: StoreDatabase,
  onLost: (reason: string) => void,
): Promise<SoleOwnership> {
  if (postgres) return ownPostgres(postgres, onLost);
  await sqlite?.own();
  // The lock belongs to the engine and goes when it is closed.
  return { release: async () => {} };
}

async function ownPostgres(postgres: PostgresConnections, onLost: (reason: string) => void): Promise<SoleOwnership> {
  const released = new AbortController();
  let holder: Client = await hold();

  async function hold(): Promise<Client> {
    const client = await lockedClient(postgres);
    client.once('end', () => void holdAgain());
    return client;
  }

  async function holdAgain(): Promise<void> {
    while (!released.signal.aborted) {
      try {
        holder = await hold();
        if (released.signal.aborted) await holder.end();
        return;
      } catch (error) {
        if (error instanceof TakenError) return onLost(error.message);
        await pause(reconnectMs);
      }
    }
  }

  return {
    async release() {
      released.abort();
      await holder.end();
    },
  };
}

/** Another process has it. */
class TakenError extends Error {}

async function lockedClient(postgres: PostgresConnections): Promise<Client> {
  const client = postgres.newClient();
  // Without a listener an error would end the process; `end` follows every one.
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query('select pg_try_advisory_lock($1) as locked', [lockNumber]);
  if (rows[0]?.locked === true) return client;
  const owner = await ownerOf(client);
  await client.end();
  throw new TakenError(`it is in use by ${owner}`);
}

/** Connections are named after their process. */
async function ownerOf(client: Client): Promise<string> {
  const { rows } = await client.query(
    `select application_name, client_addr from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and granted and pg_locks.database = (select oid from pg_database where datname = current_database())
       and (classid::bigint << 32 | objid::bigint) = $1`,
    [lockNumber],
  );
  const [row] = rows;
  return row
    ? `${String(row.application_name)} (${String(row.client_addr ?? 'a local connection')})`
    : 'another process';
}
