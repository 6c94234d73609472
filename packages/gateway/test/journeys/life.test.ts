import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sql/open-sqlite.ts';
import { ask, endsOf, openQuestion, readTold, textOf } from '../kit/ask.ts';
import { type Document, testKey } from '../kit/gateway-process.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { type LoopbackServer, portOf, serveLoopback, sseBytes } from '../kit/vendor-server.ts';
import { everyone, openHouse } from './house.ts';
import { directoryWith, originOf, startProgram } from './program.ts';

const servers: LoopbackServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function chatUpstream(text: string): Promise<ScriptedUpstream> {
  const upstream = await startUpstream({ dialect: 'chat', script: () => ({ text }) });
  servers.push(upstream);
  return upstream;
}

/** A provider that says the first half at once and the rest when it is let go. */
async function gatedUpstream(): Promise<{ readonly baseUrl: string; readonly release: () => void }> {
  const gate = withResolvers();
  const chunk = (content: string, finish_reason: string | null) => ({
    data: JSON.stringify({
      id: 'c1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta: { content }, finish_reason }],
    }),
  });
  const server = await serveLoopback(async (request, response) => {
    for await (const _ of request) continue;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(sseBytes([chunk('one ', null)]));
    await gate.promise;
    response.end(sseBytes([chunk('two', 'stop'), { data: '[DONE]' }]));
  });
  servers.push(server);
  return { baseUrl: `${server.origin}/v1`, release: gate.resolve };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const documentFor = (baseUrl: string, alias: string): Document => ({
  providers: {
    one: { kind: 'openai-compatible', base_url: baseUrl, speaks: ['chat'], keys: [{ value: 'sk-upstream' }] },
  },
  models: { [alias]: { targets: ['one/model'] } },
  virtual_keys: [everyone],
});

const fileWith = (document: Document) => ({ 'turnpike.json': JSON.stringify(document) });
const served = (alias: string) => ({ dialect: 'chat', model: alias }) as const;

describe('a changed configuration', () => {
  it('serves new requests at once, while a running one keeps the configuration it began with', async () => {
    const slow = await gatedUpstream();
    const other = await chatUpstream('From the new one.');
    const house = await openHouse(documentFor(slow.baseUrl, 'before'));
    const running = await openQuestion(house.origin, served('before'));
    await house.replace(documentFor(other.baseUrl, 'after'));

    const next = await ask(house.origin, served('after'));
    expect(textOf('chat', next)).toBe('From the new one.');
    slow.release();
    const told = await readTold(running);
    expect({ text: textOf('chat', told), ends: endsOf('chat', told) }).toEqual({ text: 'one two', ends: ['done'] });
    await house.stop();
  });

  it('takes effect when its file is written, and a bad one changes nothing', async () => {
    const slow = await gatedUpstream();
    const other = await chatUpstream('From the new one.');
    const directory = directoryWith(fileWith(documentFor(slow.baseUrl, 'before')));
    const gateway = startProgram(directory, 'serve', '--config', 'turnpike.json', '--port', '0', '--data', 'data');
    const origin = await originOf(gateway);
    const running = await openQuestion(origin, served('before'));

    writeFileSync(join(directory, 'turnpike.json'), JSON.stringify(documentFor(other.baseUrl, 'after')));
    await gateway.printed(/configuration replaced/);
    expect(textOf('chat', await ask(origin, served('after')))).toBe('From the new one.');

    writeFileSync(join(directory, 'turnpike.json'), '{ "provider": {} }');
    await gateway.printed(/the old one stays[^]*turnpike\.json:1:3 +provider/);
    expect(textOf('chat', await ask(origin, served('after')))).toBe('From the new one.');

    slow.release();
    expect(textOf('chat', await readTold(running))).toBe('one two');
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('the end of the program', () => {
  it('comes after the running answers and after all records are written', async () => {
    const slow = await gatedUpstream();
    const quick = await chatUpstream('Quick.');
    const document = documentFor(slow.baseUrl, 'slow');
    const both: Document = {
      ...document,
      providers: { ...document.providers, two: { ...document.providers?.['one'], base_url: quick.baseUrl } },
      models: { ...document.models, quick: { targets: ['two/model'] } },
    };
    const directory = directoryWith(fileWith(both));
    const gateway = startProgram(directory, 'serve', '--config', 'turnpike.json', '--port', '0', '--data', 'data');
    const origin = await originOf(gateway);
    const running = await openQuestion(origin, served('slow'));
    await Promise.all(Array.from({ length: 20 }, () => ask(origin, served('quick'))));

    // A terminal's Ctrl-C reaches the program twice: from the terminal, and passed on by whoever started it.
    gateway.child.kill('SIGINT');
    await gateway.printed(/running requests may finish/);
    gateway.child.kill('SIGINT');
    slow.release();
    expect(endsOf('chat', await readTold(running))).toEqual(['done']);
    expect(await gateway.ended).toMatchObject({ code: 0, stderr: '' });

    const database = await openSqlite(join(directory, 'data/turnpike.db'));
    const rows = database
      .prepare('SELECT model_asked, outcome, count(*) AS n FROM exchange_records GROUP BY 1, 2')
      .all([]);
    database.close();
    expect(rows.map((row) => ({ ...row, n: Number(row['n']) }))).toEqual([
      { model_asked: 'quick', outcome: 'done', n: 20 },
      { model_asked: 'slow', outcome: 'done', n: 1 },
    ]);
  });

  it('is gentle also when it is asked for right after the start', async () => {
    const directory = directoryWith(fileWith(documentFor('http://127.0.0.1:9/v1', 'm')));
    const gateway = startProgram(directory, 'serve', '--config', 'turnpike.json', '--port', '0', '--data', 'data');
    await originOf(gateway);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('the command line', () => {
  it('says its version', async () => {
    const ended = await startProgram(directoryWith({}), 'version').ended;
    expect(ended).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/), stderr: '' });
  });

  it('checks a good configuration', async () => {
    const directory = directoryWith(fileWith(documentFor('http://127.0.0.1:9/v1', 'm')));
    const ended = await startProgram(directory, 'check', '--config', 'turnpike.json').ended;
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/\S/), stderr: '' });
    expect(ended.stdout).not.toContain(testKey);
  });

  it('tells what is wrong with a bad one, and where', async () => {
    const directory = directoryWith({ 'turnpike.yaml': 'server:\n  port: 8080\n  prot: 1\n' });
    const ended = await startProgram(directory, 'check', '--config', 'turnpike.yaml').ended;
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/turnpike\.yaml:3.*prot/);
  });

  it.each([
    ['a configuration that is not there', ['--config', 'nowhere.yaml'], /nowhere\.yaml/],
    ['a port that is none', ['--port', 'eighty'], /port/],
    ['an address that is not ours', ['--host', '192.0.2.1'], /Cannot listen on 192\.0\.2\.1/],
  ])('refuses %s in a sentence', async (_, args, says) => {
    const ended = await startProgram(directoryWith({}), 'serve', '--data', 'data', ...args).ended;
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });

  it('says so when the port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = String(portOf(server));
    const ended = await startProgram(directoryWith({}), 'serve', '--data', 'data', '--port', port).ended;
    await new Promise((resolve) => server.close(resolve));
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(`^Port ${port} on 127.0.0.1 is taken`) });
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });

  it('says so when the store is no database', async () => {
    const directory = directoryWith({ 'notes.txt': 'This is no database. '.repeat(100) });
    writeFileSync(join(directory, 'turnpike.yaml'), 'store: sqlite:notes.txt\n');
    const ended = await startProgram(directory, 'serve', '--data', 'data', '--port', '0').ended;
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/notes\.txt/) });
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });
});
