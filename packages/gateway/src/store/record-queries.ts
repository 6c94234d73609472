import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { BadCursor, type Page, type Paged, pageOf } from './page.ts';
import type { StoreDatabase } from './sql/open-database.ts';
import type { Tables } from './sql/schema.ts';

/** Which records. What is left out does not matter. */
export interface RecordFilter {
  readonly id?: string | undefined;
  /** Milliseconds since 1970; from this moment on. */
  readonly since?: number | undefined;
  /** Until just before this moment. */
  readonly until?: number | undefined;
  readonly key?: string | undefined;
  readonly user?: string | undefined;
  readonly team?: string | undefined;
  readonly organization?: string | undefined;
  readonly tag?: string | undefined;
  readonly session?: string | undefined;
  readonly agent?: string | undefined;
  readonly modelAsked?: string | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly outcome?: string | undefined;
}

/** The fields that are looked up as they are, and their columns. */
const columns = [
  ['id', 'id'],
  ['key', 'key_id'],
  ['user', 'user_id'],
  ['team', 'team_id'],
  ['organization', 'organization_id'],
  ['session', 'session'],
  ['agent', 'agent'],
  ['modelAsked', 'model_asked'],
  ['provider', 'provider'],
  ['model', 'model'],
  ['outcome', 'outcome'],
] as const;

type Builder = ExpressionBuilder<Tables, 'exchange_records'>;

/** The filter as a condition. */
export function matching(kind: StoreDatabase['kind'], filter: RecordFilter): (eb: Builder) => Expression<SqlBool> {
  return (eb) => {
    const conditions: Expression<SqlBool>[] = [];
    for (const [field, column] of columns) {
      const value = filter[field];
      if (value !== undefined) conditions.push(eb(column, '=', value));
    }
    if (filter.since !== undefined) conditions.push(eb('started_at', '>=', BigInt(filter.since)));
    if (filter.until !== undefined) conditions.push(eb('started_at', '<', BigInt(filter.until)));
    if (filter.tag !== undefined) conditions.push(hasTag(kind, filter.tag));
    return eb.and(conditions);
  };
}

/** The list is JSON, so a tag in its quotes stands there only as a whole. */
function hasTag(kind: StoreDatabase['kind'], tag: string): Expression<SqlBool> {
  const position = kind === 'sqlite' ? sql.raw('instr') : sql.raw('strpos');
  return sql<SqlBool>`${position}(${sql.ref('tags')}, ${JSON.stringify(tag)}) > 0`;
}

/** Newest first. Throws `BadCursor`. */
export async function listRecords(
  { kind, db }: StoreDatabase,
  filter: RecordFilter,
  page: Page,
): Promise<Paged<ExchangeRecord>> {
  let query = db
    .selectFrom('exchange_records')
    .select(['id', 'started_at', 'record'])
    .where(matching(kind, filter))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.after !== undefined) {
    const { startedAt, id } = readCursor(page.after);
    query = query.where((eb) => eb(eb.refTuple('started_at', 'id'), '<', eb.tuple(startedAt, id)));
  }
  return pageOf(
    await query.execute(),
    page,
    (row): ExchangeRecord => JSON.parse(row.record),
    (row) => `${row.started_at}.${row.id}`,
  );
}

function readCursor(cursor: string): { startedAt: bigint; id: string } {
  const [, startedAt, id] = /^(\d{1,16})\.(.+)$/s.exec(cursor) ?? [];
  if (startedAt === undefined || id === undefined) throw new BadCursor();
  return { startedAt: BigInt(startedAt), id };
}
