import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import type { SqliteDatabase, SqlValue } from './open-sqlite.ts';

/** One exchange as the writer's thread gets it: the columns to search by, and the whole record as JSON. */
export type ExchangeRow = readonly [
  id: string,
  startedAt: number,
  key: string | null,
  session: string | null,
  modelAsked: string | null,
  provider: string | null,
  model: string | null,
  outcome: string,
  costNanoDollars: string | null,
  record: string,
];

export function rowOf(record: ExchangeRecord): ExchangeRow {
  return [
    record.id,
    record.startedAt,
    record.key ?? null,
    record.session ?? null,
    record.modelAsked ?? null,
    record.provider ?? null,
    record.model ?? null,
    record.outcome,
    record.costNanoDollars ?? null,
    JSON.stringify(record),
  ];
}

/** Writes rows in one transaction each call. */
export function createExchangeTable(database: SqliteDatabase): { insert(rows: readonly ExchangeRow[]): void } {
  const insert = database.prepare('INSERT OR IGNORE INTO exchanges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  return {
    insert(rows) {
      database.exec('BEGIN');
      try {
        for (const row of rows) insert.run(row satisfies readonly SqlValue[]);
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
  };
}
