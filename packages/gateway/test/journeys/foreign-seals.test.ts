import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { readTold, type Told } from '../kit/ask.ts';
import { type FaultProxy, startFaultProxy } from '../kit/fault-proxy.ts';
import { type Document, testKey } from '../kit/gateway-process.ts';
import { objectAt, objectsAt, textAt } from '../kit/json-access.ts';
import type { Script } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import type { WireFault } from '../kit/wire-faults.ts';
import { type House, openHouse } from './house.ts';

/**
 * Two accounts of one vendor, which speak by one script and read no seals but their own. The first can be broken; both are reached by
 * keys that say whose they are.
 */
let openai: ScriptedUpstream;
let broken: FaultProxy;
let house: House;
let passedMs = 0;

const clock: Clock = {
  now: () => systemClock.now() + passedMs,
  monotonicMs: () => systemClock.monotonicMs() + passedMs,
};
const script: Script = ({ tools }) => ({
  thinking: 'A thought that is long enough.',
  text: 'A text that is long enough.',
  ...(tools.length === 0 ? {} : { calls: [{ name: 'run', input: { command: 'ls' } }] }),
});
const down: WireFault = { damage: { kind: 'status', status: 503 } };
const cut: WireFault = { damage: { kind: 'reset', at: { behind: 'response.output_text.delta', times: 2 } } };

beforeAll(async () => {
  openai = await startUpstream({ dialect: 'responses', script, accountOf: (key) => key });
  broken = await startFaultProxy({ target: openai });
});

afterAll(async () => {
  await broken.stop();
  await openai.stop();
});

beforeEach(async () => {
  passedMs = 0;
  await broken.set(undefined);
});

afterEach(() => house.stop());

const one = { kind: 'openai', keys: [{ value: 'sk-first' }] };
const other = { kind: 'openai', keys: [{ value: 'sk-second' }] };

async function open(document: Document): Promise<void> {
  house = await openHouse(document, clock);
}

async function openTwoProviders(): Promise<void> {
  await open({
    providers: { first: { ...one, base_url: broken.baseUrl }, second: { ...other, base_url: openai.baseUrl } },
    models: { coder: { targets: ['first/m', 'second/m'] } },
  });
}

async function openTwoKeys(): Promise<void> {
  await open({
    providers: {
      first: {
        kind: 'openai',
        base_url: broken.baseUrl,
        keys: [
          { name: 'a', value: 'sk-first' },
          { name: 'b', value: 'sk-second' },
        ],
      },
    },
    models: { coder: { targets: ['first/m'] } },
  });
}

/** A session as Codex has it: its history grows by whatever was told as finished. */
function session(name = 'a session') {
  let history: readonly Json[] = [user('Please begin.')];

  async function step(): Promise<{ told: Told; record: ExchangeRecord; sent: readonly string[] }> {
    const [before, asked] = [house.records.length, openai.requests.length];
    const told = await readTold(await post(name, history));
    const items = itemsOf(told);
    const results = items
      .filter((item) => item['type'] === 'function_call')
      .map((item) => ({ type: 'function_call_output', call_id: textAt(item, 'call_id'), output: 'done' }));
    history = [...history, ...items, ...results];
    const record = house.records[before];
    if (!record) throw new Error('the step left no record');
    const last = openai.requests.slice(asked).at(-1);
    return { told, record, sent: last ? sealsIn(objectsAt(last.body, 'input')) : [] };
  }

  return { step, history: () => history, seals: () => sealsIn(history) };
}

function itemsOf({ payloads }: Told): readonly JsonObject[] {
  const done = payloads.filter((event) => event['type'] === 'response.output_item.done');
  return done.map((event) => objectAt(event, 'item'));
}

const user = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });

function sealsIn(items: readonly Json[]): readonly string[] {
  const objects: readonly JsonObject[] = items.filter(isJsonObject);
  return objects.flatMap((item) => textAt(item, 'encrypted_content') || []);
}

const tools = [{ type: 'function', name: 'run', parameters: { type: 'object' }, strict: false }];

function post(name: string, input: readonly Json[], offered: readonly Json[] = tools): Promise<Response> {
  return postTo('/responses', name, {
    model: 'coder',
    stream: true,
    include: ['reasoning.encrypted_content'],
    tools: offered,
    input,
  });
}

function postTo(path: string, name: string, body: JsonObject): Promise<Response> {
  return fetch(`${house.origin}/openai/v1${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${testKey}`,
      'user-agent': 'codex_exec/0.169.0',
      originator: 'codex_exec',
      'session-id': name,
    },
    body: JSON.stringify({ store: false, ...body }),
  });
}

/** The attempts in words: by whom, and what became of them. */
function attemptsOf({ attempts }: ExchangeRecord): readonly string[] {
  return attempts.map(({ credential, lane, failure }) => `${credential}: ${failure?.code ?? lane}`);
}

function expectWhole({ told, record }: { told: Told; record: ExchangeRecord }): void {
  expect(told.status).toBe(200);
  expect(told.payloads.at(-1)).toMatchObject({ type: 'response.completed' });
  expect(record).toMatchObject({ outcome: 'done' });
}

const refused = (who: string) => `${who}: upstream-seal-refused`;

it('goes on at another account without a seal of the first, which is refused once', async () => {
  await openTwoProviders();
  const { step, seals } = session();
  await step();
  await step();
  const old = seals();
  await broken.set(down);
  const moved = await step();
  expectWhole(moved);
  expect(attemptsOf(moved.record)).toEqual([
    'first#1: upstream-overloaded',
    refused('second#1'),
    'second#1: translate',
  ]);
  expect(moved.record.attempts[1]).toMatchObject({ upstreamStatus: 400 });
  expect(moved.record.losses).toContainEqual({
    weight: 'hint',
    what: 'reasoning.seal',
    why: 'sealed by another account of openai, which alone can read it',
  });
  expect(moved.sent).toEqual([]);
  const own = seals().slice(old.length);
  expect(own).toHaveLength(1);
  const next = await step();
  expectWhole(next);
  expect(attemptsOf(next.record).slice(-1)).toEqual(['second#1: translate']);
  expect(attemptsOf(next.record)).not.toContain(refused('second#1'));
  expect(next.sent).toEqual(own);
});

it('keeps at home what was thought there, when it is back from elsewhere', async () => {
  await openTwoProviders();
  const { step, seals } = session();
  await step();
  await broken.set(down);
  const before = seals();
  await step();
  await broken.set(undefined);
  passedMs += 20 * 60_000;
  const back = await step();
  expectWhole(back);
  expect(attemptsOf(back.record)).toEqual([refused('first#1'), 'first#1: translate']);
  expect(back.sent).toEqual(before);
  const mixed = seals();
  const next = await step();
  expectWhole(next);
  expect(attemptsOf(next.record)).toEqual(['first#1: translate']);
  expect(next.sent).toEqual([mixed[0], mixed[2]]);
});

it('goes on in the middle of an answer with a history that holds seals of the one that broke', async () => {
  await openTwoProviders();
  const { step } = session();
  await step();
  await broken.set({ ...cut, times: 1 });
  const resumed = await step();
  expectWhole(resumed);
  expect(attemptsOf(resumed.record)).toEqual(['first#1: upstream-cut', refused('second#1'), 'second#1: translate']);
  expect(resumed.told.payloads.filter(({ type }) => type === 'response.completed')).toHaveLength(1);
  const next = await step();
  expectWhole(next);
  expect(attemptsOf(next.record)).toEqual(['second#1: translate']);
});

it('knows the keys of one provider apart', async () => {
  await openTwoKeys();
  const { step } = session();
  const home = (await step()).record.credential ?? '';
  await broken.set({ damage: { kind: 'status', status: 401 }, times: 1 });
  const moved = await step();
  expectWhole(moved);
  const away = moved.record.credential ?? '';
  expect(new Set([home, away])).toEqual(new Set(['first#a', 'first#b']));
  expect(attemptsOf(moved.record)).toEqual([
    `${home}: upstream-credential-refused`,
    refused(away),
    `${away}: translate`,
  ]);
  const next = await step();
  expectWhole(next);
  expect(attemptsOf(next.record)).toEqual([`${away}: translate`]);
});

it('is nobody’s fault: a replica that knows nothing of the session is refused once, and nobody rests', async () => {
  await openTwoProviders();
  const { step } = session();
  await step();
  await broken.set(down);
  await step();
  await house.stop();
  await openTwoProviders();
  const elsewhere = await step();
  expectWhole(elsewhere);
  expect(attemptsOf(elsewhere.record)).toEqual([
    'first#1: upstream-overloaded',
    refused('second#1'),
    'second#1: translate',
  ]);
  expect(elsewhere.record.skipped ?? []).toEqual([]);
  const fresh = await session('another').step();
  expect(fresh.record.skipped ?? []).not.toContainEqual(expect.objectContaining({ provider: 'second' }));
});

it('does no harm to sessions that share a name', async () => {
  await openTwoProviders();
  const [mine, yours] = [session('shared'), session('shared')];
  await mine.step();
  await broken.set(down);
  await mine.step();
  const fresh = await yours.step();
  expectWhole(fresh);
  const next = await yours.step();
  expect(attemptsOf(next.record).at(-1)).toBe('second#1: express');
  expect(next.sent).toEqual(yours.seals().slice(0, 1));
});

it('has OpenAI condense a history only where one account alone is asked', async () => {
  await openTwoProviders();
  const told = await readTold(await post('a session', [user('Please begin.'), { type: 'compaction_trigger' }], []));
  expect(sealsIn(itemsOf(told))).toEqual([expect.stringMatching(/^~tpc1\./)]);
});

it('has the older call for that answered by the gateway where the provider refuses what it holds', async () => {
  await openTwoKeys();
  const { step, history } = session();
  await step();
  await broken.set({ damage: { kind: 'status', status: 401 }, times: 1 });
  await step();
  await house.stop();
  await openTwoKeys();
  for (const before of [['upstream-seal-refused'], []]) {
    const told = await readTold(await postTo('/responses/compact', 'a session', { model: 'coder', input: history() }));
    expect(told.payloads).toMatchObject([{ object: 'response.compaction' }]);
    expect(sealsIn(objectsAt(told.payloads[0], 'output'))).toEqual([expect.stringMatching(/^~tpc1\./)]);
    const failed = house.records.at(-1)?.attempts.flatMap(({ failure }) => failure?.code ?? []);
    expect(failed).toEqual(before);
  }
});
