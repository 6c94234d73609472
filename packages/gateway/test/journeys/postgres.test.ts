import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../src/store/sql/open-database.ts';
import { ask } from '../kit/ask.ts';
import { hasPostgres, type PostgresServer, startPostgres, withoutPostgres } from '../kit/postgres-server.ts';
import { startUpstream } from '../kit/scripted-upstream.ts';
import { everyone } from './house.ts';
import { directoryWith, originOf, type Running, startProgram } from './program.ts';

const documentFor = (store: string, baseUrl: string, counters: 'memory' | 'postgres' = 'memory') => ({
  'turnpike.json': JSON.stringify({
    store,
    counters,
    providers: {
      one: { kind: 'openai-compatible', base_url: baseUrl, speaks: ['chat'], keys: [{ value: 'sk-upstream' }] },
    },
    models: { m: { targets: ['one/model'] } },
    virtual_keys: [everyone],
  }),
});
const args = ['serve', '--config', 'turnpike.json', '--port', '0', '--data', 'data'];

const soon = { timeout: 5_000, interval: 20 };

async function makeRule(replica: Running | undefined, rule: object): Promise<void> {
  if (!replica) throw new TypeError('no replica');
  const token = readFileSync(join(replica.directory, 'data/admin-token'), 'utf8').trim();
  const made = await fetch(`${await originOf(replica)}/api/v1/rules`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(rule),
  });
  expect(made.status).toBe(201);
}

describe.skipIf(!hasPostgres)(`the program on PostgreSQL${withoutPostgres}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('starts in several replicas at once, they keep their records together, and a rule made at one holds at all', async () => {
    const upstream = await startUpstream({ dialect: 'chat', script: () => ({ text: 'Hello.' }) });
    const url = await server.createDatabase();
    const files = documentFor(url, upstream.baseUrl, 'postgres');
    const replicas = [1, 2, 3].map(() => startProgram(directoryWith(files), ...args));
    const origins = await Promise.all(replicas.map(originOf));
    for (const origin of origins) await ask(origin, { dialect: 'chat', model: 'm' });
    await makeRule(replicas[0], { id: 'pause', when: 'model == "one/other"', do: { refuse: 'Not today.' } });
    const statusAt = async (origin: string) => (await ask(origin, { dialect: 'chat', model: 'one/other' })).status;
    expect(await statusAt(origins[0] ?? '')).toBe(403);
    for (const origin of origins) await vi.waitFor(async () => expect(await statusAt(origin)).toBe(403), soon);
    for (const replica of replicas) replica.child.kill('SIGTERM');
    for (const replica of replicas) expect(await replica.ended).toMatchObject({ code: 0, stderr: '' });
    await upstream.stop();
    const { db, close } = await openDatabase(url);
    const rows = await db
      .selectFrom('exchange_records')
      .select(['model_asked', 'outcome', 'key_id'])
      .where('model_asked', '=', 'm')
      .execute();
    await close();
    expect(rows).toEqual(replicas.map(() => ({ model_asked: 'm', outcome: 'done', key_id: 'everyone' })));
  });

  it('has one process only where budgets are counted in its memory, and the second one is told so', async () => {
    const files = documentFor(await server.createDatabase(), 'http://127.0.0.1:9/v1');
    const first = startProgram(directoryWith(files), ...args);
    await originOf(first);
    const second = await startProgram(directoryWith(files), ...args).ended;
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`in use by turnpike ${first.child.pid} on`),
    });
    // However the first one ends, the store is free at once.
    first.child.kill('SIGKILL');
    await first.ended;
    const third = startProgram(directoryWith(files), ...args);
    await originOf(third);
    third.child.kill('SIGTERM');
    expect(await third.ended).toMatchObject({ code: 0 });
  });

  it('says in a sentence, without the password, why it cannot start', async () => {
    const nowhere = documentFor(`postgres://ann:s3cret@127.0.0.1:${server.port}/nowhere`, 'http://127.0.0.1:9/v1');
    const ended = await startProgram(directoryWith(nowhere), ...args).ended;
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Cannot open the store postgres:\/\/ann:…@127\.0\.0\.1:\d+\/nowhere: .*ann/m),
    });
    expect(ended.stdout + ended.stderr).not.toContain('s3cret@');
  });
});
