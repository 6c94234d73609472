import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Counters, CountersUnreachable, type Hold, type WindowClaim } from '../../src/ledger/counters.ts';
import { createCalendar } from '../../src/ledger/calendar.ts';
import { rollingWindow } from '../../src/ledger/window.ts';
import { openRedisCounters } from '../../src/store/redis/open-redis-counters.ts';
import { connectRedis, type RedisConnection } from '../../src/store/redis/redis-connection.ts';
import { createRedisKeys } from '../../src/store/redis/redis-keys.ts';
import { settleForTheDead } from '../../src/store/redis/redis-replica.ts';
import type { SharedCounters } from '../../src/store/shared-counters.ts';
import { createMemoryJournal, type MemoryJournal } from '../kit/memory-journal.ts';
import { hasRedis, type RedisServer, startRedis, withoutRedis } from '../kit/redis-server.ts';

const nowMs = Date.UTC(2027, 0, 31, 12);
const clock = { now: () => nowMs, monotonicMs: () => 0 };
const onError = () => {};

const day: WindowClaim = {
  kind: 'window',
  unit: 'nano-dollars',
  account: 'nano-dollars/day/team',
  enforced: true,
  limit: 100n,
  window: createCalendar('day', 'UTC')(nowMs),
  amount: 10n,
};
const hour: WindowClaim = { ...day, account: 'nano-dollars/rolling-hour/user', window: rollingWindow('hour') };

function holdOf(id: string, claims: readonly WindowClaim[] = [day, hour]): Hold {
  const where = {
    exchangeId: 'x',
    atMs: nowMs,
    payer: { tags: [] },
    modelAsked: 'a',
    provider: 'openai',
    model: 'gpt',
  };
  const cost = { nanoDollars: 10n, inputTokens: 5, outputTokens: 5, estimated: true, overdraft: false };
  return { id, claims, ifLapsed: { id, ...where, ...cost, kind: 'lapsed' } };
}

function settle(counters: Counters, hold: Hold, amount: bigint) {
  const amounts = hold.claims.map(() => amount);
  return counters.settle(
    {
      hold,
      amounts,
      entry: { ...hold.ifLapsed, kind: 'actual', nanoDollars: amount, estimated: false },
      keepRunning: false,
    },
    nowMs,
  );
}

const standing = async (counters: Counters) =>
  (await counters.read([day, hour], nowMs)).map(({ used, held }) => `${used} settled, ${held} held`);

describe.skipIf(!hasRedis)(`counters on Redis${withoutRedis}`, () => {
  let server: RedisServer;
  let raw: RedisConnection;
  let names = 0;
  beforeAll(async () => {
    server = await startRedis();
    raw = await connectRedis({ url: server.url, timeoutMs: 2000, onError });
  });
  afterAll(async () => {
    await raw.close();
    await server.stop();
  });

  async function open(journal: MemoryJournal, name = `n${names++}`, replica = 'a'): Promise<Counters> {
    return openRedisCounters({ url: server.url, name, replica, journal, clock, onError, timeoutMs: 2000 });
  }

  it('are filled from the store when the server has lost its memory, and book what was held in full', async () => {
    const journal = createMemoryJournal();
    const counters = await open(journal);
    const [first, second] = [holdOf('one'), holdOf('two')];
    await counters.reserve(first, nowMs);
    await settle(counters, first, 40n);
    await counters.reserve(second, nowMs);
    await expect.poll(() => journal.entries.size).toBe(1);
    await raw.command('x', ['FLUSHALL']);
    expect(await standing(counters)).toEqual(['40 settled, 0 held', '40 settled, 0 held']);
    await settle(counters, second, 8n);
    expect(await standing(counters)).toEqual(['48 settled, 0 held', '48 settled, 0 held']);
    expect((await counters.reserve(holdOf('three', [{ ...day, amount: 53n }]), nowMs)).granted).toBe(false);
    await counters.close();
    expect([...journal.entries.keys()]).toEqual(['one', 'two']);
  });

  it('are given what a replica settles late that was only thought dead', async () => {
    const journal = createMemoryJournal();
    const name = `n${names++}`;
    const keys = createRedisKeys(name);
    const slow = await open(journal, name, 'slow');
    const other = await open(journal, name, 'other');
    const hold = holdOf('late');
    await slow.reserve(hold, nowMs);
    await raw.command(keys.replicas, ['ZADD', keys.replicas, '0', 'slow']);
    const shared = { connection: raw, keys, replica: 'other', leaseS: 1000 };
    if (!isShared(other)) throw new Error('these counters cannot settle for others');
    await settleForTheDead(shared, other, nowMs);
    expect(await standing(other)).toEqual(['10 settled, 0 held', '10 settled, 0 held']);
    await settle(slow, hold, 3n);
    await settle(slow, hold, 3n);
    expect(await standing(other)).toEqual(['3 settled, 0 held', '3 settled, 0 held']);
    await Promise.all([slow.close(), other.close()]);
    const kinds = [...journal.entries.values()].map(({ entry }) => [entry.id, entry.kind, entry.nanoDollars]);
    expect(kinds).toEqual([
      ['late', 'lapsed', 10n],
      ['late~late', 'correction', -7n],
    ]);
  });

  it('keep their entries until the store has taken them', async () => {
    const journal = createMemoryJournal();
    const counters = await open(journal);
    journal.refuse(true);
    const hold = holdOf('one');
    await counters.reserve(hold, nowMs);
    await settle(counters, hold, 4n);
    await counters.close();
    expect(journal.entries.size).toBe(0);
    journal.refuse(false);
    const next = await open(journal, `n${names - 1}`, 'b');
    await raw.command('x', ['DEL', createRedisKeys(`n${names - 1}`).drainer]);
    await next.close();
    expect([...journal.entries.keys()]).toEqual(['one']);
  });

  it('say so when the server is gone, and finish what was begun when it is back', async () => {
    const lonely = await startRedis();
    const journal = createMemoryJournal();
    const parts = { name: 'gone', replica: 'a', journal, clock, onError, timeoutMs: 300 };
    const counters = await openRedisCounters({ url: lonely.url, ...parts });
    const hold = holdOf('begun');
    await counters.reserve(hold, nowMs);
    await lonely.stop();
    await expect(counters.reserve(holdOf('refused'), nowMs)).rejects.toBeInstanceOf(CountersUnreachable);
    expect(await settle(counters, hold, 7n)).toBeUndefined();
    const back = await startRedis(['--port', String(lonely.port)]);
    await expect.poll(() => standing(counters).catch(() => []), { timeout: 10_000 }).toContain('7 settled, 0 held');
    await counters.close();
    expect([...journal.entries.keys()]).toEqual(['begun']);
    await back.stop();
  });
});

describe.skipIf(!hasRedis)(`a cluster${withoutRedis}`, () => {
  it('keeps all that a script touches on one node', async () => {
    const server = await startRedis(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
    const admin = await plainClient(server.url);
    await admin.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383']);
    await expect.poll(() => admin.sendCommand(['CLUSTER', 'INFO']), { timeout: 10_000 }).toContain('cluster_state:ok');
    const journal = createMemoryJournal();
    const counters = await openRedisCounters({ url: server.url, replica: 'a', journal, clock, onError });
    const hold = holdOf('one');
    expect((await counters.reserve(hold, nowMs)).granted).toBe(true);
    await settle(counters, hold, 4n);
    expect(await standing(counters)).toEqual(['4 settled, 0 held', '4 settled, 0 held']);
    await counters.close();
    expect(journal.entries.size).toBe(1);
    admin.destroy();
    await server.stop();
  });
});

async function plainClient(url: string) {
  const { createClient } = await import('@redis/client');
  return createClient({ url, RESP: 2 }).connect();
}

function isShared(counters: Counters): counters is SharedCounters {
  return 'settleFor' in counters;
}
