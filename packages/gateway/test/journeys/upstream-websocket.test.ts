import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Document } from '../kit/gateway-process.ts';
import { arrayAt, objectAt, textAt } from '../kit/json-access.ts';
import { playScenes } from '../kit/model-script.ts';
import { openSocket, type SocketClient } from '../kit/socket-client.ts';
import { type SocketUpstream, startSocketUpstream } from '../kit/socket-upstream.ts';
import { type House, openHouse } from './house.ts';

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

const tools = [{ type: 'function', name: 'read_file', parameters: { type: 'object', properties: {} }, strict: false }];
const user = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const asked = { tools, store: false, stream: true, client_metadata: { 'x-codex-turn-state': 'ts-1' } };

let first: SocketUpstream;
let second: SocketUpstream;
let document: Document;
let house: House;
let client: SocketClient;
let passedMs: number;
const clock: Clock = { now: systemClock.now, monotonicMs: () => systemClock.monotonicMs() + passedMs };

beforeEach(async () => {
  passedMs = 0;
  first = await startSocketUpstream(script);
  second = await startSocketUpstream(script);
  const provider = (upstream: SocketUpstream, websocket: 'auto' | 'on', key: string) => ({
    kind: 'openai',
    base_url: upstream.baseUrl,
    speaks: ['responses' as const],
    keys: [{ value: key }],
    websocket,
  });
  document = {
    providers: {
      socket: provider(first, 'on', 'sk-first'),
      other: provider(second, 'on', 'sk-second'),
      plain: provider(second, 'auto', 'sk-plain'),
    },
    models: {
      both: { targets: ['socket/m', 'other/m'] },
      hedged: { targets: ['socket/m', 'other/m'], failover: { hedge_after_ms: 20 } },
    },
  };
  house = await openHouse(document, clock);
  client = await openSocket(house.origin);
});

afterEach(async () => {
  client.socket.terminate();
  await house.stop();
  await first.stop();
  await second.stop();
});

function idOf(messages: readonly JsonObject[]): string {
  return textAt(objectAt(messages.at(-1), 'response'), 'id');
}

function resultsOf(messages: readonly JsonObject[], output: string): readonly JsonObject[] {
  const items = messages.map((each) => (each['type'] === 'response.output_item.done' ? objectAt(each, 'item') : {}));
  return items.flatMap((item) =>
    item['type'] === 'function_call'
      ? [{ type: 'function_call_output', call_id: textAt(item, 'call_id'), output }]
      : [],
  );
}

/** A user's question and two rounds of tools, as an agent over a socket goes through them. */
async function threeTurns(model: string, before: (turn: number) => void = () => {}) {
  const turn = async (fields: JsonObject, index: number) => {
    before(index);
    return client.turn({ ...asked, model, ...fields });
  };
  const one = await turn({ input: [user('What is in notes.txt?')] }, 0);
  const two = await turn({ previous_response_id: idOf(one), input: resultsOf(one, 'été 1') }, 1);
  const three = await turn({ previous_response_id: idOf(two), input: resultsOf(two, 'été 2') }, 2);
  return [one, two, three];
}

async function records(count: number) {
  await house.recordOf(() => house.records.length >= count);
  return house.records;
}

/** How much of the history each message brought: its items, and whether it built on a response. */
function brought({ messages }: SocketUpstream) {
  return messages.map((each) => [arrayAt(each, 'input').length, 'previous_response_id' in each]);
}

function expectToldAll(turns: readonly (readonly JsonObject[])[]): void {
  expect(turns.map((messages) => messages.at(-1)?.['type'])).toEqual(turns.map(() => 'response.completed'));
  expect(JSON.stringify(turns.at(-1))).toContain('It says: été 🙂.');
}

describe('a session over sockets on both sides', () => {
  it('sends the provider only what is new, and is answered and recorded as by HTTP', async () => {
    expectToldAll(await threeTurns('socket/m'));
    expect(brought(first)).toEqual([
      [1, false],
      [1, true],
      [1, true],
    ]);
    expect(first).toMatchObject({ posts: 0, knocks: 1, messages: [{ type: 'response.create', model: 'm' }, {}, {}] });
    expect(first.messages[1]).toMatchObject({ model: 'm' });
    expect(first.messages[1]).not.toHaveProperty('client_metadata');
    expect(first.handshakes).toMatchObject([
      { authorization: 'Bearer sk-first', 'openai-beta': 'responses_websockets=2026-02-06' },
    ]);
    expectToldAll(await threeTurns('plain/m'));
    expect(second).toMatchObject({ posts: 3, knocks: 0 });
    const bodies = ({ model }: SocketUpstream) => model.requests.map((each) => each.conversation.turns.length);
    expect(bodies(first)).toEqual(bodies(second));
    expect([...first.model.complaints, ...second.model.complaints]).toEqual([]);
    const told = (await records(6)).map(({ usage, outcome, lane, attempts }) => ({
      usage,
      outcome,
      lane,
      attempts: attempts.length,
    }));
    expect(told.slice(0, 3)).toEqual(told.slice(3));
    expect(told[0]).toMatchObject({ outcome: 'done', lane: 'express', attempts: 1 });
  });

  it('answers a warm-up itself: the provider hears nothing of it and gets the whole first request', async () => {
    const warm = await client.turn({ ...asked, model: 'socket/m', generate: false, input: [user('Be brief.')] });
    const input = [user('And now?')];
    await client.turn({ ...asked, model: 'socket/m', previous_response_id: idOf(warm), input });
    expect(brought(first)).toEqual([[2, false]]);
  });

  it('sends everything again where the provider has forgotten', async () => {
    expectToldAll(await threeTurns('socket/m', (turn) => (first.trouble = turn === 1 ? 'forgets' : undefined)));
    expect(brought(first).map(([, builds]) => builds)).toEqual([false, true, false, true]);
    expect(first).toMatchObject({ posts: 0, knocks: 1 });
    expect(first.model.complaints).toEqual([]);
  });

  it.each(['dies', 'dies-at-start', 'too-old'] as const)(
    'asks by HTTP where a socket %s before anything was said, and over a new one next time',
    async (trouble) => {
      expectToldAll(await threeTurns('socket/m', (turn) => (first.trouble = turn === 1 ? trouble : undefined)));
      expect(first).toMatchObject({ posts: 1, knocks: 2 });
      expect(brought(first).at(-1)?.[1]).toBe(false);
      for (const record of await records(3)) expect(record).toMatchObject({ outcome: 'done' });
    },
  );

  it('uses HTTP for five minutes where the provider gives no socket', async () => {
    first.refusal = 426;
    expectToldAll(await threeTurns('socket/m'));
    expect(first).toMatchObject({ posts: 3, knocks: 1 });
    first.refusal = undefined;
    passedMs = 6 * 60_000;
    expectToldAll(await threeTurns('socket/m'));
    expect(first).toMatchObject({ posts: 3, knocks: 2 });
  });

  it('uses HTTP where the socket is given and then dies at once', async () => {
    expectToldAll(await threeTurns('socket/m', () => (first.trouble = 'dies')));
    expect(first).toMatchObject({ posts: 3, knocks: 1 });
  });

  it('is told once of an answer that breaks off', async () => {
    first.trouble = 'cuts';
    const messages = await client.turn({ ...asked, model: 'socket/m', input: [user('And now?')] });
    expect(messages.filter((each) => each['type'] === 'response.failed')).toHaveLength(1);
    expect(messages.at(-1)).toMatchObject({ type: 'response.failed' });
    expect((await records(1))[0]).toMatchObject({ outcome: 'failed', failure: { code: 'upstream-cut' } });
    expect(first.posts).toBe(0);
  });

  it('goes on at the next deployment where an error comes instead of an answer', async () => {
    first.trouble = 'overloaded';
    expectToldAll(await threeTurns('both'));
    expect(brought(second)[0]).toEqual([1, false]);
    expect((await records(3))[0]).toMatchObject({
      provider: 'other',
      attempts: [{ provider: 'socket', upstreamStatus: 429, failure: { code: 'upstream-rate-limited' } }, {}],
    });
  });

  it('asks another provider beside a silent one by HTTP, because the socket is taken, and goes on over it next time', async () => {
    first.trouble = 'silent';
    expectToldAll(await threeTurns('hedged'));
    expect(second).toMatchObject({ knocks: 0 });
    const [hedged] = await records(3);
    expect(hedged?.attempts).toMatchObject([
      { provider: 'socket', outpaced: true },
      { provider: 'other', hedge: true },
    ]);
    await vi.waitFor(() => expect(first.open).toBeLessThanOrEqual(1));
    expect([...first.model.complaints, ...second.model.complaints]).toEqual([]);
  });

  it('has one socket for each of the agent, bound to one provider', async () => {
    const [, , three] = await threeTurns('socket/m');
    const next = { previous_response_id: idOf(three ?? []), input: [user('And now?')] };
    await client.turn({ ...asked, model: 'other/m', ...next });
    expect(brought(second)[0]?.[1]).toBe(false);
    await vi.waitFor(() => expect(first.open).toBe(0));
    expect(second.open).toBe(1);
  });

  it('opens another socket where the key has changed', async () => {
    await client.turn({ ...asked, model: 'socket/m', input: [user('And now?')] });
    const providers = { socket: { ...document.providers?.['socket'], keys: [{ value: 'sk-new' }] } };
    await house.replace({ providers });
    await client.turn({ ...asked, model: 'socket/m', input: [user('And now?')] });
    expect(first.handshakes.map((each) => each.authorization)).toEqual(['Bearer sk-first', 'Bearer sk-new']);
    await vi.waitFor(() => expect(first.open).toBe(1));
  });

  it('ends with the agent', async () => {
    await client.turn({ ...asked, model: 'socket/m', input: [user('And now?')] });
    expect(first.open).toBe(1);
    client.socket.terminate();
    await vi.waitFor(() => expect(first.open).toBe(0));
  });
});
