import type { ExchangeRecord, UsageRecord } from '@turnpike/contract/exchange-record';
import type { Insertable } from 'kysely';
import type { BulkTable, BulkType, BulkValue } from './sql/bulk-table.ts';
import type { ExchangeRecordsTable } from './sql/schema.ts';

/** How batches of records are written. A record that is written twice counts once. */
export const exchangeRecordsTable: BulkTable = {
  name: 'exchange_records',
  columns: {
    id: 'text',
    started_at: 'bigint',
    key_id: 'text',
    user_id: 'text',
    team_id: 'text',
    organization_id: 'text',
    session: 'text',
    agent: 'text',
    model_asked: 'text',
    provider: 'text',
    model: 'text',
    outcome: 'text',
    status: 'bigint',
    input_tokens: 'bigint',
    output_tokens: 'bigint',
    cached_input_tokens: 'bigint',
    cache_write_tokens: 'bigint',
    reasoning_tokens: 'bigint',
    cost_nano_dollars: 'bigint',
    tags: 'text',
    record: 'text',
  } satisfies Record<keyof ExchangeRecordsTable, BulkType>,
  onConflict: '(id) do nothing',
};

/** A record as its table holds it. */
export type ExchangeRow = Readonly<Insertable<ExchangeRecordsTable>> & Readonly<Record<string, BulkValue>>;

/** Texts of callers, such as a session's id, may hold what no database keeps as text. The whole record has them as they were. */
const noNul = (text: string | undefined): string | null => text?.replaceAll('\0', '\u{FFFD}') ?? null;

export function exchangeRowOf(record: ExchangeRecord): ExchangeRow {
  return {
    id: record.id,
    started_at: record.startedAt,
    key_id: noNul(record.keyId ?? record.key),
    user_id: noNul(record.user),
    team_id: noNul(record.team),
    organization_id: noNul(record.organization),
    session: noNul(record.session),
    agent: noNul(record.agent),
    model_asked: noNul(record.modelAsked),
    provider: noNul(record.provider),
    model: noNul(record.model),
    outcome: record.outcome,
    status: record.status,
    ...tokensOf(record.usage),
    cost_nano_dollars: record.costNanoDollars === undefined ? null : BigInt(record.costNanoDollars),
    tags: record.tags === undefined || record.tags.length === 0 ? null : JSON.stringify(record.tags),
    record: JSON.stringify(record),
  };
}

function tokensOf(usage: UsageRecord | undefined) {
  return {
    input_tokens: usage?.inputTokens ?? null,
    output_tokens: usage?.outputTokens ?? null,
    cached_input_tokens: usage?.cachedInputTokens ?? null,
    cache_write_tokens: usage ? usage.cacheWriteTokens + usage.cacheWriteLongTokens : null,
    reasoning_tokens: usage?.reasoningTokens ?? null,
  };
}
