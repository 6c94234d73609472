import { once } from 'node:events';
import { connect } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../kit/ask.ts';
import { testKey } from '../kit/gateway-process.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { dialectNames, goodRequest, readError } from './doors.ts';
import { type House, openHouse } from './house.ts';
import { rawZstd } from './zstd-frames.ts';

const maxBodyBytes = 64 * 1024;

let upstream: ScriptedUpstream;
let house: House;

beforeAll(async () => {
  upstream = await startUpstream({ dialect: 'chat', script: () => ({ text: 'Fine.' }) });
  house = await openHouse({
    server: { max_body_bytes: maxBodyBytes },
    providers: {
      one: {
        kind: 'openai-compatible',
        base_url: upstream.baseUrl,
        speaks: ['chat'],
        keys: [{ value: 'sk-upstream' }],
      },
    },
    models: { good: { targets: ['one/model'] } },
  });
});

afterAll(async () => {
  await house.stop();
  await upstream.stop();
});

const encodings = {
  identity: (text: string) => Buffer.from(text),
  gzip: (text: string) => gzipSync(text),
  br: (text: string) => brotliCompressSync(text),
  zstd: rawZstd,
  'gzip, zstd': (text: string) => rawZstd(gzipSync(text)),
};

describe.each(dialectNames)('a good request through the door for %s', (dialect) => {
  it.each(Object.entries(encodings))('is understood in %s', async (encoding, encode) => {
    const before = house.records.length;
    const { path, body } = goodRequest(dialect, 'good');
    const answer = await fetch(house.origin + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${testKey}`,
        'content-type': 'application/json',
        'content-encoding': encoding,
      },
      body: encode(JSON.stringify(body)),
    });
    const text = await answer.text();
    expect({ status: answer.status, text }).toEqual({ status: 200, text: expect.stringContaining('Fine.') });
    const record = await house.recordOf((each) => house.records.indexOf(each) >= before);
    expect(record).toMatchObject({ outcome: 'done', bytesIn: Buffer.byteLength(JSON.stringify(body)) });
    expect(record.bytesOut).toBe(Buffer.byteLength(text));
  });

  it.each([
    ['authorization', `Bearer ${testKey}`],
    ['authorization', `bearer  ${testKey} `],
    ['x-api-key', testKey],
    ['x-goog-api-key', testKey],
    ['api-key', testKey],
    ['x-bf-vk', testKey],
  ])('is let in by its key in %s: %s', async (header, value) => {
    const { path, body } = goodRequest(dialect, 'good');
    const answer = await fetch(house.origin + path, {
      method: 'POST',
      headers: { [header]: value, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect({ status: answer.status, text: await answer.text() }).toMatchObject({ status: 200 });
    expect(JSON.stringify(upstream.requests.at(-1)?.headers)).not.toContain(testKey);
  });
});

describe('a wrong door', () => {
  it.each([
    ['/openai/v1/nothing', 'responses'],
    ['/v1/unknown/chat/completions', 'chat'],
    ['/anthropic/v1/nothing', 'messages'],
    ['/gemini/v1beta/models/good:countCats', 'gemini'],
  ] as const)('%s is refused as %s clients read it, and tells the right one', async (path, dialect) => {
    const answer = await fetch(house.origin + path, { method: 'POST', body: '{}' });
    const told = readError(dialect, await answer.text(), answer.status);
    expect({ status: answer.status, told }).toMatchObject({
      status: 404,
      told: { message: expect.stringMatching(/\/openai\/v1, \/anthropic or \/gemini/) },
    });
  });

  it.each(dialectNames)('is GET where %s wants POST', async (dialect) => {
    const { path } = goodRequest(dialect, 'good');
    const answer = await fetch(house.origin + path, { headers: { authorization: `Bearer ${testKey}` } });
    const told = readError(dialect, await answer.text(), answer.status);
    expect({ status: answer.status, allow: answer.headers.get('allow'), told }).toMatchObject({
      status: 405,
      allow: 'POST',
      told: { message: expect.stringMatching(/takes POST, not GET/) },
    });
  });

  it('is POST where health is asked for', async () => {
    const answer = await fetch(`${house.origin}/health`, { method: 'POST' });
    expect({ status: answer.status, allow: answer.headers.get('allow') }).toEqual({ status: 405, allow: 'GET, HEAD' });
  });
});

describe('the plain doors', () => {
  it.each(['/', '/health', '/ready', '/version'])('%s answers without a key', async (path) => {
    const answer = await fetch(house.origin + path);
    expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: expect.any(Object) });
  });

  it('lists models to a key only, in the words of the asking client', async () => {
    const refused = await fetch(`${house.origin}/openai/v1/models`);
    expect(readError('responses', await refused.text(), refused.status)).toMatchObject({ kind: expect.any(String) });
    expect(refused.status).toBe(401);

    const headers = { authorization: `Bearer ${testKey}` };
    const openAi = await (await fetch(`${house.origin}/openai/v1/models`, { headers })).json();
    expect(openAi).toMatchObject({ object: 'list', data: [{ id: 'good', object: 'model' }] });
    const anthropic = await (await fetch(`${house.origin}/anthropic/v1/models`, { headers })).json();
    expect(anthropic).toMatchObject({ data: [{ id: 'good', type: 'model' }], has_more: false });
  });

  it('show metrics of what has happened', async () => {
    await ask(house.origin, { dialect: 'chat', model: 'good' });
    await house.recordOf((record) => record.dialect === 'chat' && record.stream);
    const text = await (await fetch(`${house.origin}/metrics`)).text();
    expect(text).toMatch(/turnpike_exchanges_total\{[^}]*provider="one"[^}]*\} \d+/);
    expect(text).not.toContain(testKey);
  });
});

describe('a client that sends all of an oversized request before it reads', () => {
  it('is told so, and is not left waiting', async () => {
    const port = Number(new URL(house.origin).port);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const bytes = 32 * 1024 * 1024;
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${testKey}\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    socket.pause();
    await new Promise<void>((resolve) => {
      socket.write(`${bytes.toString(16)}\r\n`);
      socket.write(Buffer.alloc(bytes, 0x20));
      socket.write('\r\n0\r\n\r\n', () => resolve());
    });
    socket.resume();
    const [answer] = await once(socket.setEncoding('utf8'), 'data');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });
});

describe('what Codex is told of a failure', () => {
  it('has the status that is recorded', async () => {
    const dead = await startUpstream({ dialect: 'chat', script: () => ({ text: '' }) });
    await dead.stop();
    await house.replace({
      providers: { one: { kind: 'openai-compatible', base_url: dead.baseUrl, speaks: ['chat'], keyless: true } },
    });
    const told = await ask(house.origin, {
      dialect: 'responses',
      model: 'one/gone',
      headers: { originator: 'codex_exec' },
    });
    const record = await house.recordOf((each) => each.modelAsked === 'one/gone');
    expect(record).toMatchObject({ outcome: 'failed', failure: { code: 'upstream-unreachable' }, agent: 'codex' });
    expect(record.status).toBe(told.status);
    expect(record.bytesOut).toBe(Buffer.byteLength(told.text));
  });
});
