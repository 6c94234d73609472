import { sql, type Transaction } from 'kysely';
import type { Client } from 'pg';
import type { StoreDatabase } from '../sql/open-database.ts';
import type { PostgresConnections } from '../sql/open-postgres.ts';
import type { Tables } from '../sql/schema.ts';

/** On PostgreSQL, another replica's change is heard of at once; if the line is broken, at the next look. */
const lookEveryMs = 1_000;

const channel = 'turnpike_resources';

/** Tells of new revisions. */
export interface RevisionWatch {
  /** Part of the transaction that makes a revision. */
  announce(transaction: Transaction<Tables>, revision: bigint | undefined): Promise<void>;
  /** After it. */
  committed(revision: bigint | undefined): void;
  open(onRevision: (revision: bigint) => void): Promise<{ close(): Promise<void> }>;
}

/** SQLite belongs to this process, so it knows of every change itself. On PostgreSQL other replicas make changes, too. */
export function createRevisionWatch(database: StoreDatabase, readRevision: () => Promise<bigint>): RevisionWatch {
  const listeners = new Set<(revision: bigint) => void>();
  const { postgres } = database;
  return {
    async announce(transaction, revision) {
      if (!postgres || revision === undefined) return;
      await sql`select pg_notify(${channel}, ${String(revision)})`.execute(transaction);
    },
    committed(revision) {
      if (revision !== undefined) for (const listener of listeners) listener(revision);
    },
    async open(onRevision) {
      let last = await readRevision();
      const tell = (revision: bigint) => {
        if (revision <= last) return;
        last = revision;
        onRevision(revision);
      };
      listeners.add(tell);
      const remote = postgres && listen(postgres, readRevision, tell);
      return {
        async close() {
          listeners.delete(tell);
          await remote?.close();
        },
      };
    },
  };
}

/** Listens on a connection of its own, makes it anew when it breaks, and looks for itself from time to time. */
function listen(
  postgres: PostgresConnections,
  readRevision: () => Promise<bigint>,
  tell: (revision: bigint) => void,
): { close(): Promise<void> } {
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function connect(): Promise<void> {
    const fresh = postgres.newClient();
    const lost = () => {
      if (client === fresh) client = undefined;
    };
    fresh.on('error', lost);
    fresh.on('end', lost);
    fresh.on('notification', ({ payload }) => {
      if (payload !== undefined && /^\d+$/.test(payload)) tell(BigInt(payload));
    });
    client = fresh;
    await fresh.connect();
    await fresh.query(`listen ${channel}`);
  }

  async function look(): Promise<void> {
    try {
      if (!client) await connect();
      tell(await readRevision());
    } catch {
      // The store is away for a moment. Those who need it say so; here the next look will do.
      client?.end().catch(() => {});
      client = undefined;
    }
    if (!closed) timer = setTimeout(() => void (looking = look()), lookEveryMs);
  }

  let looking = look();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await looking;
      await client?.end();
    },
  };
}
