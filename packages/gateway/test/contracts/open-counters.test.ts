import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { openCounters } from '../../src/store/open-counters.ts';
import { openDatabase, type StoreDatabase } from '../../src/store/sql/open-database.ts';
import { temporaryDirectory } from '../kit/configuration.ts';
import { actualOf, ann, attemptOf, granted, nano, openTestLedger } from '../kit/ledger.ts';

const log = { info() {}, warn() {}, error() {} };
const limits = { budgets: [{ id: 'daily', dollars: 10 }] };

async function openStore(directory: string): Promise<StoreDatabase> {
  const database = await openDatabase(`sqlite:${join(directory, 'turnpike.db')}`);
  onTestFinished(() => database.close());
  return database;
}

function open(database: StoreDatabase, counters = 'memory') {
  return openCounters({ counters, allowanceNanoDollars: undefined, database, replica: 'a', clock: systemClock, log });
}

it('counters in memory know after a restart what was spent', async () => {
  const database = await openStore(temporaryDirectory());
  const first = await open(database);
  const { ledger } = openTestLedger(limits, first);
  const tab = ledger.open({ payer: ann, exchangeId: 'req_1' });
  granted(await tab.reserve(attemptOf(3)));
  await tab.close(actualOf(2));
  await first.close();
  const second = await open(database);
  expect(await openTestLedger(limits, second).ledger.standings(ann)).toMatchObject([{ used: nano(2), held: 0n }]);
  await second.close();
});

it('a second process with counters in memory on the same store refuses to start, and says what to do', async () => {
  const directory = temporaryDirectory();
  const counters = await open(await openStore(directory));
  await expect(openStore(directory).then((database) => open(database))).rejects.toThrow(
    /in use by process \d+ on .*Several processes need `counters: postgres` or a Redis/s,
  );
  await counters.close();
});

it('counters that cannot be had are named', async () => {
  const database = await openStore(temporaryDirectory());
  await expect(open(database, 'postgres')).rejects.toThrow('counters in PostgreSQL need a store in PostgreSQL');
  await expect(open(database, 'redis://127.0.0.1:1')).rejects.toThrow(/counters cannot be reached: .*ECONNREFUSED/);
});
