import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Log } from '../core/log.ts';
import type { Recorder } from '../pipeline/exchange.ts';
import { type ExchangeRow, rowOf } from './sql/exchange-table.ts';
import type { FromWorker, ToWorker } from './store-worker.ts';

/** Keeps every exchange's record in the embedded database. */
export interface RecordStore extends Recorder {
  /** Writes what is still waiting and closes the file. */
  close(): Promise<void>;
}

/** A batch goes out when it is this large or this old; so at most this much is lost at a kill. */
const batchRows = 200;
const batchAgeMs = 50;
/** Rows come and go, so the thread needs little room. Without a limit its young heap alone grows to 30 MB. */
const workerMemory = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };
/** Rows waiting for the disk beyond which new ones are dropped and counted: a dead disk must not eat the memory. */
const maxWaitingRows = 100_000;

/**
 * Opens the store in a thread of its own. `entry` is the program file that runs `runStoreWorker` when its `workerData.storeFile` is set.
 * Resolves when the schema is in place. Throws what opening or migrating throws.
 */
export async function openRecordStore(file: string, entry: URL, log: Log): Promise<RecordStore> {
  mkdirSync(dirname(file), { recursive: true });
  const worker = new Worker(entry, { workerData: { storeFile: file }, resourceLimits: workerMemory });
  let batch: ExchangeRow[] = [];
  let waitingRows = 0;
  let droppedRows = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      stopped = true;
      resolve();
    });
  });

  const send = (message: ToWorker) => worker.postMessage(message);

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (batch.length === 0) return;
    waitingRows += batch.length;
    send({ type: 'insert', rows: batch });
    batch = [];
  }

  function hear(message: FromWorker): void {
    if (message.type === 'inserted' || message.type === 'failed') waitingRows -= message.rows;
    if (message.type === 'failed')
      log.error('records could not be written', { rows: message.rows, why: message.message });
  }

  await started(worker);
  worker.on('message', hear);
  worker.on('error', (error) => log.error('the store stopped', { why: error.message }));

  return {
    record(record) {
      if (stopped || waitingRows > maxWaitingRows) {
        droppedRows += 1;
        const why = stopped ? 'the store has stopped' : 'the store is too slow';
        if (droppedRows % 1000 === 1) log.error('records are dropped', { dropped: droppedRows, why });
        return;
      }
      batch.push(rowOf(record));
      if (batch.length >= batchRows) flush();
      else timer ??= setTimeout(flush, batchAgeMs);
    },
    async close() {
      flush();
      send({ type: 'close' });
      // It ends by itself when all is written, or has ended long ago.
      await exited;
    },
  };
}

function started(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', () => {
      worker.off('error', reject);
      resolve();
    });
  });
}
