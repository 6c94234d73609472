import { type RawBuilder, sql } from 'kysely';
import { matching, type RecordFilter } from './record-queries.ts';
import type { StoreDatabase } from './sql/open-database.ts';

/** By what sums are made. `hour` and `day` are in UTC. */
export type UsageField = keyof typeof groups;

/** One sum. Money in nano-dollars. */
export interface UsageTotal {
  /** The fields' values in this sum. Null where records have none; hours and days as the milliseconds of their beginning. */
  readonly group: Readonly<Partial<Record<UsageField, string | null>>>;
  readonly requests: bigint;
  /** Of which no answer came to a good end. */
  readonly failed: bigint;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly cachedInputTokens: bigint;
  readonly cacheWriteTokens: bigint;
  readonly reasoningTokens: bigint;
  readonly costNanoDollars: bigint;
  /** Requests that used tokens at a price nobody knows: they are not in the cost. */
  readonly unpriced: bigint;
}

const groups = {
  key: sql.ref('key_id'),
  user: sql.ref('user_id'),
  team: sql.ref('team_id'),
  organization: sql.ref('organization_id'),
  agent: sql.ref('agent'),
  modelAsked: sql.ref('model_asked'),
  provider: sql.ref('provider'),
  model: sql.ref('model'),
  outcome: sql.ref('outcome'),
  hour: since(3_600_000),
  day: since(86_400_000),
};

/** The beginning of the stretch of time that a record lies in. */
function since(stretchMs: number): RawBuilder<unknown> {
  const stretch = sql.lit(stretchMs);
  return sql`cast(${sql.ref('started_at')} / ${stretch} * ${stretch} as text)`;
}

const sumOf = (column: string) => sql<bigint>`coalesce(sum(${sql.ref(column)}), 0)`;
const countOf = (condition: RawBuilder<unknown>) =>
  sql<bigint>`coalesce(sum(case when ${condition} then 1 else 0 end), 0)`;

/** The largest number of requests first. Without fields: one sum of everything. */
export async function usageTotals(
  { kind, db }: StoreDatabase,
  filter: RecordFilter,
  groupBy: readonly UsageField[],
): Promise<readonly UsageTotal[]> {
  const fields = [...new Set(groupBy)];
  let query = db
    .selectFrom('exchange_records')
    .where(matching(kind, filter))
    .select(fields.map((field) => sql<string | null>`${groups[field]}`.as(field)))
    .select((eb) => [
      eb.fn.countAll<bigint>().as('requests'),
      countOf(sql`${sql.ref('outcome')} in ('failed', 'abandoned')`).as('failed'),
      sumOf('input_tokens').as('inputTokens'),
      sumOf('output_tokens').as('outputTokens'),
      sumOf('cached_input_tokens').as('cachedInputTokens'),
      sumOf('cache_write_tokens').as('cacheWriteTokens'),
      sumOf('reasoning_tokens').as('reasoningTokens'),
      sumOf('cost_nano_dollars').as('costNanoDollars'),
      countOf(sql`${sql.ref('cost_nano_dollars')} is null and ${sql.ref('input_tokens')} is not null`).as('unpriced'),
    ])
    .$if(fields.length > 0, (query) => query.groupBy(fields.map((field) => groups[field])))
    .orderBy('requests', 'desc');
  // So that the order is the same on both databases.
  for (const field of fields) query = query.orderBy(sql`${groups[field]} nulls last`);
  const rows = await query.execute();
  return rows.map((row) => {
    const { requests, failed, inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, ...rest } = row;
    const { reasoningTokens, costNanoDollars, unpriced, ...group } = rest;
    const tokens = { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens };
    return { group: { ...group }, requests, failed, ...tokens, costNanoDollars, unpriced };
  });
}
