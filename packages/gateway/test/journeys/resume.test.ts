import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { endsOf, readTold, type Told } from '../kit/ask.ts';
import { type FaultProxy, startFaultProxy } from '../kit/fault-proxy.ts';
import { type Document, testKey } from '../kit/gateway-process.ts';
import { objectAt, objectsAt, textAt } from '../kit/json-access.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import type { Place, WireFault } from '../kit/wire-faults.ts';
import { type House, openHouse } from './house.ts';

/** What the model says, in Responses and in Messages. */
const script = () => ({
  thinking: 'A thought that is long enough.',
  text: 'A text that is long enough.',
  calls: [{ name: 'run', input: { command: 'ls' } }],
  usage: { input: 1_000, output: 100 },
});

const lanes = ['express', 'translate'] as const;
type Lane = (typeof lanes)[number];

/** Who may go on: one vendor for each dialect. */
const vendors = {
  express: { dialect: 'responses', kind: 'openai' },
  translate: { dialect: 'messages', kind: 'anthropic' },
  elsewhere: { dialect: 'responses', kind: 'openai-compatible' },
  chat: { dialect: 'chat', kind: 'openai-compatible' },
  gemini: { dialect: 'gemini', kind: 'gemini' },
  converse: { dialect: 'converse', kind: 'bedrock' },
  cohere: { dialect: 'cohere', kind: 'cohere' },
} as const;
const names = ['express', 'translate', 'elsewhere', 'chat', 'gemini', 'converse', 'cohere'] as const;
type VendorName = (typeof names)[number];

/** Where the first answer breaks off, and what the agent keeps of it. */
interface Cut {
  readonly what: string;
  readonly at: Readonly<Record<Lane, Place>>;
  readonly kept: Readonly<Record<Lane, readonly string[]>>;
}

const both = (...types: readonly string[]) => ({ express: types, translate: types });

const doneItem = (times: number) => ({ behind: '"type":"response.output_item.done"', times });
const doneBlock = (times: number) => ({ behind: '"content_block_stop"', times });

const cuts: readonly Cut[] = [
  {
    what: 'inside a thought',
    at: {
      express: { behind: 'response.reasoning_summary_text.delta', times: 2 },
      translate: { behind: '"thinking_delta"', times: 2 },
    },
    kept: both(),
  },
  { what: 'behind a thought', at: { express: doneItem(1), translate: doneBlock(1) }, kept: both('reasoning') },
  {
    what: 'inside a text',
    at: {
      express: { behind: 'response.output_text.delta', times: 3 },
      translate: { behind: '"text_delta"', times: 3 },
    },
    kept: both('reasoning'),
  },
  {
    what: 'behind a text',
    at: { express: doneItem(2), translate: doneBlock(2) },
    // Another block of Messages could belong to the same text.
    kept: { express: ['reasoning', 'message'], translate: ['reasoning'] },
  },
  {
    what: 'inside a call',
    at: {
      express: { behind: 'function_call_arguments.delta', times: 2 },
      translate: { behind: '"input_json_delta"', times: 2 },
    },
    kept: both('reasoning', 'message'),
  },
];

const whole = ['reasoning', 'message', 'function_call'];
const pairs = lanes.flatMap((first) => names.map((second) => ({ first, second })));
const reset = (at: Place): WireFault => ({ damage: { kind: 'reset', at } });

const upstreams = new Map<VendorName, ScriptedUpstream>();
const proxies = new Map<string, FaultProxy>();
let house: House;
let asked = 0;

/** Each vendor with two ways to it, so that one may be broken. */
beforeAll(async () => {
  for (const name of names) {
    const upstream = await startUpstream({ dialect: vendors[name].dialect, script, name });
    upstreams.set(name, upstream);
    for (const way of ['a', 'b']) proxies.set(`${name}-${way}`, await startFaultProxy({ target: upstream }));
  }
});

beforeEach(async () => {
  await house?.stop();
  await Promise.all([...proxies.values()].map((proxy) => proxy.set(undefined)));
});

afterAll(async () => {
  await house.stop();
  await Promise.all([...proxies.values(), ...upstreams.values()].map((server) => server.stop()));
});

async function open(targets: readonly string[], failover: Document['failover'] = {}): Promise<void> {
  const price = { input: 1, output: 1 };
  const providers: NonNullable<Document['providers']> = {};
  for (const target of targets) {
    const name = vendorOf(target);
    const { dialect, kind } = vendors[name];
    const speaks = kind === 'openai-compatible' ? { speaks: [dialect] } : {};
    const base = proxies.get(target)?.baseUrl ?? '';
    providers[target] = { kind, base_url: base, keys: [{ value: 'sk-1' }], models: { m: { price } }, ...speaks };
  }
  const models = { coder: { targets: targets.map((name) => `${name}/m`) } };
  house = await openHouse({ providers, models, failover });
}

function vendorOf(target: string): VendorName {
  return names.find((name) => target.startsWith(`${name}-`)) ?? 'express';
}

/** Asks as Codex does. */
async function ask(agent = 'codex_exec'): Promise<{ told: Told; record: ExchangeRecord }> {
  const { answer, record } = await begin(agent);
  const told = await readTold(answer);
  return { told, record: await record };
}

interface Begun {
  readonly answer: Response;
  readonly record: Promise<ExchangeRecord>;
}

async function begin(agent: string, signal?: AbortSignal): Promise<Begun> {
  const session = `session-${(asked += 1)}`;
  const tools = [{ type: 'function', name: 'run', parameters: { type: 'object' }, strict: false }];
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] }];
  const body = { model: 'coder', stream: true, store: false, input, tools, include: ['reasoning.encrypted_content'] };
  const answer = await fetch(`${house.origin}/openai/v1/responses`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${testKey}`,
      originator: agent,
      'session-id': session,
    },
    body: JSON.stringify({ ...body, reasoning: { effort: 'high', summary: 'auto' } }),
    ...(signal ? { signal } : {}),
  });
  return { answer, record: house.recordOf((record) => record.session === session) };
}

const typesOf = (items: readonly JsonObject[]) => items.map((item) => textAt(item, 'type'));
const doneItemsOf = ({ payloads }: Told) =>
  payloads.filter(({ type }) => type === 'response.output_item.done').map((event) => objectAt(event, 'item'));

/** One answer from its beginning to its end, whoever wrote which part of it. */
function expectOneAnswer(told: Told): void {
  const events = told.payloads.filter(({ type }) => type !== 'keepalive');
  expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, at) => at));
  const opened = events.filter(({ type }) => type === 'response.output_item.added');
  expect(opened.map((event) => event['output_index'])).toEqual(opened.map((_, at) => at));
  expect(events.filter(({ type }) => type === 'response.created')).toHaveLength(1);
  const [created, end] = [objectAt(events[0], 'response'), objectAt(events.at(-1), 'response')];
  expect(end['id']).toBe(created['id']);
  expect(endsOf('responses', told)).toHaveLength(1);
  expect(objectsAt(end, 'output')).toEqual(doneItemsOf(told));
}

const complaints = () => [...upstreams.values()].flatMap((upstream) => upstream.complaints.splice(0));

describe.each(pairs)(
  'an answer to Codex by the $first lane, which another goes on with by the $second lane,',
  (pair) => {
    const [first, second] = [`${pair.first}-a`, `${pair.second}-b`];

    // What differs among those who go on is how they take a history that ends with the model's own words.
    const tried = lanes.some((lane) => lane === pair.second) ? cuts : cuts.slice(-2);

    it.each(tried)('is one answer when the first breaks off $what', async ({ at, kept }) => {
      await open([first, second]);
      await proxies.get(first)?.set(reset(at[pair.first]));
      const { told, record } = await ask();

      expectOneAnswer(told);
      expect(endsOf('responses', told)).toEqual(['done']);
      const types = typesOf(doneItemsOf(told));
      const before = kept[pair.first];
      expect(types.slice(0, before.length)).toEqual(before);
      // How much of its thoughts a vendor tells is its own affair.
      expect(types.slice(before.length).filter((type) => type !== 'reasoning')).toEqual(['message', 'function_call']);
      expect(record).toMatchObject({ outcome: 'done', provider: second, lane: 'translate' });
      expect(record.attempts).toMatchObject([
        { provider: first, lane: pair.first, failure: { code: 'upstream-cut' }, usage: { estimated: true } },
        { provider: second, upstreamStatus: 200 },
      ]);
      expect(record.attempts[1]).not.toHaveProperty('failure');
      expect(record.usage).toMatchObject({ inputTokens: 1_000, outputTokens: 100 });
      const [paid = '0'] = record.attempts.map(({ costNanoDollars }) => costNanoDollars ?? '0');
      expect(BigInt(paid)).toBeGreaterThan(0n);
      expect(BigInt(record.costNanoDollars ?? 0) - BigInt(paid)).toBe(1_100_000n);
      expect(complaints()).toEqual([]);
    });
  },
);

describe('whoever goes on', () => {
  it('is shown what the agent keeps, at the end of the history', async () => {
    await open(['express-a', 'express-b']);
    await proxies.get('express-a')?.set(reset(doneItem(2)));
    const { told } = await ask();
    const history = objectsAt(upstreams.get('express')?.requests.at(-1)?.body, 'input');
    expect(typesOf(history)).toEqual(['message', 'reasoning', 'message']);
    expect(history.slice(1)).toEqual(doneItemsOf(told).slice(0, 2));
  });

  it('may break off, too', async () => {
    await open(['express-a', 'translate-a', 'express-b']);
    await proxies.get('express-a')?.set(reset(doneItem(1)));
    await proxies.get('translate-a')?.set(reset(doneBlock(2)));
    const { told, record } = await ask();
    expectOneAnswer(told);
    expect(typesOf(doneItemsOf(told))).toEqual(['reasoning', 'reasoning', ...whole]);
    expect(record.attempts.map(({ failure }) => failure?.code)).toEqual(['upstream-cut', 'upstream-cut', undefined]);
  });

  it('may fail before it begins, and then the next one is asked', async () => {
    await open(['express-a', 'translate-a', 'express-b']);
    await proxies.get('express-a')?.set(reset(doneItem(1)));
    await proxies.get('translate-a')?.set('overloaded-529');
    const { told, record } = await ask();
    expectOneAnswer(told);
    expect(record.attempts.map(({ failure }) => failure?.code)).toEqual([
      'upstream-cut',
      'upstream-overloaded',
      undefined,
    ]);
  });
});

describe('a client that leaves while nobody has gone on yet', () => {
  it('ends it all, and what had come is paid', async () => {
    await open(['express-a', 'express-b']);
    await proxies.get('express-a')?.set(reset(doneItem(2)));
    await proxies.get('express-b')?.set('hang');
    const asked = proxies.get('express-b')?.passages ?? [];
    const before = asked.length;
    const leaving = new AbortController();
    const { record } = await begin('codex_exec', leaving.signal);
    await vi.waitFor(() => expect(asked).toHaveLength(before + 1));
    leaving.abort();
    const { outcome, attempts, costNanoDollars } = await record;
    expect(outcome).toBe('abandoned');
    expect(attempts.map(({ failure }) => failure?.code)).toEqual([undefined, 'client-gone']);
    expect(BigInt(costNanoDollars ?? 0)).toBeGreaterThan(0n);
  });
});

describe.each(lanes)('an answer to Codex that breaks off behind a finished call (%s)', (lane) => {
  it('ends there, for the agent runs it and asks again', async () => {
    const at = { express: doneItem(3), translate: doneBlock(3) }[lane];
    await open([`${lane}-a`, `${lane}-b`]);
    await proxies.get(`${lane}-a`)?.set(reset(at));
    const before = proxies.get(`${lane}-b`)?.passages.length;
    const { told, record } = await ask();
    expectOneAnswer(told);
    expect(told.payloads.at(-1)).toMatchObject({ type: 'response.completed' });
    expect(typesOf(doneItemsOf(told))).toEqual(whole);
    expect(proxies.get(`${lane}-b`)?.passages.slice(before)).toEqual([]);
    expect(record).toMatchObject({ outcome: 'incomplete', provider: `${lane}-a`, usage: { estimated: true } });
    expect(record).not.toHaveProperty('failure');
    expect(record.attempts).toMatchObject([{ failure: { code: 'upstream-cut' } }]);
  });
});

describe('an answer that breaks off ends in one failure that Codex takes up again', () => {
  const insideText: Place = { behind: 'response.output_text.delta', times: 3 };
  const failed = { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error' } } };

  it.each<{ when: string; fault: WireFault; failover?: Document['failover']; targets?: readonly string[] }>([
    { when: 'there is nobody else', fault: reset(insideText), targets: ['express-a'] },
    { when: 'it is not wanted', fault: reset(insideText), failover: { resume: 'off' } },
    { when: 'it is not wanted and a call is finished', fault: reset(doneItem(3)), failover: { resume: 'off' } },
    {
      when: 'the provider itself said that it is overloaded',
      fault: { damage: { kind: 'error-event', at: insideText } },
      failover: { resume: 'off' },
    },
    { when: 'the attempts are used up', fault: reset(insideText), failover: { max_attempts: 1 } },
  ])('when $when', async ({ fault, failover = {}, targets = ['express-a', 'express-b'] }) => {
    await open(targets, failover);
    await proxies.get('express-a')?.set(fault);
    const { told, record } = await ask();
    expectOneAnswer(told);
    expect(told.payloads.at(-1)).toMatchObject(failed);
    expect(record).toMatchObject({ outcome: 'failed', provider: 'express-a' });
    expect(record.attempts).toHaveLength(1);
    expect(BigInt(record.costNanoDollars ?? 0)).toBeGreaterThan(0n);
  });

  it('when all others fail, too', async () => {
    await open(['express-a', 'express-b'], { rounds: 1 });
    await proxies.get('express-a')?.set(reset(insideText));
    await proxies.get('express-b')?.set('error-500');
    const { told, record } = await ask();
    expectOneAnswer(told);
    expect(told.payloads.at(-1)).toMatchObject(failed);
    expect(record).toMatchObject({ outcome: 'failed', failure: { code: 'upstream-cut' } });
    expect(record.attempts.map(({ failure }) => failure?.code)).toEqual([undefined, 'upstream-error']);
  });

  it('when it is another agent, of which nobody knows how it takes that', async () => {
    await open(['express-a', 'express-b']);
    await proxies.get('express-a')?.set(reset(insideText));
    const { told, record } = await ask('somebody');
    expect(endsOf('responses', told)).toEqual(['failed']);
    expect(record.attempts).toHaveLength(1);
  });
});
