import { gzipSync } from 'node:zlib';
import type { FailureCode } from '@turnpike/contract/failure-codes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientDialectName } from '../../src/core/items.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { testKey } from '../kit/gateway-process.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { dialectNames, goodRequest, readError } from './doors.ts';
import { everyone, type House, openHouse } from './house.ts';
import { rawZstd, zstdBomb } from './zstd-frames.ts';

/** A login as Codex sends it when its user is signed in with ChatGPT. Not a real one. */
const chatGptLogin = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJzb21lYm9keSJ9.c2VjcmV0LXNpZ25hdHVyZQ';
const maxBodyBytes = 64 * 1024;

let upstream: ScriptedUpstream;
let house: House;

beforeAll(async () => {
  upstream = await startUpstream({ dialect: 'chat', script: () => ({ text: 'Fine.' }) });
  house = await openHouse({
    server: { max_body_bytes: maxBodyBytes },
    providers: {
      one: { kind: 'openai-compatible', base_url: upstream.baseUrl, speaks: ['chat'], keys: [{ value: 'sk-up' }] },
      two: { kind: 'openai-compatible', base_url: upstream.baseUrl, speaks: ['chat'], keys: [{ value: 'sk-up' }] },
    },
    models: { good: { targets: ['one/model'] } },
    virtual_keys: [
      everyone,
      { name: 'narrow', value: 'vk-narrow', models: ['allowed-*'] },
      { name: 'off', value: 'vk-off', disabled: true },
      { name: 'old', value: 'vk-old', expires: '2020-01-31' },
    ],
  });
});

afterAll(async () => {
  await house.stop();
  await upstream.stop();
});

/** How a good request is spoiled. */
interface Spoiled {
  readonly body?: string | Buffer;
  readonly model?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly chunked?: boolean;
  readonly fields?: JsonObject;
}

interface Case extends Spoiled {
  readonly name: string;
  readonly code: FailureCode;
  readonly status: number;
  /** What the message must say for its reader to know what to do. */
  readonly says: RegExp;
  /** Not where the URL says what others say in the body. */
  readonly except?: readonly ClientDialectName[];
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const padded = (dialect: ClientDialectName, bytes: number) =>
  JSON.stringify({ ...goodRequest(dialect, 'good').body, padding: 'x'.repeat(bytes) });

function casesOf(dialect: ClientDialectName): readonly Case[] {
  const { body } = goodRequest(dialect, 'good');
  const text = JSON.stringify(body);
  const [anyKey = ''] = Object.keys(body);
  const fieldTwice = `${text.slice(0, -1)},${JSON.stringify(anyKey)}:1}`;
  const malformed = { code: 'request-malformed', status: 400 } as const;
  return [
    { ...malformed, name: 'a body that is no JSON', body: 'hello', says: /JSON|"\{"/ },
    { ...malformed, name: 'an empty body', body: '', says: /JSON|"\{"/ },
    { ...malformed, name: 'a body cut short', body: text.slice(0, -5), says: /byte \d+/ },
    { ...malformed, name: 'a JSON array', body: `[${text}]`, says: /"\{"/ },
    { ...malformed, name: 'text after the object', body: `${text}{}`, says: /after the object/ },
    { ...malformed, name: 'bytes that are no UTF-8', body: Buffer.from([0x7b, 0xff, 0x7d]), says: /UTF-8/ },
    {
      name: 'a field that comes twice',
      body: fieldTwice,
      code: 'request-ambiguous',
      status: 400,
      says: new RegExp(anyKey),
    },
    {
      name: 'a field with an escaped name',
      body: `${text.slice(0, -1)},"mod\\u0065l":"x"}`,
      code: 'request-ambiguous',
      status: 400,
      says: /escape/,
    },
    { ...malformed, name: 'no model', fields: { model: null }, says: /"model"/, except: ['gemini'] },
    { ...malformed, name: 'a model that is a number', fields: { model: 5 }, says: /"model"/, except: ['gemini'] },
    { ...malformed, name: 'an empty model', fields: { model: '' }, says: /"model"/, except: ['gemini'] },
    {
      ...malformed,
      name: 'a model name that forges log lines',
      model: 'good\n00:00:00 error',
      says: /control characters/,
    },
    { ...malformed, name: 'a model name of absurd length', model: 'm'.repeat(5000), says: /model.*long/ },
    {
      name: 'an unknown model',
      model: 'nonesuch',
      code: 'model-unknown',
      status: 404,
      says: /nonesuch.*good.*one, two/,
    },
    {
      name: 'a forbidden model',
      headers: bearer('vk-narrow'),
      code: 'model-forbidden',
      status: 403,
      says: /narrow.*good.*allowed-\*/,
    },
    { name: 'no key', headers: { authorization: undefined }, code: 'key-missing', status: 401, says: /key.*agent/i },
    {
      name: 'an empty key',
      headers: { authorization: 'Bearer ' },
      code: 'key-missing',
      status: 401,
      says: /key.*agent/i,
    },
    { name: 'a wrong key', headers: bearer('vk-wrong'), code: 'key-unknown', status: 401, says: /check the key/i },
    { name: 'a disabled key', headers: bearer('vk-off'), code: 'key-disabled', status: 403, says: /"off".*disabled/ },
    { name: 'an expired key', headers: bearer('vk-old'), code: 'key-expired', status: 403, says: /"old".*2020-01-31/ },
    {
      name: 'a ChatGPT login',
      headers: { ...bearer(chatGptLogin), 'chatgpt-account-id': 'account-1' },
      code: 'foreign-login',
      status: 403,
      says: /codex logout/,
    },
    {
      name: 'a body too large by its declared length',
      body: padded(dialect, maxBodyBytes),
      code: 'request-too-large',
      status: 413,
      says: /max_body_bytes/,
    },
    {
      name: 'a body too large in chunks',
      body: padded(dialect, maxBodyBytes * 4),
      chunked: true,
      code: 'request-too-large',
      status: 413,
      says: /max_body_bytes/,
    },
    {
      name: 'an unknown Content-Encoding',
      headers: { 'content-encoding': 'snappy' },
      code: 'request-encoding-unsupported',
      status: 415,
      says: /snappy.*gzip/,
    },
    {
      ...malformed,
      name: 'damaged gzip',
      body: gzipSync(text).subarray(0, -9),
      headers: { 'content-encoding': 'gzip' },
      says: /Content-Encoding|compress|damaged/i,
    },
    {
      ...malformed,
      name: 'damaged zstd',
      body: rawZstd(text).subarray(0, -9),
      headers: { 'content-encoding': 'zstd' },
      says: /Content-Encoding|compress|damaged/i,
    },
    {
      name: 'a gzip bomb',
      body: gzipSync(Buffer.alloc(maxBodyBytes * 50)),
      headers: { 'content-encoding': 'gzip' },
      code: 'request-too-large',
      status: 413,
      says: /larger/,
    },
    {
      name: 'a zstd bomb',
      body: zstdBomb(maxBodyBytes * 50),
      headers: { 'content-encoding': 'zstd' },
      code: 'request-too-large',
      status: 413,
      says: /larger/,
    },
  ];
}

async function send(dialect: ClientDialectName, spoiled: Spoiled): Promise<Response> {
  const { path, body } = goodRequest(dialect, spoiled.model ?? 'good');
  const bytes = spoiled.body ?? JSON.stringify({ ...body, ...spoiled.fields });
  const headers = new Headers({ 'content-type': 'application/json', ...bearer(testKey) });
  for (const [name, value] of Object.entries(spoiled.headers ?? {})) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  return fetch(house.origin + path, {
    method: 'POST',
    headers,
    body: spoiled.chunked ? new Blob([bytes]).stream() : bytes,
    ...(spoiled.chunked ? { duplex: 'half' } : {}),
  });
}

describe.each(dialectNames)('through the door for %s', (dialect) => {
  const cases = casesOf(dialect).filter(({ except = [] }) => !except.includes(dialect));

  it.each(cases)('$name is refused in words that help', async ({ code, status, says, ...spoiled }) => {
    const before = house.records.length;
    const answer = await send(dialect, spoiled);
    const text = await answer.text();
    const told = readError(dialect, text, answer.status);
    expect({ status: answer.status, type: answer.headers.get('content-type'), told }).toEqual({
      status,
      type: expect.stringContaining('application/json'),
      told: { message: expect.stringMatching(says), kind: expect.any(String) },
    });
    expect(text.length).toBeLessThan(2000);

    const record = await house.recordOf((each) => house.records.indexOf(each) >= before);
    expect(record).toMatchObject({ outcome: 'failed', status, failure: { code }, attempts: [], dialect });
    expect(record).not.toHaveProperty('usage');
    expect(JSON.stringify(record).length).toBeLessThan(3000);
  });
});

describe('whatever was refused', () => {
  it('went nowhere', () => {
    expect(upstream.requests).toEqual([]);
  });

  it('left one record each', () => {
    const refused = dialectNames.map((dialect) => casesOf(dialect).filter((each) => !each.except?.includes(dialect)));
    expect(house.records).toHaveLength(refused.flat().length);
  });

  it('left no trace of a ChatGPT login', () => {
    const everything = JSON.stringify([house.records, house.log]);
    expect(everything).toContain('foreign-login');
    for (const part of chatGptLogin.split('.')) expect(everything).not.toContain(part);
    expect(everything).not.toContain('account-1');
  });

  it('left no key in records or logs', () => {
    const everything = JSON.stringify([house.records, house.log]);
    for (const key of [testKey, 'vk-narrow', 'vk-wrong', 'vk-off', 'vk-old']) expect(everything).not.toContain(key);
  });

  it('left the door open for good requests', async () => {
    const answer = await send('responses', {});
    expect({ status: answer.status, text: await answer.text() }).toMatchObject({ status: 200 });
  });
});
