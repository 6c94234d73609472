/** Gathers rows and writes them together, one batch after the other. */
export interface BatchWriter<Row> {
  /** False where too many rows wait already: then this one is dropped and counted. */
  add(row: Row): boolean;
  /** Resolves when all that was added before is written or given up. */
  flush(): Promise<void>;
  /** Writes what waits and takes no more. */
  close(): Promise<void>;
  counts(): BatchCounts;
}

export interface BatchCounts {
  readonly waiting: number;
  readonly written: number;
  /** Not taken because too many waited. */
  readonly dropped: number;
  /** Taken, but given up. */
  readonly failed: number;
}

export interface BatchWriterOptions<Row> {
  write(rows: readonly Row[]): Promise<void>;
  /** Rows of one batch. A full one goes out at once. */
  readonly maxRows: number;
  /** How long a row may wait for others. */
  readonly maxAgeMs: number;
  /** How many may wait before new ones are dropped: a dead disk must not eat the memory. */
  readonly maxWaiting: number;
  /** Told of each batch that could not be written. Answers after how long to try again, or undefined to give it up. */
  onFailure(error: unknown, rows: readonly Row[], attempt: number): number | undefined;
  /** Told when rows begin to be dropped, and again with each thousand. */
  onDrop?(dropped: number): void;
}

export function createBatchWriter<Row>(options: BatchWriterOptions<Row>): BatchWriter<Row> {
  const { maxRows, maxAgeMs, maxWaiting } = options;
  let waiting: Row[] = [];
  const counts = { written: 0, dropped: 0, failed: 0 };
  let inFlight = 0;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  /** Ends the pause before the next attempt. */
  let hurry = () => {};

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length > 0) writing ??= writeAll();
  }

  /** Whatever comes while a batch is written goes out with the next one. */
  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxRows);
      waiting = waiting.slice(batch.length);
      inFlight = batch.length;
      if (await writeOne(batch)) counts.written += batch.length;
      else counts.failed += batch.length;
      inFlight = 0;
    }
    // In the same step that found nothing waiting: whoever adds now starts anew.
    writing = undefined;
  }

  async function writeOne(batch: readonly Row[]): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await options.write(batch);
        return true;
      } catch (error) {
        const againInMs = options.onFailure(error, batch, attempt);
        if (againInMs === undefined || closed) return false;
        await pause(againInMs);
      }
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function flush(): Promise<void> {
    start();
    await writing;
  }

  return {
    add(row) {
      if (closed || waiting.length + inFlight >= maxWaiting) {
        counts.dropped += 1;
        if (counts.dropped % 1000 === 1) options.onDrop?.(counts.dropped);
        return false;
      }
      waiting.push(row);
      if (waiting.length >= maxRows) start();
      else if (!writing) timer ??= setTimeout(start, maxAgeMs);
      return true;
    },
    flush,
    async close() {
      closed = true;
      hurry();
      await flush();
    },
    counts: () => ({ waiting: waiting.length + inFlight, ...counts }),
  };
}
