import { afterEach, expect, it, vi } from 'vitest';
import { createMutex } from './mutex.ts';

afterEach(() => void vi.useRealTimers());

it('lets one in at a time, in the order of coming', async () => {
  const mutex = createMutex(1_000);
  const order: string[] = [];
  const enter = async (name: string) => {
    const release = await mutex.lock();
    order.push(`${name} in`);
    await Promise.resolve();
    order.push(`${name} out`);
    release();
    // Saying it twice lets nobody in too early.
    release();
  };
  await Promise.all([enter('a'), enter('b'), enter('c')]);
  expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
});

it('does not let anybody wait for ever, and goes on with the next one', async () => {
  vi.useFakeTimers();
  const mutex = createMutex(1_000);
  const release = await mutex.lock();
  const late = mutex.lock().catch((error: Error) => error.message);
  await vi.advanceTimersByTimeAsync(500);
  const next = mutex.lock();
  await vi.advanceTimersByTimeAsync(500);
  expect(await late).toBe('the store was busy for 1000 ms');
  release();
  (await next)();
  expect(await mutex.lock()).toBeTypeOf('function');
});
