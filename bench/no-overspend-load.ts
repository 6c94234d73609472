// Spends a budget with whole gateways and looks at every sum meanwhile: run by no-overspend.mjs, bundled.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectRedis } from '../packages/gateway/src/store/redis/redis-connection.ts';
import { openDatabase, type StoreDatabase } from '../packages/gateway/src/store/sql/open-database.ts';
import { startPostgres } from '../packages/gateway/test/kit/postgres-server.ts';
import { startRedis } from '../packages/gateway/test/kit/redis-server.ts';
import { portOf } from '../packages/gateway/test/kit/vendor-server.ts';

const [program = '', ...wanted] = process.argv.slice(2);
const requests = 1_000;
const value = 'vk-test-0123456789abcdef';

/** Dollars for each level. A request can cost 1.3 dollars at most, so about ten fit at once; most cost 0.18. */
const levels = [
  { id: 'gateway', dollars: 16, scope: {} },
  { id: 'organization', dollars: 15, scope: { organization: 'acme' } },
  { id: 'team', dollars: 14, scope: { team: 'platform' } },
  { id: 'user', dollars: 13.5, scope: { user: 'ann' } },
  { id: 'key', dollars: 13, scope: { key: 'ann-laptop' } },
];
const limitOf = (account: string) =>
  BigInt((levels.find(({ id }) => account.endsWith(`/${id}`))?.dollars ?? 0) * 1_000_000_000);

/** A provider in many moods: it answers, at once or late, refuses, breaks off, or never comes to an end. */
async function startProvider(): Promise<{ readonly port: number; stop(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => void misbehave(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: portOf(server), stop: () => server.closeAllConnections() };
}

const frame = (more: object) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', ...more })}\n\n`;
const words = frame({ choices: [{ index: 0, delta: { content: 'Some words of an answer. ' } }] });
const end =
  frame({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) +
  frame({ choices: [], usage: { prompt_tokens: 100, completion_tokens: 80, total_tokens: 180 } }) +
  'data: [DONE]\n\n';

async function misbehave(response: ServerResponse): Promise<void> {
  const mood = Math.random();
  await pause(Math.random() * 120);
  if (mood < 0.15)
    return void response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
  if (mood < 0.2) return void response.destroy();
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(words.repeat(5));
  await pause(Math.random() * 200);
  if (mood < 0.3) return void response.destroy();
  if (mood < 0.4) return;
  response.end(words.repeat(5) + end);
}

function documentFor(port: number, places: object): string {
  const kind = { kind: 'openai-compatible', base_url: `http://127.0.0.1:${port}/v1`, speaks: ['chat'] };
  // A thousandth of a dollar for a token.
  const facts = { price: { input: 1000, output: 1000 }, context_window: 10_000, max_output_tokens: 100 };
  const provider = { ...kind, keys: [{ value: 'sk-upstream' }], models: { m: facts } };
  return JSON.stringify({
    ...places,
    providers: { one: provider, two: provider },
    models: { m: { targets: ['one/m', 'two/m'] } },
    organizations: [{ id: 'acme' }],
    teams: [{ id: 'platform', organization: 'acme' }],
    users: [{ id: 'ann', teams: ['platform'] }],
    virtual_keys: [{ name: 'ann-laptop', value, user: 'ann', team: 'platform' }],
    budgets: levels.map(({ id, dollars, scope }) => ({ id, dollars, every: 'year', scope })),
  });
}

interface Gateway {
  readonly origin: string;
  kill(): Promise<void>;
}

async function startGateway(directory: string, data: string): Promise<Gateway> {
  const args = [program, 'serve', '--config', 'turnpike.json', '--port', '0', '--data', data];
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let printed = '';
  child.stderr?.on('data', (chunk) => (printed += String(chunk)));
  const origin = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      printed += String(chunk);
      const found = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`the gateway ended\n${printed}`)));
  });
  return {
    origin,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** How it ended: a status, `left` or `broken`. */
async function askOnce(origin: string, onAnswer: () => void = () => {}): Promise<string> {
  const leaving = new AbortController();
  const timer = setTimeout(() => leaving.abort(), Math.random() < 0.15 ? Math.random() * 1_000 : 15_000);
  try {
    const body = JSON.stringify({
      model: 'm',
      stream: true,
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Hello' }],
    });
    const headers = { authorization: `Bearer ${value}`, 'content-type': 'application/json' };
    const answer = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body,
      signal: leaving.signal,
    });
    await answer.text();
    if (answer.ok) onAnswer();
    return String(answer.status);
  } catch {
    return leaving.signal.aborted ? 'left' : 'broken';
  } finally {
    clearTimeout(timer);
  }
}

/** Tells when a gateway is in the middle of its work. */
function someAnswers() {
  let left = 8;
  let tell = () => {};
  const came = new Promise<void>((resolve) => (tell = resolve));
  return { came, onAnswer: () => void ((left -= 1) === 0 && tell()) };
}

interface Balance {
  readonly account: string;
  readonly settled: bigint;
  readonly held: bigint;
}

/** Looks at all balances again and again. */
function watch(read: () => Promise<readonly Balance[]>) {
  const most = new Map<string, bigint>();
  let looks = 0;
  const over = new AbortController();
  const looking = (async () => {
    while (!over.signal.aborted) {
      for (const { account, settled, held } of await read()) {
        const sum = settled + held;
        if (sum > (most.get(account) ?? 0n)) most.set(account, sum);
      }
      looks += 1;
      await pause(2);
    }
  })();
  return {
    async stop() {
      over.abort();
      await looking;
      return { most, looks };
    },
  };
}

async function balancesIn({ db }: StoreDatabase): Promise<readonly Balance[]> {
  const rows = await db.selectFrom('ledger_balances').select(['account', 'settled', 'held']).execute();
  return rows;
}

async function redisBalances(
  url: string,
): Promise<{ read(): Promise<readonly Balance[]>; close(): Promise<void> | void }> {
  const connection = await connectRedis({ url, timeoutMs: 5000, onError: (error) => console.error(error) });
  const ask = async (...words: readonly string[]): Promise<unknown> => connection.command('', [...words]);
  return {
    close: () => connection.close(),
    async read() {
      const keys = await ask('KEYS', '*:window:*');
      const names = Array.isArray(keys) ? keys.map(String) : [];
      return Promise.all(
        names.map(async (key) => {
          const answer = await ask('HMGET', key, 's', 'h');
          const [settled, held] = Array.isArray(answer) ? answer : [];
          const account = key.replace(/^.*:window:/, '').replace(/:\d+$/, '');
          return { account, settled: BigInt(String(settled ?? 0)), held: BigInt(String(held ?? 0)) };
        }),
      );
    },
  };
}

const complaints: string[] = [];
function expect(isSo: boolean, what: string): void {
  if (isSo) return;
  complaints.push(what);
  console.log(`  WRONG: ${what}`);
}

/** Every account's sum is that of its entries, and nothing is held. */
async function checkEnd(database: StoreDatabase): Promise<void> {
  const entries = await database.db.selectFrom('ledger_entries').selectAll().execute();
  const sums = new Map<string, bigint>();
  for (const { postings } of entries) {
    for (const [account, , amount] of JSON.parse(postings))
      sums.set(account, (sums.get(account) ?? 0n) + BigInt(amount));
  }
  const balances = await balancesIn(database);
  expect(balances.length === levels.length, 'there are balances');
  for (const { account, settled, held } of balances) {
    expect(settled === (sums.get(account) ?? 0n), `${account}: ${settled} settled, ${sums.get(account)} in entries`);
    expect(held === 0n, `${account}: ${held} still held`);
    expect(settled <= limitOf(account), `${account}: ${settled} settled of ${limitOf(account)}`);
  }
  const holds = await database.db.selectFrom('ledger_holds').select('id').execute();
  expect(holds.length === 0, `${holds.length} holds left`);
  const free = entries.filter(
    ({ nano_dollars: cost, output_tokens: output }) => Number(output) > 0 && Number(cost ?? 0) === 0,
  );
  expect(free.length === 0, `${free.length} entries with tokens cost nothing`);
  const count = (isSo: (entry: (typeof entries)[number]) => boolean) => entries.filter(isSo).length;
  console.log(
    `  ${entries.length} entries: ${count(({ kind }) => kind === 'lapsed')} of killed processes, ` +
      `${count(({ estimated }) => Boolean(Number(estimated)))} estimated, ${count(({ overdraft }) => Boolean(Number(overdraft)))} overdrafts`,
  );
}

function tell(answers: readonly string[]): void {
  const counted = groupsOf(answers);
  console.log(`  answers: ${[...counted].map(([how, each]) => `${each.length} x ${how}`).join(', ')}`);
}

function groupsOf(answers: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const each of answers) groups.set(each, [...(groups.get(each) ?? []), each]);
  return groups;
}

function tellMost(most: ReadonlyMap<string, bigint>, looks: number): void {
  console.log(`  looked ${looks} times; the most that was settled and held at once:`);
  for (const [account, sum] of most) {
    console.log(`    ${account}: ${Number(sum) / 1e9} of ${Number(limitOf(account)) / 1e9} dollars`);
    expect(sum <= limitOf(account), `${account} was overspent`);
  }
  expect(looks > 20, 'it was looked at often');
}

async function replicasOn(name: string, counters: string, store: string, read: () => Promise<readonly Balance[]>) {
  console.log(`\n${name}: two gateways, ${requests} requests at once, one gateway killed and started again`);
  const provider = await startProvider();
  const directory = mkdtempSync(join(tmpdir(), 'turnpike-spend-'));
  writeFileSync(join(directory, 'turnpike.json'), documentFor(provider.port, { store, counters }));
  const [first, second] = await Promise.all([startGateway(directory, 'a'), startGateway(directory, 'b')]);
  const watching = watch(read);
  const busy = someAnswers();
  const firstHalf = Array.from({ length: requests }, (_, index) =>
    askOnce((index % 2 === 0 ? first : second).origin, busy.onAnswer),
  );
  await Promise.race([busy.came, Promise.all(firstHalf)]);
  await second.kill();
  const again = await startGateway(directory, 'b');
  const secondHalf = Array.from({ length: 200 }, () => askOnce(again.origin));
  tell(await Promise.all([...firstHalf, ...secondHalf]));
  const database = await openDatabase(store);
  try {
    await settled(read, database);
    const { most, looks } = await watching.stop();
    tellMost(most, looks);
    await checkEnd(database);
  } finally {
    await database.close();
    await Promise.all([first.kill(), again.kill()]);
    provider.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Waits until nobody holds anything, and everything has reached the store: leases of the killed run out after 25 s. */
async function settled(read: () => Promise<readonly Balance[]>, database: StoreDatabase): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const [now, stored] = [await read(), await balancesIn(database)];
    const same = now.every(({ account, settled: sum }) =>
      stored.some((each) => each.account === account && each.settled === sum),
    );
    if (same && now.every(({ held }) => held === 0n)) return;
    if (performance.now() > deadline)
      return expect(false, 'after a minute something is held, or has not reached the store');
    await pause(250);
  }
}

async function memory(): Promise<void> {
  console.log(
    `\nmemory and SQLite: one gateway, ${requests} requests at once, killed in the middle of them and started again`,
  );
  const provider = await startProvider();
  const directory = mkdtempSync(join(tmpdir(), 'turnpike-spend-'));
  writeFileSync(join(directory, 'turnpike.json'), documentFor(provider.port, {}));
  const gateway = await startGateway(directory, 'data');
  const busy = someAnswers();
  const asked = Array.from({ length: requests }, () => askOnce(gateway.origin, busy.onAnswer));
  await Promise.race([busy.came, Promise.all(asked)]);
  await gateway.kill();
  tell(await Promise.all(asked));
  const again = await startGateway(directory, 'data');
  tell(await Promise.all(Array.from({ length: requests }, () => askOnce(again.origin))));
  await pause(2_500);
  await again.kill();
  // What the second one still held is booked when a third one starts.
  const third = await startGateway(directory, 'data');
  await pause(500);
  await third.kill();
  const database = await openDatabase(`sqlite:${join(directory, 'data', 'turnpike.db')}`);
  await checkEnd(database);
  await database.close();
  provider.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function postgres(): Promise<void> {
  const server = await startPostgres();
  const url = await server.createDatabase();
  const database = await openDatabase(url);
  try {
    await replicasOn('PostgreSQL', 'postgres', url, () => balancesIn(database));
  } finally {
    await database.close();
    await server.stop();
  }
}

async function redis(): Promise<void> {
  const [server, counters] = await Promise.all([startPostgres(), startRedis()]);
  const balances = await redisBalances(counters.url);
  try {
    await replicasOn('Redis', counters.url, await server.createDatabase(), balances.read);
  } finally {
    await balances.close();
    await Promise.all([server.stop(), counters.stop()]);
  }
}

const all = { memory, postgres, redis };
for (const [name, run] of Object.entries(all)) if (wanted.length === 0 || wanted.includes(name)) await run();
console.log(
  complaints.length === 0 ? '\nNothing was overspent, lost or left held.' : `\n${complaints.length} complaints`,
);
process.exit(complaints.length === 0 ? 0 : 1);
