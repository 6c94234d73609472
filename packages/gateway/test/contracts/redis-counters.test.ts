import { afterAll, beforeAll, describe, expect } from 'vitest';
import { connectRedis, type RedisConnection } from '../../src/store/redis/redis-connection.ts';
import { createRedisCounters } from '../../src/store/redis/redis-counters.ts';
import { createRedisKeys } from '../../src/store/redis/redis-keys.ts';
import { drainOutbox } from '../../src/store/redis/redis-outbox.ts';
import { refill } from '../../src/store/redis/redis-refill.ts';
import { beat, settleForTheDead } from '../../src/store/redis/redis-replica.ts';
import { createMemoryJournal } from '../kit/memory-journal.ts';
import { hasRedis, type RedisServer, startRedis, withoutRedis } from '../kit/redis-server.ts';
import { describeCounters } from './counters-contract.ts';
import { itKeepsTrees } from './ledger-trees.ts';
import type { CountersHouse } from './counters-house.ts';

const servers: RedisServer[] = [];
let houses = 0;

/** Replicas without what they do by the clock: the test says when. */
function openHouseOn(server: () => RedisServer) {
  return async (startMs: number): Promise<CountersHouse> => {
    const journal = createMemoryJournal();
    const keys = createRedisKeys(`test${houses++}`);
    const connect = () => connectRedis({ url: server().url, timeoutMs: 5000, onError: () => {} });
    const observer = await connect();
    let replicas = 0;

    async function start() {
      const connection = await connect();
      const shared = { connection, keys, replica: `replica${replicas++}`, journal, leaseS: 1000 };
      await beat(shared);
      const counters = createRedisCounters({
        ...shared,
        refill: (nowMs) => refill(shared, nowMs),
        onBooked: () => {},
        onError: (error) => expect.unreachable(String(error)),
        stop: async () => {},
      });
      return { shared, counters };
    }

    let process = await start();
    await refill(process.shared, startMs);
    return {
      counters: () => process.counters,
      async crash(nowMs) {
        const dead = process.shared;
        await dead.connection.close();
        process = await start();
        await silence(observer, keys.replicas, dead.replica);
        await settleForTheDead(process.shared, process.counters, nowMs);
      },
      async entries() {
        await drainOutbox(process.shared);
        return [...journal.entries.values()];
      },
      async openHolds() {
        const holds = Array.from({ length: replicas }, (_, number) => keys.holds(`replica${number}`));
        const counts = await Promise.all(holds.map((key) => observer.command(key, ['HLEN', key])));
        return counts.reduce<number>((sum, count) => sum + Number(count), 0);
      },
      async close() {
        await process.counters.close();
        await observer.close();
      },
    };
  };
}

/** Makes a replica one that was not heard of for a long time. */
async function silence(connection: RedisConnection, replicas: string, replica: string): Promise<void> {
  await connection.command(replicas, ['ZADD', replicas, '0', replica]);
}

describe.skipIf(!hasRedis)(`Redis${withoutRedis}`, () => {
  beforeAll(async () => void servers.push(await startRedis()));
  afterAll(() => Promise.all(servers.map((server) => server.stop())));
  const first = () => {
    const [server] = servers;
    if (!server) throw new Error('the server was not started');
    return server;
  };
  describeCounters(openHouseOn(first), 40);
  itKeepsTrees(openHouseOn(first), 25);
});
