import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import type { Log } from '../core/log.ts';
import type { Recorder } from '../pipeline/exchange.ts';
import { createBatchWriter } from './batch-writer.ts';
import { exchangeRecordsTable, type ExchangeRow, exchangeRowOf } from './exchange-rows.ts';
import type { Page, Paged } from './page.ts';
import { listRecords, type RecordFilter } from './record-queries.ts';
import type { StoreDatabase } from './sql/open-database.ts';
import { type UsageField, type UsageTotal, usageTotals } from './usage-totals.ts';
import { retryDelayMs } from './retry.ts';

/** Keeps every exchange's record, and finds them again. */
export interface RecordStore extends Recorder {
  /** Newest first. */
  list(filter: RecordFilter, page: Page): Promise<Paged<ExchangeRecord>>;
  /** Sums over the records that match, one for each combination of values of the fields. */
  totals(filter: RecordFilter, groupBy: readonly UsageField[]): Promise<readonly UsageTotal[]>;
  /** Resolves when all that was recorded before can be found. */
  flush(): Promise<void>;
  /** Writes what is still waiting. */
  close(): Promise<void>;
}

/** A batch goes out when it is this large or this old; so at most this much is lost at a kill. */
const maxBatchRows = 200;
const maxBatchAgeMs = 50;
/** Rows waiting for the disk beyond which new ones are dropped and counted: a dead disk must not eat the memory. */
const maxWaitingRows = 100_000;

export function createRecordStore(database: StoreDatabase, log: Log): RecordStore {
  const writer = createBatchWriter<ExchangeRow>({
    maxRows: maxBatchRows,
    maxAgeMs: maxBatchAgeMs,
    maxWaiting: maxWaitingRows,
    write: (rows) => database.writeBatch([{ table: exchangeRecordsTable, rows }], { relaxed: true }),
    onFailure(error, rows, attempt) {
      const delayMs = retryDelayMs(error, attempt);
      const why = error instanceof Error ? error.message : String(error);
      if (delayMs === undefined) log.error('records could not be written', { rows: rows.length, why });
      else if (attempt === 1) log.warn('records wait for the store', { rows: rows.length, why });
      return delayMs;
    },
    onDrop: (dropped) => log.error('records are dropped: the store is too slow', { dropped }),
  });
  return {
    record: (record) => void writer.add(exchangeRowOf(record)),
    list: (filter, page) => listRecords(database, filter, page),
    totals: (filter, groupBy) => usageTotals(database, filter, groupBy),
    flush: writer.flush,
    close: writer.close,
  };
}
