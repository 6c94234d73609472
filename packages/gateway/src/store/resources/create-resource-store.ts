import type { Selectable } from 'kysely';
import type { StoreDatabase } from '../sql/open-database.ts';
import type { ResourcesTable } from '../sql/schema.ts';
import { applyChanges } from './apply-changes.ts';
import { insertAuditEvents } from './audit-log.ts';
import type { ResourceStore, StoredResource } from './resource-store.ts';
import { createRevisionWatch } from './revision-watch.ts';

/** Resources read at a time: a few milliseconds each. */
const rowsPerPart = 2_000;

/** Few enough values for every database. */
const idsPerStatement = 500;

/** `now` in milliseconds since 1970. */
export function createResourceStore(database: StoreDatabase, now: () => number): ResourceStore {
  const { db } = database;

  async function revision(): Promise<bigint> {
    const row = await db.selectFrom('sequences').select('value').where('name', '=', 'resources').executeTakeFirst();
    return row?.value ?? 0n;
  }

  /** By nothing but revisions: for any other order PostgreSQL may read everything for every part. */
  async function* changesSince(revision: bigint): AsyncGenerator<readonly StoredResource[]> {
    for (let last: bigint | undefined = revision; last !== undefined;) {
      const query = db.selectFrom('resources').selectAll().where('revision', '>', last);
      const rows: readonly Row[] = await query.orderBy('revision').limit(rowsPerPart).execute();
      if (rows.length > 0) yield rows.map(resourceOf);
      last = rows.length === rowsPerPart ? rows.at(-1)?.revision : undefined;
    }
  }

  const watch = createRevisionWatch(database, revision);

  return {
    revision,
    async *loadAll() {
      for await (const part of changesSince(0n)) yield part.filter(({ deletedAt }) => deletedAt === undefined);
    },
    changesSince,
    async get(kind, id) {
      const found = db.selectFrom('resources').selectAll().where('kind', '=', kind).where('id', '=', id);
      const row = await found.where('deleted_at', 'is', null).executeTakeFirst();
      return row && resourceOf(row);
    },
    async getMany(kind, ids) {
      const found: StoredResource[] = [];
      for (let start = 0; start < ids.length; start += idsPerStatement) {
        const part = ids.slice(start, start + idsPerStatement);
        const query = db.selectFrom('resources').selectAll().where('kind', '=', kind).where('id', 'in', part);
        found.push(...(await query.where('deleted_at', 'is', null).execute()).map(resourceOf));
      }
      return found;
    },
    async apply(changes, audit, ground) {
      const at = now();
      const revisions = await db.transaction().execute(async (transaction) => {
        const given = await applyChanges(transaction, changes, { at, ground });
        await insertAuditEvents(transaction, audit, at);
        await watch.announce(transaction, given.at(-1));
        return given;
      });
      watch.committed(revisions.at(-1));
      return revisions;
    },
    async secretsOf(kind) {
      const rows = await db.selectFrom('secrets').select(['id', 'sealed']).where('kind', '=', kind).execute();
      return new Map(rows.map(({ id, sealed }) => [id, sealed]));
    },
    watch: watch.open,
  };
}

type Row = Selectable<ResourcesTable>;

function resourceOf(row: Row): StoredResource {
  return {
    kind: row.kind,
    id: row.id,
    ...(row.name === null ? {} : { name: row.name }),
    revision: row.revision,
    body: JSON.parse(row.body),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    ...(row.deleted_at === null ? {} : { deletedAt: Number(row.deleted_at) }),
  };
}
