import type { Selectable, Transaction } from 'kysely';
import type { Json } from '../../core/json.ts';
import { BadCursor, type Page, type Paged, pageOf } from '../page.ts';
import type { StoreDatabase } from '../sql/open-database.ts';
import type { AuditEventsTable, Tables } from '../sql/schema.ts';
import { takeNumbers } from './take-numbers.ts';

/** Who did what to which resource. */
export interface AuditEntry {
  readonly actor: string;
  /** Verb and noun, e.g. `virtual-key.create`. */
  readonly action: string;
  readonly kind?: string;
  readonly resourceId?: string;
  /** The resource as it was and as it is, without secrets. */
  readonly before?: Json;
  readonly after?: Json;
  readonly requestId?: string;
  readonly sourceIp?: string;
}

export interface AuditEvent extends AuditEntry {
  /** Counts up without gaps, in the order of commits. */
  readonly seq: bigint;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Which events. What is left out does not matter. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly kind?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** What was done by whom. Events are only ever added. */
export interface AuditLog {
  /** For what changes no resource. Changes of resources write theirs with the change. */
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** Newest first. Throws `BadCursor`. */
  list(filter: AuditFilter, page: Page): Promise<Paged<AuditEvent>>;
}

export function createAuditLog({ db }: StoreDatabase, now: () => number): AuditLog {
  return {
    append: (entries) => db.transaction().execute((transaction) => insertAuditEvents(transaction, entries, now())),
    async list(filter, page) {
      let query = db
        .selectFrom('audit_events')
        .selectAll()
        .orderBy('seq', 'desc')
        .limit(page.limit + 1);
      if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor);
      if (filter.action !== undefined) query = query.where('action', '=', filter.action);
      if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
      if (filter.resourceId !== undefined) query = query.where('resource_id', '=', filter.resourceId);
      if (filter.since !== undefined) query = query.where('at', '>=', BigInt(filter.since));
      if (filter.until !== undefined) query = query.where('at', '<', BigInt(filter.until));
      if (page.after !== undefined) query = query.where('seq', '<', readCursor(page.after));
      return pageOf(await query.execute(), page, eventOf, ({ seq }) => String(seq));
    },
  };
}

/** Part of the transaction that does what they tell of. */
export async function insertAuditEvents(
  transaction: Transaction<Tables>,
  entries: readonly AuditEntry[],
  at: number,
): Promise<void> {
  if (entries.length === 0) return;
  const first = await takeNumbers(transaction, 'audit_events', entries.length);
  const rows = entries.map((entry, index) => ({
    seq: first + BigInt(index),
    at,
    actor: entry.actor,
    action: entry.action,
    kind: entry.kind,
    resource_id: entry.resourceId,
    before: textOf(entry.before),
    after: textOf(entry.after),
    request_id: entry.requestId,
    source_ip: entry.sourceIp,
  }));
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    const part = rows.slice(start, start + rowsPerStatement);
    await transaction.insertInto('audit_events').values(part).execute();
  }
}

/** Few enough values for every database. */
const rowsPerStatement = 500;

type AuditRow = Selectable<AuditEventsTable>;

const textOf = (body: Json | undefined): string | null => (body === undefined ? null : JSON.stringify(body));

function eventOf(row: AuditRow): AuditEvent {
  return {
    seq: row.seq,
    at: Number(row.at),
    actor: row.actor,
    action: row.action,
    ...(row.kind === null ? {} : { kind: row.kind }),
    ...(row.resource_id === null ? {} : { resourceId: row.resource_id }),
    ...(row.before === null ? {} : { before: JSON.parse(row.before) }),
    ...(row.after === null ? {} : { after: JSON.parse(row.after) }),
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
    ...(row.source_ip === null ? {} : { sourceIp: row.source_ip }),
  };
}

function readCursor(cursor: string): bigint {
  if (!/^\d{1,18}$/.test(cursor)) throw new BadCursor();
  return BigInt(cursor);
}
