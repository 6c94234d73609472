import { afterEach, expect, it, vi } from 'vitest';
import { type BatchWriterOptions, createBatchWriter } from './batch-writer.ts';

afterEach(() => void vi.useRealTimers());

/** A disk whose writes end when the test says so. */
function createDisk() {
  const batches: number[][] = [];
  const pending: { resolve(): void; reject(error: Error): void }[] = [];
  return {
    batches,
    write(rows: readonly number[]): Promise<void> {
      batches.push([...rows]);
      return new Promise((resolve, reject) => void pending.push({ resolve, reject }));
    },
    async finish(error?: Error) {
      const first = pending.shift();
      if (error) first?.reject(error);
      else first?.resolve();
      await Promise.resolve();
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

function open(options: Partial<BatchWriterOptions<number>> = {}) {
  vi.useFakeTimers();
  const disk = createDisk();
  const onFailure = vi.fn<BatchWriterOptions<number>['onFailure']>(() => undefined);
  const limits = { maxRows: 3, maxAgeMs: 50, maxWaiting: 6 };
  return {
    disk,
    onFailure,
    writer: createBatchWriter<number>({ ...limits, write: disk.write, onFailure, ...options }),
  };
}

it('writes a batch when it is full, or when its first row is old', async () => {
  const { disk, writer } = open();
  for (const row of [1, 2, 3]) writer.add(row);
  expect(disk.batches).toEqual([[1, 2, 3]]);
  await disk.finish();
  writer.add(4);
  await vi.advanceTimersByTimeAsync(49);
  expect(disk.batches).toHaveLength(1);
  writer.add(5);
  await vi.advanceTimersByTimeAsync(1);
  expect(disk.batches).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
});

it('gathers what comes while a batch is written, and goes on by itself', async () => {
  const { disk, writer } = open();
  for (const row of [1, 2, 3, 4, 5]) writer.add(row);
  expect(disk.batches).toEqual([[1, 2, 3]]);
  await disk.finish();
  expect(disk.batches).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
  await disk.finish();
  writer.add(6);
  await vi.advanceTimersByTimeAsync(50);
  expect(disk.batches.at(-1)).toEqual([6]);
  expect(writer.counts()).toMatchObject({ waiting: 1, written: 5 });
});

it('drops what does not fit, counts it, and says so', async () => {
  const onDrop = vi.fn<(dropped: number) => void>();
  const { disk, writer } = open({ onDrop });
  const taken = [1, 2, 3, 4, 5, 6, 7, 8].map((row) => writer.add(row));
  expect(taken).toEqual([true, true, true, true, true, true, false, false]);
  expect(onDrop.mock.calls).toEqual([[1]]);
  await disk.finish();
  expect(writer.add(9)).toBe(true);
  expect(writer.counts()).toEqual({ waiting: 4, written: 3, dropped: 2, failed: 0 });
});

it('tries again as it is told, and gives up as it is told', async () => {
  const { disk, onFailure, writer } = open();
  onFailure.mockReturnValueOnce(100);
  for (const row of [1, 2, 3]) writer.add(row);
  await disk.finish(new Error('away'));
  await vi.advanceTimersByTimeAsync(100);
  expect(disk.batches).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
  await disk.finish(new Error('bad row'));
  expect(onFailure.mock.calls.map(([, rows, attempt]) => [rows, attempt])).toEqual([
    [[1, 2, 3], 1],
    [[1, 2, 3], 2],
  ]);
  expect(writer.counts()).toEqual({ waiting: 0, written: 0, dropped: 0, failed: 3 });
});

it('writes everything before it is closed, and takes nothing afterwards', async () => {
  const { disk, writer } = open();
  for (const row of [1, 2, 3, 4]) writer.add(row);
  const closed = writer.close();
  expect(writer.add(5)).toBe(false);
  await disk.finish();
  await disk.finish();
  await closed;
  expect(disk.batches).toEqual([[1, 2, 3], [4]]);
});

it('does not wait for a store that is away when it is closed', async () => {
  const { disk, onFailure, writer } = open();
  onFailure.mockReturnValue(60_000);
  for (const row of [1, 2, 3]) writer.add(row);
  await disk.finish(new Error('away'));
  const closed = writer.close();
  await vi.advanceTimersByTimeAsync(0);
  await disk.finish(new Error('away'));
  await closed;
  expect(disk.batches).toHaveLength(2);
  expect(writer.counts().failed).toBe(3);
});
