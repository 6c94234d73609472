import type { AttemptRecord, ExchangeRecord } from '@turnpike/contract/exchange-record';
import * as fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Snapshot } from '../../src/config/snapshot.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { Failure } from '../../src/core/failure.ts';
import type { ClientDialectName } from '../../src/core/items.ts';
import { exchange } from '../../src/pipeline/exchange.ts';
import type { Inbound } from '../../src/pipeline/inbound.ts';
import type { Sink } from '../../src/pipeline/sink.ts';
import { planTargets } from '../../src/routing/plan.ts';
import { createVault } from '../../src/vault/vault.ts';
import { authenticatorOf } from '../kit/identity.ts';
import { endsOf, textOf, type Told, toldSoFar } from '../kit/ask.ts';
import { testKey } from '../kit/gateway-process.ts';
import { inboundOf } from '../kit/inbound.ts';
import { dialectNames, goodRequest } from './doors.ts';
import { configurationOf } from './house.ts';
import { createMoodyUpstream, type Mood, mood, type MoodyUpstream, moodyText, turns } from './moody-upstream.ts';
import { paymentPorts } from '../kit/payment-ports.ts';

const kinds = { responses: 'openai', chat: 'openai-compatible', messages: 'anthropic', gemini: 'gemini' } as const;
const keepaliveMs = 1_000;
let snapshot: Snapshot;

/** Three providers of each dialect, each at an origin of its own. */
const places = dialectNames.flatMap((dialect) =>
  [0, 1, 2].map((number) => ({ name: `${dialect}-${number}`, dialect, origin: `http://${dialect}-${number}.test` })),
);

beforeAll(async () => {
  const providers = Object.fromEntries(
    places.map(({ name, dialect, origin }) => [
      name,
      { kind: kinds[dialect], base_url: origin, speaks: [dialect], keys: [{ value: 'sk-upstream' }] },
    ]),
  );
  const document = { server: { keepalive_ms: keepaliveMs }, providers };
  snapshot = (await configurationOf(document, systemClock)).snapshot;
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Everything that chance decides. */
interface Case {
  readonly client: ClientDialectName;
  readonly stream: boolean;
  readonly deployments: readonly { readonly dialect: ClientDialectName; readonly mood: Mood }[];
  readonly maxAttempts: number;
  readonly rounds: number;
  readonly hedges: boolean;
  /** Turns that pass until the client has taken a piece. */
  readonly clientPauses: readonly number[];
  /** After how many turns the client leaves. */
  readonly leavesAfter: number | undefined;
}

const anyDialect = fc.constantFrom(...dialectNames);

function anyCase(leavesAfter: fc.Arbitrary<number | undefined>): fc.Arbitrary<Case> {
  return fc.record({
    client: anyDialect,
    stream: fc.boolean(),
    deployments: fc.array(fc.record({ dialect: anyDialect, mood }), { minLength: 1, maxLength: 3 }),
    maxAttempts: fc.integer({ min: 1, max: 4 }),
    rounds: fc.integer({ min: 1, max: 2 }),
    hedges: fc.boolean(),
    clientPauses: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 }),
    leavesAfter,
  });
}

/** What everybody saw of one exchange. */
interface Outcome {
  readonly told: Told;
  readonly ended: number;
  readonly records: readonly ExchangeRecord[];
  readonly record: ExchangeRecord;
  readonly upstream: MoodyUpstream;
  /** The text that the client had been told at each call upstream. */
  readonly toldAtCalls: readonly string[];
}

async function run(chosen: Case): Promise<Outcome> {
  const records: ExchangeRecord[] = [];
  const toldAtCalls: string[] = [];
  const leaving = new AbortController();
  const client = createClient(chosen, leaving.signal);
  const chain = chosen.deployments.map(({ dialect, mood: itsMood }, number) => {
    const place = places.find(({ name }) => name === `${dialect}-${number}`);
    const provider = snapshot.providers.get(`${dialect}-${number}`);
    if (!place || !provider) throw new TypeError('no such place');
    return { provider, origin: place.origin, dialect, mood: itsMood };
  });
  const [first, ...rest] = chain.map(({ provider }) => ({ provider, model: 'm' }));
  if (!first) throw new TypeError('no deployment');
  const current: Snapshot = {
    ...snapshot,
    aliases: new Map([['asked', { name: 'asked', chain: [first, ...rest], plan: planTargets([first, ...rest]) }]]),
    failover: {
      ...snapshot.failover,
      maxAttempts: chosen.maxAttempts,
      rounds: chosen.rounds,
      ...(chosen.hedges ? { hedgeAfterMs: keepaliveMs } : {}),
    },
  };
  const upstream = createMoodyUpstream(new Map(chain.map((each) => [each.origin, each])), {
    silence: () => void vi.advanceTimersByTime(keepaliveMs * 2),
    onCall: () => void toldAtCalls.push(textOf(chosen.client, client.told())),
  });
  const ports = {
    snapshot: () => current,
    identity: authenticatorOf(current.resources, { clock: stoppedClock }),
    ...paymentPorts(stoppedClock),
    upstream,
    vault: createVault([Buffer.alloc(32)]),
    clock: stoppedClock,
    recorder: { record: (record: ExchangeRecord) => void records.push(record) },
    newId: (prefix: string) => `${prefix}1`,
  };
  const running = exchange(inboundFor(chosen, leaving.signal), client.sink, ports);
  if (chosen.leavesAfter !== undefined) {
    await turns(chosen.leavesAfter);
    leaving.abort();
  }
  await passTime(running);
  const [record] = records;
  if (!record) throw new Error('an exchange left no record');
  return { told: client.told(), ended: client.ended(), records, record, upstream, toldAtCalls };
}

/** Whoever waits for a second round is not kept waiting. */
async function passTime(running: Promise<void>): Promise<void> {
  const over = new AbortController();
  const ended = running.finally(() => over.abort());
  while (!over.signal.aborted) {
    await turns(100);
    vi.advanceTimersByTime(10);
  }
  await ended;
}

const stoppedClock: Clock = { now: () => Date.UTC(2027, 0, 1), monotonicMs: () => 0 };

function inboundFor({ client, stream }: Case, signal: AbortSignal): Inbound {
  const { body } = goodRequest(client, 'asked', stream);
  return inboundOf({
    dialect: client,
    credentials: { key: testKey },
    ...(client === 'gemini' ? { addressed: { model: 'asked', stream } } : {}),
    readBody: () => Promise.resolve(Buffer.from(JSON.stringify(body))),
    signal,
  });
}

function createClient({ clientPauses }: Case, signal: AbortSignal) {
  let status = 0;
  let text = '';
  let ended = 0;
  let writes = 0;

  async function take(pause: number): Promise<void> {
    await turns(pause);
    if (signal.aborted) throw gone();
  }

  const sink: Sink = {
    start(code) {
      if (status !== 0) throw new TypeError('an answer cannot begin twice');
      status = code;
    },
    started: () => status !== 0,
    write(bytes) {
      if (ended > 0) throw new TypeError('nothing may be written after the end');
      if (signal.aborted) return Promise.reject(gone());
      text += bytes.toString();
      const pause = clientPauses[writes % Math.max(clientPauses.length, 1)] ?? 0;
      writes += 1;
      return pause === 0 ? undefined : take(pause);
    },
    async end(last) {
      if (ended > 0) throw new TypeError('an answer cannot end twice');
      ended += 1;
      if (last !== undefined && !signal.aborted) text += last.toString();
      await turns(1);
    },
    bytesWritten: () => Buffer.byteLength(text),
  };
  return {
    sink,
    ended: () => ended,
    told: () => toldSoFar(new Response(null, { status: status === 0 ? 599 : status }), text),
  };
}

function gone(): Failure {
  return new Failure('client-gone', 'The client closed the connection.');
}

/** A law and whether it holds. */
type Laws = Readonly<Record<string, boolean>>;

/** What holds of every exchange, whatever its client does. */
function commonLaws(chosen: Case, record: ExchangeRecord, { upstream, records, toldAtCalls }: Outcome): Laws {
  const called = new Set(upstream.calls).size;
  return {
    'there is one record': records.length === 1,
    'every answer of a provider was read to its end or let go': upstream.openBodies() === 0,
    'no timer is left': vi.getTimerCount() === 0,
    'no more is tried than allowed': record.attempts.length <= chosen.maxAttempts,
    'every provider that was called is recorded': called <= record.attempts.length,
    'only a stale connection is tried again at once': upstream.calls.length <= record.attempts.length * 2,
    'nothing is tried after the first word': toldAtCalls.every((text) => text === ''),
    'no more than one attempt answered': record.attempts.filter(isAnswer).length <= 1,
    'nobody was outpaced but by an answer': record.attempts.every(({ outpaced }) => !outpaced) || isHedged(record),
    'nothing is a defect': record.failure?.code !== 'defect',
    'a failure is told in words': record.failure === undefined || /\S/.test(record.failure.message),
  };
}

/** What holds besides when the client stays to the end. */
function lawsOfStaying(chosen: Case, record: ExchangeRecord, { told, ended }: Outcome): Laws {
  const { client, stream } = chosen;
  const text = stream ? textOf(client, told) : '';
  const whole = stream ? text === moodyText : told.text.includes(moodyText);
  return {
    'the answer ended once': ended === 1,
    'the client reads one end, and the record says the same': same(readingOf(chosen, told), [record.outcome]),
    'the recorded status is the one that was told': record.status === told.status,
    'the recorded bytes are those that were told': record.bytesOut === Buffer.byteLength(told.text),
    'no text is told twice or in disorder': moodyText.startsWith(text),
    'what is done is whole': record.outcome !== 'done' || whole,
    'what is done has its tokens counted': record.outcome !== 'done' || isCounted(record),
  };
}

/** What holds besides when the client leaves in between. */
function lawsOfLeaving(chosen: Case, record: ExchangeRecord, { told }: Outcome): Laws {
  const ends = readingOf(chosen, told);
  // A provider that fails after its last word may be heard by us and no longer by the client.
  const takesBack = chosen.deployments.some(({ mood: { ending } }) => ending === 'error' || ending === 'garbage');
  return {
    'the client was not told two ends': ends.length <= 1,
    'a whole answer was not abandoned': ends[0] !== 'done' || takesBack || record.outcome === 'done',
    'what is abandoned says why': record.outcome !== 'abandoned' || record.failure?.code === 'client-gone',
  };
}

function isAnswer({ failure, outpaced }: AttemptRecord): boolean {
  return failure === undefined && outpaced === undefined;
}

/** What was outpaced may have been by an attempt that failed later, while it was gathered. */
function isHedged({ attempts }: ExchangeRecord): boolean {
  return attempts.some(({ hedge }) => hedge === true);
}

/** How the client's own reading of an answer ends. */
function readingOf({ client, stream }: Case, told: Told): readonly ('done' | 'failed')[] {
  if (stream && told.status === 200) return endsOf(client, told);
  return told.payloads.map(({ error }) => (error === undefined || error === null ? 'done' : 'failed'));
}

/** As the provider reported it, or an estimate where it was cut off before its report. */
function isCounted({ usage }: ExchangeRecord): boolean {
  if (usage?.estimated === true) return usage.inputTokens > 0 && usage.outputTokens > 0;
  return usage?.inputTokens === 11 && usage.outputTokens === 7;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function broken(laws: Laws): readonly string[] {
  return Object.keys(laws).filter((law) => laws[law] === false);
}

const runs = { numRuns: Number(process.env['EXCHANGE_RUNS'] ?? 600) };

it('an exchange ends once, as its record says, and tries nothing after the first word', async () => {
  await fc.assert(
    fc.asyncProperty(anyCase(fc.constant(undefined)), async (chosen) => {
      const outcome = await run(chosen);
      const { record } = outcome;
      expect(broken(commonLaws(chosen, record, outcome))).toEqual([]);
      expect(broken(lawsOfStaying(chosen, record, outcome))).toEqual([]);
    }),
    runs,
  );
});

it('an exchange whose client leaves at any moment lets go of everything and is recorded once', async () => {
  await fc.assert(
    fc.asyncProperty(anyCase(fc.integer({ min: 0, max: 60 })), async (chosen) => {
      const outcome = await run(chosen);
      const { record } = outcome;
      expect(broken(commonLaws(chosen, record, outcome))).toEqual([]);
      expect(broken(lawsOfLeaving(chosen, record, outcome))).toEqual([]);
    }),
    runs,
  );
});
