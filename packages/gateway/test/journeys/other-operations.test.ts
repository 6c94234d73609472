import { request as openRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Document } from '../kit/gateway-process.ts';
import { testKey } from '../kit/gateway-process.ts';
import { everyone, type House, openHouse } from './house.ts';
import { type OperationsVendor, startOperationsVendor } from './operations-vendor.ts';

let vendor: OperationsVendor;
let spare: OperationsVendor;
let house: House | undefined;

beforeEach(async () => {
  vendor = await startOperationsVendor();
  spare = await startOperationsVendor();
});

afterEach(async () => {
  await house?.stop();
  await Promise.all([vendor.stop(), spare.stop()]);
  house = undefined;
});

const narrow = { name: 'narrow', value: 'sk-narrow-0123456789', models: ['vectors', 'openai/text-*'] };

function openai(baseUrl: string, more: object = {}) {
  return { kind: 'openai', base_url: `${baseUrl}/v1`, keys: [{ value: 'sk-upstream' }], ...more };
}

async function open(document: Partial<Document> = {}): Promise<string> {
  house = await openHouse({
    providers: {
      openai: openai(vendor.origin, { models: { 'vector-model': { price: { input: 0.1, output: 0 } } } }),
      claude: { kind: 'anthropic', base_url: vendor.origin, keys: [{ value: 'sk-ant-upstream' }] },
    },
    models: { vectors: { targets: ['openai/vector-model'] } },
    virtual_keys: [everyone, narrow],
    ...document,
  });
  return house.origin;
}

interface Sent {
  readonly method?: string;
  readonly json?: object;
  readonly body?: FormData | ReadableStream | string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
}

function send(path: string, { method = 'POST', json, body, key = testKey, headers = {} }: Sent = {}) {
  const sent = json ? JSON.stringify(json) : body;
  return fetch((house?.origin ?? '') + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      cookie: 'session=callers-own',
      ...(json ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent, duplex: 'half' }),
  });
}

const recordOf = (operation: string) => house?.recordOf((record) => record.operation === operation);

describe('embeddings', () => {
  it('pass with the deployment’s model, metered, priced and recorded, without the caller’s key', async () => {
    await open();
    const answer = await send('/v1/embeddings', { json: { model: 'vectors', input: 'été', dimensions: 3 } });
    expect(await answer.json()).toMatchObject({ object: 'list', usage: { prompt_tokens: 1000 } });
    expect(answer.headers.get('x-turnpike-model')).toBe('openai/vector-model');
    const [seen] = vendor.seen;
    expect(seen).toMatchObject({ method: 'POST', url: '/v1/embeddings' });
    expect(seen?.body.toString()).toBe('{"model":"vector-model","input":"été","dimensions":3}');
    expect(seen?.headers).toMatchObject({ authorization: 'Bearer sk-upstream' });
    expect(JSON.stringify(seen?.headers)).not.toMatch(/callers-own|sk-test/);
    expect(await recordOf('embeddings')).toMatchObject({
      outcome: 'done',
      status: 200,
      dialect: 'chat',
      key: 'everyone',
      modelAsked: 'vectors',
      provider: 'openai',
      model: 'vector-model',
      lane: 'express',
      usage: { inputTokens: 1000, outputTokens: 0 },
      costNanoDollars: String(1000 * 100),
    });
  });

  it('go to the API’s home where nobody knows the name', async () => {
    await open();
    await send('/openai/v1/embeddings', { json: { model: 'brand-new-embedder', input: 'a' } });
    expect(vendor.seen[0]?.body.toString()).toContain('"model":"brand-new-embedder"');
  });

  it('fail over while another deployment may help', async () => {
    await open({
      providers: { openai: openai(vendor.origin), other: openai(spare.origin) },
      models: { vectors: { targets: ['openai/a'], fallbacks: ['other/b'] } },
    });
    vendor.answerWith({ status: 503, body: '{"error":{"message":"busy","type":"server_error"}}' });
    expect((await send('/v1/embeddings', { json: { model: 'vectors', input: 'a' } })).status).toBe(200);
    expect(spare.seen[0]?.body.toString()).toContain('"model":"b"');
    expect((await recordOf('embeddings'))?.attempts).toMatchObject([
      { provider: 'openai', failure: { code: 'upstream-overloaded' } },
      { provider: 'other', upstreamStatus: 200 },
    ]);
  });

  it('are refused with the provider’s own words', async () => {
    await open();
    const body = '{"error":{"message":"input is too odd","type":"invalid_request_error","param":"input","code":null}}';
    vendor.answerWith({ status: 400, body });
    const answer = await send('/v1/embeddings', { json: { model: 'vectors', input: '' } });
    expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 400, text: body });
  });

  it('are refused to keys that may not use the model, and to nobody’s', async () => {
    await open();
    const asked = { json: { model: 'openai/secret-embedder', input: 'a' } };
    expect((await send('/v1/embeddings', { ...asked, key: narrow.value })).status).toBe(403);
    expect((await send('/v1/embeddings', { ...asked, key: 'sk-nobody' })).status).toBe(401);
    expect((await send('/providers/openai/v1/embeddings', { ...asked, key: narrow.value })).status).toBe(403);
    expect(vendor.seen).toEqual([]);
  });

  it('of Gemini carry the model in the path, and again in the body', async () => {
    await open({
      providers: { google: { kind: 'gemini', base_url: vendor.origin, keys: [{ value: 'AIza-upstream' }] } },
      models: { vectors: { targets: ['google/gemini-embedding-001'] } },
    });
    const requests = [{ model: 'models/vectors', content: { parts: [{ text: 'a' }] } }];
    await send('/gemini/v1beta/models/vectors:batchEmbedContents?key=AIza-callers&alt=json', { json: { requests } });
    const [seen] = vendor.seen;
    expect(seen?.url).toBe('/v1beta/models/gemini-embedding-001:batchEmbedContents?alt=json');
    expect(seen?.body.toString()).toContain('"model":"models/gemini-embedding-001"');
    expect(await recordOf('embeddings')).toMatchObject({ dialect: 'gemini', modelAsked: 'vectors' });
  });
});

describe('reranking', () => {
  it('in the form that Jina and Cohere share goes to either', async () => {
    await open({
      providers: {
        openai: openai(vendor.origin),
        cohere: { kind: 'cohere', base_url: spare.origin, keys: [{ value: 'co-upstream' }] },
      },
      models: { best: { targets: ['cohere/rerank-v3.5'] } },
    });
    const asked = { query: 'a', documents: ['a', 'b'] };
    expect((await send('/v1/rerank', { json: { model: 'best', ...asked } })).status).toBe(200);
    expect((await send('/cohere/v2/rerank', { json: { model: 'best', ...asked } })).status).toBe(200);
    expect(spare.seen.map(({ url }) => url)).toEqual(['/v2/rerank', '/v2/rerank']);
    expect(spare.seen[0]?.body.toString()).toContain('"model":"rerank-v3.5"');
    await send('/v1/rerank', { json: { model: 'openai/reranker', ...asked } });
    expect(vendor.seen.map(({ url }) => url)).toEqual(['/v1/rerank']);
  });
});

describe('audio and images', () => {
  it('come back byte for byte', async () => {
    await open();
    const sound = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251));
    vendor.answerWith({ status: 200, type: 'audio/mpeg', body: sound });
    const answer = await send('/v1/audio/speech', { json: { model: 'openai/tts', voice: 'coral', input: 'Hi' } });
    expect(answer.headers.get('content-type')).toBe('audio/mpeg');
    expect(Buffer.from(await answer.arrayBuffer()).equals(sound)).toBe(true);
    const record = await recordOf('audio.speech');
    expect(record).toMatchObject({ outcome: 'done', bytesOut: 300_000 });
    expect(record?.usage).toBeUndefined();
  });

  it('go as forms in which only the model is another', async () => {
    await open({ models: { scribe: { targets: ['openai/gpt-4o-transcribe'] } } });
    const form = new FormData();
    form.append('file', new Blob([Buffer.from([0, 255, 13, 10, 45, 45])], { type: 'audio/wav' }), 'a.wav');
    form.append('model', 'scribe');
    form.append('language', 'fr');
    expect((await send('/v1/audio/transcriptions', { body: form })).status).toBe(200);
    const [seen] = vendor.seen;
    const received = await new Response(new Uint8Array(seen?.body ?? []), {
      headers: { 'content-type': seen?.headers['content-type'] ?? '' },
    }).formData();
    expect([received.get('model'), received.get('language')]).toEqual(['gpt-4o-transcribe', 'fr']);
    const file = received.get('file');
    expect(file instanceof Blob && [...new Uint8Array(await file.arrayBuffer())]).toEqual([0, 255, 13, 10, 45, 45]);
    expect(await recordOf('audio.transcriptions')).toMatchObject({ modelAsked: 'scribe', model: 'gpt-4o-transcribe' });
  });

  it('break off visibly where upstream does', async () => {
    await open();
    vendor.answerWith({ status: 200, type: 'audio/mpeg', body: Buffer.alloc(200_000, 7), breaks: true });
    const answer = await send('/v1/audio/speech', { json: { model: 'openai/tts', voice: 'coral', input: 'Hi' } });
    await expect(answer.arrayBuffer()).rejects.toThrow(/terminated/);
    expect(await recordOf('audio.speech')).toMatchObject({ outcome: 'failed', failure: { code: 'upstream-cut' } });
  });
});

describe('files and batches', () => {
  it('are uploaded as they come: the provider reads before the caller has sent all', async () => {
    await open();
    let more: ReadableStreamDefaultController | undefined;
    const body = new ReadableStream({ start: (controller) => void (more = controller) });
    const type = 'multipart/form-data; boundary=b';
    const answer = send('/v1/files', { body, headers: { 'content-type': type } });
    more?.enqueue(Buffer.from('--b\r\nfirst'));
    await vendor.until((seen) => seen.length === 1 && seen[0]?.body.includes('first') === true);
    more?.enqueue(Buffer.from(' last'));
    more?.close();
    expect((await answer).status).toBe(200);
    expect(vendor.seen[0]?.body.toString()).toBe('--b\r\nfirst last');
    expect(vendor.seen[0]?.headers['content-type']).toBe(type);
    const record = await recordOf('files.create');
    expect(record).toMatchObject({ outcome: 'done', provider: 'openai', bytesIn: 15 });
    expect(record?.modelAsked).toBeUndefined();
  });

  it('may not be larger than an upload may be', async () => {
    await open({ server: { max_upload_bytes: 2048 } });
    expect((await send('/v1/files', { body: 'x'.repeat(3000) })).status).toBe(413);
    const unannounced = new ReadableStream({
      start(controller) {
        for (let at = 0; at < 30; at += 1) controller.enqueue(Buffer.alloc(100));
        controller.close();
      },
    });
    expect((await send('/v1/files', { body: unannounced })).status).toBe(413);
  });

  it.each([
    ['GET', '/files?limit=2&key=mine', '/v1/files?limit=2', 'files.list'],
    ['GET', '/files/file-1', '/v1/files/file-1', 'files.get'],
    ['GET', '/files/file-1/content', '/v1/files/file-1/content', 'files.content'],
    ['DELETE', '/files/file-1', '/v1/files/file-1', 'files.delete'],
    ['GET', '/batches/batch_1', '/v1/batches/batch_1', 'batches.get'],
    ['POST', '/batches/batch_1/cancel', '/v1/batches/batch_1/cancel', 'batches.cancel'],
  ])('%s %s', async (method, path, url, operation) => {
    await open();
    expect((await send(`/openai/v1${path}`, { method })).status).toBe(200);
    expect(vendor.seen[0]).toMatchObject({ method, url });
    expect(await recordOf(operation)).toMatchObject({ outcome: 'done', provider: 'openai', status: 200 });
  });

  it('of Anthropic have its key and version', async () => {
    await open();
    const answer = await send('/anthropic/v1/messages/batches', { json: { requests: [] } });
    expect(answer.status).toBe(200);
    expect(vendor.seen[0]).toMatchObject({ url: '/v1/messages/batches', headers: { 'x-api-key': 'sk-ant-upstream' } });
    expect(vendor.seen[0]?.headers['anthropic-version']).toBe('2023-06-01');
  });

  it('are for keys that may use all of the provider’s models: a batch may ask any of them', async () => {
    await open();
    expect((await send('/v1/files', { method: 'GET', key: narrow.value })).status).toBe(403);
    expect((await send('/providers/openai/v1/batches', { key: narrow.value, json: {} })).status).toBe(403);
    expect(vendor.seen).toEqual([]);
  });

  it('need to be told the provider where several are in question', async () => {
    await open({ providers: { one: openai(vendor.origin), two: openai(spare.origin) }, models: {} });
    const unclear = await send('/v1/files', { method: 'GET' });
    expect(unclear.status).toBe(400);
    expect(await unclear.text()).toMatch(/one, two.*x-turnpike-provider/);
    await send('/v1/files', { method: 'GET', headers: { 'x-turnpike-provider': 'two' } });
    await send('/providers/two/v1/files', { method: 'GET' });
    expect(spare.seen.map(({ url }) => url)).toEqual(['/v1/files', '/v1/files']);
    expect(vendor.seen).toEqual([]);
  });
});

describe('a provider’s own door', () => {
  it('has the provider’s models answer as everywhere', async () => {
    await open();
    const json = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] };
    await send('/providers/openai/v1/chat/completions', { json });
    expect(vendor.seen[0]).toMatchObject({ url: '/v1/chat/completions' });
    const record = await house?.recordOf((each) => each.modelAsked === 'gpt-4.1');
    expect(record?.attempts).toMatchObject([{ provider: 'openai', model: 'gpt-4.1' }]);
    expect(record?.operation).toBeUndefined();
  });

  it('is shut for what nobody here knows', async () => {
    await open();
    const answer = await send('/providers/openai/v1/fine_tuning/jobs', { json: {} });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('passthrough: allow');
    expect((await send('/providers/nobody/v1/files', { method: 'GET' })).status).toBe(404);
    expect(vendor.seen).toEqual([]);
  });

  it('lets it pass where the configuration allows it, for keys that may use everything, on the record', async () => {
    await open({ providers: { openai: openai(vendor.origin, { passthrough: 'allow' }) }, models: {} });
    expect((await send('/providers/openai/v1/fine_tuning/jobs?after=x', { json: { a: 1 } })).status).toBe(200);
    expect((await send('/providers/openai/fine_tuning/jobs', { json: {}, key: narrow.value })).status).toBe(404);
    expect((await send('/providers/openai/fine_tuning/jobs', { json: {}, key: 'sk-nobody' })).status).toBe(401);
    expect(vendor.seen.map(({ url }) => url)).toEqual(['/v1/fine_tuning/jobs?after=x']);
    expect(await recordOf('passthrough')).toMatchObject({ outcome: 'done', provider: 'openai', key: 'everyone' });
  });

  it.each(['/../admin', '/%2e%2e/admin', '/a%2f..%2fb', '/a/%252e%252e/b', '/a%5cb', '//evil.example', '/a%00'])(
    'does not lead out of the provider’s base URL: %s',
    async (path) => {
      const origin = await open({ providers: { openai: openai(vendor.origin, { passthrough: 'allow' }) }, models: {} });
      expect(await rawStatus(`${origin}/`, `/providers/openai${path}`)).toBe(404);
      expect(vendor.seen).toEqual([]);
    },
  );
});

/** `fetch` would tidy the path up. */
function rawStatus(origin: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${testKey}` };
    openRequest(origin, { path, method: 'GET', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}
