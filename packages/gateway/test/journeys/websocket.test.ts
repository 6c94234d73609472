import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ClientDialectName } from '../../src/core/items.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { type FaultyUpstream, startFaultyUpstream } from '../kit/faulty-upstream.ts';
import { type Document, testKey } from '../kit/gateway-process.ts';
import type { Turn } from '../kit/conversation.ts';
import { objectAt, textAt } from '../kit/json-access.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { openSocket, refusedSocket, type SocketClient } from '../kit/socket-client.ts';
import { everyone, type House, openHouse } from './house.ts';

const dialectNames: readonly ClientDialectName[] = ['responses', 'chat', 'messages', 'gemini'];
const kinds = { responses: 'openai', messages: 'anthropic', gemini: 'gemini', chat: 'openai-compatible' } as const;
const codex = { originator: 'codex_exec', 'user-agent': 'codex_exec/0.169.0', 'session-id': 's-1', 'thread-id': 't-1' };

const tools = [
  {
    type: 'function',
    name: 'read_file',
    description: 'Reads a file.',
    parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
    strict: false,
  },
];

const script = playScenes(
  {
    cue: 'What is in notes.txt?',
    answers: [
      { text: 'I will look. ', calls: [{ name: 'read_file', input: { path: 'notes.txt' } }] },
      { calls: [{ name: 'read_file', input: { path: 'more.txt' } }] },
      { text: 'It says: été 🙂.' },
    ],
  },
  { cue: 'And now?', answers: [{ text: 'Now it is over.' }] },
);

const upstreams = new Map<ClientDialectName, ScriptedUpstream>();
let faulty: FaultyUpstream;
let document: Document;
let house: House;
const open: SocketClient[] = [];

beforeAll(async () => {
  for (const dialect of dialectNames) upstreams.set(dialect, await startUpstream({ dialect, script }));
  faulty = await startFaultyUpstream('messages');
  const keys = [{ value: 'sk-upstream' }];
  const provider = (dialect: ClientDialectName) => ({
    kind: kinds[dialect],
    base_url: upstreams.get(dialect)?.baseUrl ?? '',
    speaks: [dialect],
    keys,
  });
  const failing = (fault: Parameters<FaultyUpstream['baseUrl']>[0]) => ({
    kind: 'anthropic',
    base_url: faulty.baseUrl(fault),
    keys,
  });
  document = {
    server: { max_body_bytes: 24 * 1024 * 1024 },
    providers: {
      responses: provider('responses'),
      messages: provider('messages'),
      gemini: provider('gemini'),
      chat: provider('chat'),
      hanging: failing('hang-midway'),
      cutting: failing('cut-midway'),
      broken: failing('status-500'),
    },
    virtual_keys: [everyone, { name: 'narrow', value: 'vk-narrow-0123456789', models: ['chat/*'] }],
  };
  house = await openHouse(document);
});

afterAll(async () => {
  for (const { socket } of open) socket.terminate();
  await house.stop();
  await faulty.stop();
  for (const upstream of upstreams.values()) await upstream.stop();
});

async function connect(...options: Parameters<typeof openSocket> extends [string, ...infer Rest] ? Rest : never) {
  const client = await openSocket(house.origin, ...options);
  open.push(client);
  return client;
}

const user = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const result = (callId: string, output: string) => ({ type: 'function_call_output', call_id: callId, output });

function idOf(messages: readonly JsonObject[]): string {
  return textAt(objectAt(messages.at(-1), 'response'), 'id');
}

function doneItems(messages: readonly JsonObject[]): readonly JsonObject[] {
  return messages.flatMap((each) => (each['type'] === 'response.output_item.done' ? [objectAt(each, 'item')] : []));
}

function callIdOf(messages: readonly JsonObject[]): string {
  return textAt(
    doneItems(messages).find((item) => item['type'] === 'function_call'),
    'call_id',
  );
}

describe.each(dialectNames)('a session over one socket with a %s provider', (dialect) => {
  it('warms up, calls tools and goes on, each time sending only what is new', async () => {
    const upstream = upstreams.get(dialect);
    const before = house.records.length;
    const asked = { model: `${dialect}/model-of-the-house`, tools, store: false, stream: true };
    const client = await connect({ headers: codex });

    const developer = { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] };
    const warm = await client.turn({ ...asked, generate: false, input: [developer] });
    expect(warm.map((each) => each['type'])).toEqual(['response.created', 'response.completed']);
    expect(objectAt(warm[1], 'response')).toMatchObject({
      output: [],
      usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
    });
    expect(house.records).toHaveLength(before);

    const metadata = { session_id: 's-2', thread_id: 't-2', 'x-codex-ws-stream-request-start-ms': '1' };
    const first = await client.turn({
      ...asked,
      previous_response_id: idOf(warm),
      input: [user('What is in notes.txt?')],
      client_metadata: metadata,
    });
    const second = await client.turn({
      ...asked,
      previous_response_id: idOf(first),
      input: [result(callIdOf(first), 'été 1')],
    });
    const third = await client.turn({
      ...asked,
      previous_response_id: idOf(second),
      input: [result(callIdOf(second), 'été 2')],
    });
    expect(JSON.stringify(doneItems(third))).toContain('It says: été 🙂.');
    const fourth = await client.turn({ ...asked, previous_response_id: idOf(third), input: 'And now?' });
    expect(JSON.stringify(doneItems(fourth))).toContain('Now it is over.');

    expect(upstream?.complaints).toEqual([]);
    const turns = upstream?.requests.at(-1)?.conversation.turns ?? [];
    const told = turns
      .filter(speaks)
      .map((turn) => (turn.type === 'call' ? `call ${turn.input}` : `${turn.type} ${textIn(turn)}`));
    expect(told).toEqual([
      'system Be brief.',
      'user What is in notes.txt?',
      'assistant I will look. ',
      expect.stringMatching(/call .*notes\.txt/),
      'result été 1',
      expect.stringMatching(/call .*more\.txt/),
      'result été 2',
      'assistant It says: été 🙂.',
      'user And now?',
    ]);
    expect(JSON.stringify(upstream?.requests.map((each) => each.body))).not.toMatch(
      /"previous_response_id":"|"generate"|x-codex-ws-|"response\.create"/,
    );

    await house.recordOf((record) => house.records.indexOf(record) === before + 3);
    for (const record of house.records.slice(before)) {
      expect(record).toMatchObject({
        outcome: 'done',
        status: 200,
        wire: 'websocket',
        agent: 'codex',
        key: 'everyone',
      });
    }
    expect(house.records.at(before)).toMatchObject({ session: 's-2', thread: 't-2' });
    expect(house.records).toHaveLength(before + 4);
  });
});

/** Not the empty instructions that Responses has, and not a provider's own sealed states. */
function speaks(turn: Turn): boolean {
  return turn.type !== 'seal' && (turn.type !== 'system' || turn.text !== '');
}

function textIn(turn: { readonly type: string; readonly text?: string }): string {
  return turn.text ?? '';
}

describe('a socket', () => {
  const asked = { model: 'chat/house-model', stream: true, tools };

  it('that names a response it never saw is asked to send everything, and may', async () => {
    const client = await connect();
    const refused = await client.turn({ ...asked, previous_response_id: 'resp_unknown', input: [user('And now?')] });
    expect(refused).toEqual([
      {
        type: 'error',
        status: 400,
        error: expect.objectContaining({ code: 'previous_response_not_found', type: 'invalid_request_error' }),
      },
    ]);
    const answered = await client.turn({ ...asked, input: [user('And now?')] });
    expect(answered.at(-1)?.['type']).toBe('response.completed');
  });

  it('sees only its own responses', async () => {
    const [one, other] = [await connect(), await connect()];
    const answered = await one.turn({ ...asked, input: [user('And now?')] });
    const refused = await other.turn({ ...asked, previous_response_id: idOf(answered), input: [user('And now?')] });
    expect(objectAt(refused[0], 'error')).toMatchObject({ code: 'previous_response_not_found' });
  });

  it('may go on from the same response again after a turn that failed', async () => {
    const client = await connect();
    const answered = await client.turn({ ...asked, input: [user('What is in notes.txt?')] });
    const previous = { previous_response_id: idOf(answered), input: [result(callIdOf(answered), 'été 1')] };
    const failed = await client.turn({ model: 'broken/model', ...previous });
    expect(failed.at(-1)).toMatchObject({ type: 'error', status: expect.any(Number) });
    const again = await client.turn({ ...asked, ...previous });
    expect(again.at(-1)?.['type']).toBe('response.completed');
    expect(upstreams.get('chat')?.complaints).toEqual([]);
  });

  it('gets one response at a time, and the running one is not disturbed', async () => {
    const client = await connect();
    client.send({ type: 'response.create', model: 'hanging/model', input: [user('Hello')] });
    const first = await client.next();
    client.send({ type: 'response.create', ...asked, input: [user('And now?')] });
    const messages = [first];
    while (messages.at(-1)?.['type'] !== 'error') messages.push(await client.next());
    expect(messages.at(-1)).toMatchObject({ status: 409, error: { code: 'response_already_in_flight' } });
    expect(first['type']).toBe('response.created');
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    client.socket.terminate();
  });

  it('that dies in the middle of an answer ends the call upstream, and the record says so', async () => {
    const client = await connect();
    const before = faulty.abandoned('hang-midway');
    const seen = house.records.length;
    client.send({ type: 'response.create', model: 'hanging/model', input: [user('Hello')] });
    while ((await client.next())['type'] !== 'response.output_text.delta');
    client.socket.terminate();
    await vi.waitFor(() => expect(faulty.abandoned('hang-midway')).toBe(before + 1), { timeout: 2000, interval: 5 });
    const record = await house.recordOf((each) => house.records.indexOf(each) >= seen && each.provider === 'hanging');
    expect(record).toMatchObject({ outcome: 'abandoned', wire: 'websocket', usage: { estimated: true } });
  });

  it('is told of an answer that breaks off, as the last event of that answer', async () => {
    const client = await connect({ headers: codex });
    const messages = await client.turn({ model: 'cutting/model', input: [user('Hello')] });
    expect(messages.at(-1)).toMatchObject({ type: 'response.failed', response: { error: { code: 'server_error' } } });
  });

  it('is told of a refusal with a status, in the words that Codex shows', async () => {
    const client = await connect({ headers: codex, key: 'vk-narrow-0123456789' });
    const [refused] = await client.turn({ model: 'gemini/x', input: [user('Hello')] });
    expect(refused).toMatchObject({
      type: 'error',
      status: 403,
      error: { code: 'inference_hook_denied', message: expect.stringContaining('gemini/x') },
      headers: { 'x-request-id': expect.stringMatching(/^ex_/) },
    });
    const [unknown] = await client.turn({ model: 'chat', input: [user('Hello')] });
    expect(unknown).toMatchObject({ type: 'error' });
  });

  it('is told of messages that are none, and lives on', async () => {
    const client = await connect();
    for (const bad of [
      '{"type":',
      '[]',
      Buffer.from('{}'),
      '{"type":"response.create","type":"x"}',
      '{"type":"response.create","input":7,"generate":false}',
    ]) {
      client.send(bad);
      expect(await client.next()).toMatchObject({ type: 'error', status: 400 });
    }
    client.send({ type: 'response.processed', response_id: 'resp_1' });
    const answered = await client.turn({ ...asked, input: [user('And now?')] });
    expect(answered.at(-1)?.['type']).toBe('response.completed');
  });

  it('may send a message of 20 MiB', async () => {
    const client = await connect();
    const picture = `data:image/png;base64,${'A'.repeat(20 * 1024 * 1024)}`;
    const input = [
      {
        ...user('And now?'),
        content: [
          { type: 'input_text', text: 'And now?' },
          { type: 'input_image', image_url: picture },
        ],
      },
    ];
    const answered = await client.turn({ model: 'responses/model', stream: true, input });
    expect(answered.at(-1)?.['type']).toBe('response.completed');
    expect(JSON.stringify(upstreams.get('responses')?.requests.at(-1)?.body).length).toBeGreaterThan(20 * 1024 * 1024);
  });

  it('that sends more than is allowed is told so and closed', async () => {
    const client = await connect({ headers: codex });
    client.send({ type: 'response.create', ...asked, input: 'A'.repeat(25 * 1024 * 1024) });
    expect(await client.next()).toMatchObject({
      type: 'error',
      status: 400,
      error: { code: 'invalid_prompt', message: expect.stringContaining('24 MiB') },
    });
    expect(await client.closed).toMatchObject({ code: 1009 });
  });

  it('whose history outgrows what is allowed is told so', async () => {
    const client = await connect({ headers: codex });
    const warm = await client.turn({ ...asked, generate: false, input: 'A'.repeat(15 * 1024 * 1024) });
    const refused = await client.turn({
      ...asked,
      previous_response_id: idOf(warm),
      input: 'A'.repeat(15 * 1024 * 1024),
    });
    expect(refused.at(-1)).toMatchObject({ type: 'error', error: { message: expect.stringContaining('24 MiB') } });
  });

  it('loses its right with its key, from the next message on', async () => {
    const client = await connect({ headers: codex });
    const answered = await client.turn({ ...asked, input: [user('And now?')] });
    expect(answered.at(-1)?.['type']).toBe('response.completed');
    await house.replace({ ...document, virtual_keys: [] });
    try {
      for (const generate of [true, false]) {
        const refused = await client.turn({ ...asked, generate, input: [user('And now?')] });
        expect(refused).toMatchObject([{ type: 'error', status: 403, error: { code: 'inference_hook_denied' } }]);
      }
    } finally {
      await house.replace(document);
    }
  });
});

describe('a request for a socket', () => {
  it('with a wrong key is refused as Codex shows it at once, and recorded', async () => {
    const refused = await refusedSocket(house.origin, { key: 'vk-wrong', headers: codex });
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'inference_hook_denied' } } });
    const record = await house.recordOf((each) => each.wire === 'websocket' && each.failure?.code === 'key-unknown');
    expect(record).toMatchObject({ outcome: 'failed', agent: 'codex', session: 's-1' });
  });

  it('without a key is a 401 for everybody else', async () => {
    const refused = await refusedSocket(house.origin, { key: '' });
    expect(refused).toMatchObject({ status: 401, body: { error: { code: 'invalid_api_key' } } });
  });

  it.each(['/v1/responses', '/openai/responses', '/responses'])('is granted at %s', async (path) => {
    const client = await connect({ path });
    const answered = await client.turn({ model: 'chat/house-model', input: [user('And now?')] });
    expect(answered.at(-1)?.['type']).toBe('response.completed');
  });

  it('where another API lives is told to use HTTP, and where nothing is, that nothing is', async () => {
    expect(await refusedSocket(house.origin, { path: '/v1/chat/completions' })).toMatchObject({ status: 426 });
    expect(await refusedSocket(house.origin, { path: '/nowhere' })).toMatchObject({ status: 404 });
  });

  it('is refused with 426 where the configuration says so', async () => {
    await house.replace({ ...document, server: { websocket: 'off' } });
    try {
      expect(await refusedSocket(house.origin, { headers: codex })).toMatchObject({ status: 426 });
    } finally {
      await house.replace(document);
    }
  });
});

describe('a gateway that ends', () => {
  it('lets idle sockets go at once and others when their answers have ended', async () => {
    const ending = await openHouse(document);
    const idle = await openSocket(ending.origin);
    const busy = await openSocket(ending.origin, { key: testKey });
    busy.send({ type: 'response.create', model: 'chat/house-model', input: [user('And now?')] });
    const first = await busy.next();
    const stopped = ending.stop(10_000);
    const rest = await busy.answer();
    expect([first, ...rest].at(-1)?.['type']).toBe('response.completed');
    expect(await idle.closed).toMatchObject({ code: 1001 });
    expect(await busy.closed).toMatchObject({ code: 1001 });
    await stopped;
  });

  it('does not wait for ever for an answer that hangs', async () => {
    const ending = await openHouse(document);
    const busy = await openSocket(ending.origin);
    busy.send({ type: 'response.create', model: 'hanging/model', input: [user('Hello')] });
    await busy.next();
    await ending.stop(0);
    await busy.closed;
    expect(ending.records.at(-1)).toMatchObject({ outcome: 'abandoned' });
  });
});
