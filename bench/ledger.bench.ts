// What budgets cost a request: `node bench/ledger.bench.ts` (Node 22.18 or later, which runs TypeScript as it is).
// With REDIS_URL and POSTGRES_URL it measures those counters too. The databases must be empty ones.
import { systemClock } from '../packages/gateway/src/core/clock.ts';
import { createIds } from '../packages/gateway/src/core/ids.ts';
import type { Counters } from '../packages/gateway/src/ledger/counters.ts';
import { createJournalWriter } from '../packages/gateway/src/ledger/journal-writer.ts';
import type { JournalBatch, LedgerJournal } from '../packages/gateway/src/ledger/journal.ts';
import { createLedger, type Ledger } from '../packages/gateway/src/ledger/ledger.ts';
import { createMemoryCounters } from '../packages/gateway/src/ledger/memory/memory-counters.ts';
import { openRedisCounters } from '../packages/gateway/src/store/redis/open-redis-counters.ts';
import { appendToLedger } from '../packages/gateway/src/store/sql/ledger-journal.ts';
import { openDatabase, type StoreDatabase } from '../packages/gateway/src/store/sql/open-database.ts';
import { openPostgresCounters } from '../packages/gateway/src/store/sql/open-postgres-counters.ts';
import { limitBookOf } from '../packages/gateway/test/kit/ledger.ts';

const chain = [
  { id: 'gateway', dollars: 1_000_000 },
  { id: 'org', dollars: 1_000_000, scope: { organization: 'acme' } },
  { id: 'team', dollars: 1_000_000, scope: { team: 'platform' } },
  { id: 'user', dollars: 1_000_000, scope: { user: 'ann' } },
  { id: 'key', dollars: 1_000_000, scope: { key: 'ann-laptop' }, every: 'day' as const },
];
const others = Array.from({ length: 10_000 }, (_, index) => ({
  id: `other${index}`,
  dollars: 10,
  scope: { key: `key${index}` },
}));
const book = limitBookOf({ budgets: [...chain, ...others] });
const payer = { key: 'ann-laptop', user: 'ann', team: 'platform', organization: 'acme', tags: [] };
const cost = { nanoDollars: 1_000_000n, inputTokens: 1000, outputTokens: 1000 };
const attempt = { modelAsked: 'fast', place: { provider: 'openai', model: 'gpt' }, estimate: cost };

const newId = createIds(systemClock);
const onError = (error: unknown) => console.error(error);

function ledgerOn(counters: Counters): Ledger {
  return createLedger({ limits: () => book, counters, clock: systemClock, newId, onAlert() {} });
}

/** Requests that are answered at once: all in one turn of the event loop. */
function spendSynchronously(ledger: Ledger, requests: number): void {
  for (let count = 0; count < requests; count += 1) {
    // A new object for each request, as callers with tokens have.
    const tab = ledger.open({ payer: { ...payer }, exchangeId: 'req_1' });
    void tab.reserve(attempt);
    void tab.close({ ...cost, estimated: false });
  }
}

function measure(name: string, ledger: Ledger): void {
  const requests = 20_000;
  spendSynchronously(ledger, requests);
  const rounds = Array.from({ length: 9 }, () => {
    const before = process.cpuUsage();
    spendSynchronously(ledger, requests);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / requests;
  });
  console.log(`${name}: ${middle(rounds).toFixed(2)} us of CPU for a request`);
}

/** Requests one after the other, as one client sees it. */
async function measureWaits(name: string, counters: Counters): Promise<void> {
  const ledger = ledgerOn(counters);
  const waits: number[] = [];
  for (let count = 0; count < 3000; count += 1) {
    const tab = ledger.open({ payer, exchangeId: 'req_1' });
    const startedMs = performance.now();
    const answer = await tab.reserve(attempt);
    if (answer.refused) throw new Error('refused');
    await tab.close({ ...cost, estimated: false });
    waits.push(performance.now() - startedMs);
  }
  const sorted = waits.slice(500).sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(3);
  console.log(`${name}: reserve and settle take ${at(0.5)} ms (p50), ${at(0.99)} ms (p99)`);
}

async function measureThroughput(name: string, counters: Counters): Promise<void> {
  const ledger = ledgerOn(counters);
  const startedMs = performance.now();
  let requests = 0;
  const worker = async () => {
    while (performance.now() - startedMs < 3000) {
      const tab = ledger.open({ payer, exchangeId: 'req_1' });
      await tab.reserve(attempt);
      await tab.close({ ...cost, estimated: false });
      requests += 1;
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  console.log(`${name}: ${Math.round(requests / 3)} requests a second on the same five budgets`);
}

/** What the main thread does for the store: makes the rows, and copies them for the thread that has the file. */
function copyingJournal(): LedgerJournal {
  const writeBatch: StoreDatabase['writeBatch'] = async (inserts) => {
    structuredClone(inserts.map(({ rows }) => rows.map((row) => Object.values(row))));
  };
  return { append: appendToLedger({ writeBatch }), load: async () => ({ balances: [], holds: [] }) };
}

/** Each request lives longer than a group of entries, so that its hold is written too. */
async function measureJournal(): Promise<void> {
  const journal = copyingJournal();
  const requests = 200_000;
  const batches: JournalBatch[] = [];
  const writer = createJournalWriter({
    journal: { ...journal, append: async (batch) => void batches.push(batch) },
    onError,
  });
  const ledger = ledgerOn(createMemoryCounters({ journal: writer, nowMs: systemClock.now() }));
  const before = process.cpuUsage();
  for (let count = 0; count < requests; count += 1000) {
    const tabs = Array.from({ length: 1000 }, () => ledger.open({ payer: { ...payer }, exchangeId: 'req_1' }));
    for (const tab of tabs) void tab.reserve(attempt);
    await new Promise((resolve) => setTimeout(resolve, 6));
    for (const tab of tabs) void tab.close({ ...cost, estimated: false });
    await new Promise((resolve) => setTimeout(resolve, 6));
    for (const batch of batches.splice(0)) await journal.append(batch);
  }
  const { user, system } = process.cpuUsage(before);
  console.log(
    `memory, with holds and entries for the store: ${((user + system) / requests).toFixed(2)} us of CPU for a request`,
  );
  await writer.close();
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

measure('memory, alone', ledgerOn(createMemoryCounters({ nowMs: systemClock.now() })));
await measureJournal();
const nothing: LedgerJournal = { append: async () => {}, load: async () => ({ balances: [], holds: [] }) };
const { REDIS_URL: redisUrl, POSTGRES_URL: postgresUrl } = process.env;
if (redisUrl) {
  const counters = await openRedisCounters({
    url: redisUrl,
    replica: 'bench',
    journal: nothing,
    clock: systemClock,
    onError,
  });
  await measureWaits('Redis', counters);
  await measureThroughput('Redis', counters);
  await counters.close();
}
if (postgresUrl) {
  const database = await openDatabase(postgresUrl);
  const counters = await openPostgresCounters({ database, replica: 'bench', clock: systemClock, onError });
  await measureWaits('PostgreSQL', counters);
  await measureThroughput('PostgreSQL', counters);
  await counters.close();
  await database.close();
}
