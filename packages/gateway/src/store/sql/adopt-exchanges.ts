import { sql } from 'kysely';
import type { StoreDatabase } from './open-database.ts';

/** Moved in steps of this many, so that others are never kept from the database for long. */
const rowsPerStep = 500;

/**
 * Moves the records of files that were made before there were migrations into their new table. Runs after the start, may be
 * stopped at any point, and goes on at the next start. Resolves with how many it moved.
 */
export async function adoptExchanges({ kind, db }: StoreDatabase, signal: AbortSignal): Promise<number> {
  if (kind !== 'sqlite') return 0;
  const found = await sql`select 1 from sqlite_master where type = 'table' and name = 'exchanges'`.execute(db);
  if (found.rows.length === 0) return 0;
  let moved = 0;
  while (!signal.aborted) {
    const step = await db.transaction().execute(async (transaction) => {
      const { rows } = await moveRows.execute(transaction);
      await sql`delete from exchanges where rowid in (select rowid from exchanges order by rowid limit ${rowsPerStep})`.execute(
        transaction,
      );
      return rows.length;
    });
    moved += step;
    const left = await sql`select 1 from exchanges limit 1`.execute(db);
    if (left.rows.length > 0) continue;
    await sql`drop table exchanges`.execute(db);
    break;
  }
  return moved;
}

const moveRows = sql`
  insert into exchange_records (
    id, started_at, key_id, session, agent, model_asked, provider, model, outcome, status,
    input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens, cost_nano_dollars, record
  )
  select
    id, started_at, key, session, json_extract(record, '$.agent'), model_asked, provider, model, outcome, json_extract(record, '$.status'),
    json_extract(record, '$.usage.inputTokens'), json_extract(record, '$.usage.outputTokens'),
    json_extract(record, '$.usage.cachedInputTokens'),
    json_extract(record, '$.usage.cacheWriteTokens') + json_extract(record, '$.usage.cacheWriteLongTokens'),
    json_extract(record, '$.usage.reasoningTokens'), cast(cost_nano_dollars as integer), record
  from exchanges where rowid in (select rowid from exchanges order by rowid limit ${rowsPerStep})
  on conflict (id) do nothing
  returning id`;
