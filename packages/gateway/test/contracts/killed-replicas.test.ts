import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { claimOf } from '../../src/ledger/claims.ts';
import type { Claim, Counters } from '../../src/ledger/counters.ts';
import { lapsedSettlement } from '../../src/ledger/lapsed.ts';
import { createMemoryCounters } from '../../src/ledger/memory/memory-counters.ts';
import { connectRedis } from '../../src/store/redis/redis-connection.ts';
import { createRedisCounters } from '../../src/store/redis/redis-counters.ts';
import { createRedisKeys } from '../../src/store/redis/redis-keys.ts';
import { drainOutbox } from '../../src/store/redis/redis-outbox.ts';
import { refill } from '../../src/store/redis/redis-refill.ts';
import { settleForTheDead as settleOnRedis } from '../../src/store/redis/redis-replica.ts';
import { createLedgerJournal } from '../../src/store/sql/ledger-journal.ts';
import { openDatabase } from '../../src/store/sql/open-database.ts';
import { createPostgresCounters } from '../../src/store/sql/postgres-counters.ts';
import { settleForTheDead as settleOnPostgres } from '../../src/store/sql/postgres-replica.ts';
import type { PostedEntry } from '../../src/ledger/journal.ts';
import { limitBookOf } from '../kit/ledger.ts';
import { balancesOf, createMemoryJournal } from '../kit/memory-journal.ts';
import { postedEntries } from '../kit/posted-entries.ts';
import { hasPostgres, type PostgresServer, startPostgres, withoutPostgres } from '../kit/postgres-server.ts';
import { hasRedis, type RedisServer, startRedis, withoutRedis } from '../kit/redis-server.ts';
import { bundleReplica, type ReplicaProcess, type ReplicaWork, startReplica } from '../kit/replica-process.ts';
import { payerOf, stressLimits } from '../kit/stress-limits.ts';

let program: string;
beforeAll(async () => void (program = await bundleReplica()));
afterAll(() => rmSync(program));

/** All that the stress claims, to look at it. */
function everyClaim(nowMs: number): readonly Claim[] {
  const book = limitBookOf(stressLimits);
  const nothing = { estimate: { nanoDollars: 0n, inputTokens: 0, outputTokens: 0 } };
  const claims = new Map<string, Claim>();
  for (let person = 0; person < 8; person += 1) {
    const caller = { payer: payerOf(person), exchangeId: '' };
    const place = { provider: 'one', model: 'm' };
    for (const each of book.applicable({ caller, modelAsked: 'fast', place }))
      claims.set(each.account, claimOf(each, caller, nothing, nowMs));
  }
  return [...claims.values()].filter(({ unit }) => unit !== 'requests');
}

/** Looks again and again, while others spend. */
async function watch(counters: Counters, work: Promise<void>): Promise<number> {
  const over = new AbortController();
  let looks = 0;
  void work.finally(() => over.abort());
  while (!over.signal.aborted) {
    expectWithin(await counters.read(everyClaim(systemClock.now()), systemClock.now()), everyClaim(systemClock.now()));
    looks += 1;
  }
  await work;
  return looks;
}

function expectWithin(states: Awaited<ReturnType<Counters['read']>>, claims: readonly Claim[]): void {
  for (const [index, { used, held }] of states.entries()) {
    expect(held).toBeGreaterThanOrEqual(0n);
    expect(used + held).toBeLessThanOrEqual(claims[index]?.limit ?? 0n);
  }
}

async function expectSettled(counters: Counters, entries: readonly PostedEntry[]): Promise<void> {
  const claims = everyClaim(systemClock.now());
  const states = await counters.read(claims, systemClock.now());
  const sums = balancesOf(entries);
  for (const [index, claim] of claims.entries()) {
    const booked = sums.filter(({ account }) => account === claim.account);
    const sum = booked.reduce((total, { settled }) => total + settled, 0n);
    expect(states[index]).toMatchObject({ used: claim.kind === 'window' ? sum : 0n, held: 0n });
  }
}

function start(work: ReplicaWork): ReplicaProcess {
  const replica = startReplica(program, work);
  onTestFinished(() => replica.kill());
  return replica;
}

/** Three replicas begin together and are killed together, in the middle of spending. */
async function spendAndKill(work: Omit<ReplicaWork, 'replica'>): Promise<void> {
  const replicas = [1, 2, 3].map((number) => start({ ...work, replica: `r${number}` }));
  await Promise.all(replicas.map((replica) => replica.saidOften('ready', 1)));
  for (const replica of replicas) replica.go();
  await Promise.race(replicas.map((replica) => replica.saidOften('settled', 60)));
  await Promise.all(replicas.map((replica) => replica.kill()));
  expect(replicas.flatMap(({ lines }) => lines.filter((line) => line.startsWith('error')))).toEqual([]);
}

const dead = ['r1', 'r2', 'r3'];
const onError = (error: unknown) => expect.unreachable(String(error));

describe.skipIf(!hasRedis)(`replicas on Redis${withoutRedis}`, () => {
  let server: RedisServer;
  beforeAll(async () => void (server = await startRedis()));
  afterAll(() => server.stop());

  it('that are killed leave nothing held, never overspend, and every amount is in an entry', async () => {
    const journal = createMemoryJournal();
    const connection = await connectRedis({ url: server.url, timeoutMs: 5000, onError });
    const keys = createRedisKeys('stress');
    const shared = { connection, keys, replica: 'observer', journal, leaseS: 1000 };
    await refill(shared, systemClock.now());
    const counters = createRedisCounters({
      ...shared,
      refill: async () => {},
      onBooked: () => {},
      onError,
      stop: async () => {},
    });
    const looks = await watch(counters, spendAndKill({ kind: 'redis', url: server.url }));
    expect(looks).toBeGreaterThan(5);
    for (const replica of dead) await connection.command(keys.replicas, ['ZADD', keys.replicas, '0', replica]);
    await settleOnRedis(shared, counters, systemClock.now());
    await drainOutbox(shared);
    await expectSettled(counters, [...journal.entries.values()]);
    expect([...journal.entries.values()].some(({ entry }) => entry.kind === 'lapsed')).toBe(true);
    expect(await connection.command(keys.replicas, ['ZRANGE', keys.replicas, '0', '-1'])).toEqual([]);
    await counters.close();
  });
});

describe.skipIf(!hasPostgres)(`replicas on PostgreSQL${withoutPostgres}`, () => {
  let server: PostgresServer;
  beforeAll(async () => void (server = await startPostgres()));
  afterAll(() => server.stop());

  it('that are killed leave nothing held, never overspend, and every amount is in an entry', async () => {
    const url = await server.createDatabase();
    const database = await openDatabase(url);
    onTestFinished(() => database.close());
    const { db, postgres } = database;
    if (!postgres) throw new Error('not a PostgreSQL');
    const counters = createPostgresCounters({
      pool: postgres.pool,
      replica: 'observer',
      onError,
      stop: async () => {},
    });
    const looks = await watch(counters, spendAndKill({ kind: 'postgres', url }));
    expect(looks).toBeGreaterThan(5);
    await db.deleteFrom('replicas').execute();
    // What the dead had asked last may still be at work on the server.
    await expect.poll(() => othersAtWork(url)).toBe(0);
    await settleOnPostgres({ db, replica: 'observer', leaseMs: 1_000_000 }, counters, systemClock.now());
    const entries = await postedEntries(database);
    await expectSettled(counters, entries);
    expect(entries.some(({ entry }) => entry.kind === 'lapsed')).toBe(true);
    expect(await db.selectFrom('shared_holds').select('id').where('ended', 'is', null).execute()).toEqual([]);
  });

  async function othersAtWork(url: string): Promise<number> {
    const { db, close } = await openDatabase(url);
    const { rows } = await sql<{ count: bigint }>`
      select count(*) from pg_stat_activity where application_name like 'turnpike%' and application_name not like ${`turnpike ${process.pid} %`}`.execute(
      db,
    );
    await close();
    return Number(rows[0]?.count ?? 0n);
  }
});

describe('a process with counters in memory', () => {
  it('that is killed has lost nothing that had reached the store, and what it held is booked', async () => {
    const url = `sqlite:${join(mkdtempSync(join(tmpdir(), 'turnpike-ledger-')), 'turnpike.db')}`;
    const replica = start({ kind: 'memory', url, replica: 'only' });
    replica.go();
    await replica.saidOften('booked', 100);
    await replica.kill();
    const database = await openDatabase(url);
    onTestFinished(() => database.close());
    const journal = createLedgerJournal(database);
    const { balances, holds } = await journal.load(systemClock.now());
    const there = new Set([
      ...(await postedEntries(database)).map(({ entry }) => entry.id),
      ...holds.map(({ id }) => id),
    ]);
    const told = replica.lines.flatMap((line) => /^(?:held|booked) (.+)/.exec(line)?.[1] ?? []);
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter((id) => !there.has(id))).toEqual([]);
    const counters = createMemoryCounters({ balances, lapsed: holds, nowMs: systemClock.now() });
    const lapsed = holds.map((hold) => lapsedSettlement(hold, systemClock.now()));
    const sums = balancesOf(await postedEntries(database));
    expect(sums.map(({ account, settled }) => `${account} ${settled}`).sort()).toEqual(
      balances.map(({ account, settled }) => `${account} ${settled}`).sort(),
    );
    const all = everyClaim(systemClock.now());
    expectWithin(await counters.read(all, systemClock.now()), all);
    expect(lapsed.length).toBe(holds.length);
  });
});
