import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ann, attemptOf, granted, openTestLedger } from '../../test/kit/ledger.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settled = { nanoDollars: 0n, inputTokens: 0, outputTokens: 0, estimated: false };

/** Requests of Ann, and in which order they were let through. */
function openQueue(limit: object) {
  const test = openTestLedger({ rateLimits: [{ id: 'limit', queue_s: 10, ...limit }] });
  const order: string[] = [];
  const ask = async (name: string, signal?: AbortSignal) => {
    const tab = test.ledger.open({ payer: ann, exchangeId: name });
    const answer = await tab.reserve(attemptOf(0), signal);
    order.push(answer.refused ? `${name} refused` : name);
    return { tab, answer };
  };
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 100) {
      const step = Math.min(left, 100);
      test.clock.nowMs += step;
      await vi.advanceTimersByTimeAsync(step);
    }
  };
  return { ...test, order, ask, pass };
}

describe('a limit with a queue', () => {
  it('lets those who wait through as soon as there is room, in their order', async () => {
    const { order, ask, pass } = openQueue({ concurrent_requests: 1 });
    const first = await ask('first');
    const second = ask('second');
    const third = ask('third');
    await pass(1000);
    expect(order).toEqual(['first']);
    await first.tab.close(settled);
    const { tab, answer } = await second;
    granted(answer);
    expect(order).toEqual(['first', 'second']);
    expect(tab.waitedMs()).toBe(1000);
    await tab.close(settled);
    await third;
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it('puts whoever comes later behind those who wait', async () => {
    const { order, ask, pass } = openQueue({ requests: 1, every: 'second' });
    await ask('first');
    const waiting = [ask('second'), ask('third')];
    await pass(999);
    const late = ask('late');
    await pass(1);
    expect(order).toEqual(['first', 'second']);
    await pass(2000);
    await Promise.all([...waiting, late]);
    expect(order).toEqual(['first', 'second', 'third', 'late']);
  });

  it('refuses when it took too long, or would', async () => {
    const { order, ask, pass } = openQueue({ concurrent_requests: 1 });
    await ask('first');
    const second = ask('second');
    await pass(10_000);
    expect((await second).answer).toMatchObject({ refused: true, limitId: 'limit', kind: 'concurrency' });
    expect(order).toEqual(['first', 'second refused']);
    const slow = openQueue({ requests: 1, every: 'minute' });
    await slow.ask('first');
    expect((await slow.ask('second')).answer).toMatchObject({ refused: true, retryAfterMs: 60_000 });
  });

  it('forgets whoever has gone', async () => {
    const { order, ask } = openQueue({ concurrent_requests: 1 });
    const first = await ask('first');
    const gone = new AbortController();
    const second = ask('second', gone.signal);
    const third = ask('third');
    gone.abort();
    await second;
    await first.tab.close(settled);
    await third;
    expect(order).toEqual(['first', 'second refused', 'third']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not grow without end', async () => {
    const { order, ask } = openQueue({ concurrent_requests: 1 });
    await ask('first');
    const waiting = Array.from({ length: 1001 }, (_, index) => ask(`${index}`));
    await Promise.race(waiting);
    expect(order).toEqual(['first', '1000 refused']);
  });
});
