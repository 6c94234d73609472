// What it costs to decide where a request goes: run by routing.mjs, bundled, with --expose-gc.
import { createPriceBook } from '../packages/gateway/src/catalog/price-book.ts';
import type { Snapshot } from '../packages/gateway/src/config/snapshot.ts';
import { systemClock } from '../packages/gateway/src/core/clock.ts';
import { Failure } from '../packages/gateway/src/core/failure.ts';
import { dialects } from '../packages/gateway/src/dialects/registry.ts';
import { readEnvelope } from '../packages/gateway/src/pipeline/envelope.ts';
import type { Inbound } from '../packages/gateway/src/pipeline/inbound.ts';
import { startRouteNotes } from '../packages/gateway/src/pipeline/route-notes.ts';
import { routeRequest } from '../packages/gateway/src/pipeline/route.ts';
import { allOpen } from '../packages/gateway/src/routing/availability.ts';
import { deploymentName } from '../packages/gateway/src/routing/deployment-name.ts';
import { createHealth } from '../packages/gateway/src/routing/health.ts';
import { createItineraries } from '../packages/gateway/src/routing/itineraries.ts';
import { createSessionMemory } from '../packages/gateway/src/routing/session-memory.ts';
import { createVitals } from '../packages/gateway/src/routing/vitals.ts';
import { configurationOf } from '../packages/gateway/test/journeys/house.ts';
import { authenticatorOf } from '../packages/gateway/test/kit/identity.ts';
import { type Document, testKey } from '../packages/gateway/test/kit/gateway-process.ts';
import { someRules } from './some-rules.ts';

const providerCount = 50;
const count = 500;
const names = Array.from({ length: providerCount }, (_, at) => `p${at}`);

/** So many providers, each with this many keys. */
function providers(keys: number): NonNullable<Document['providers']> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        kind: 'openai-compatible' as const,
        base_url: `http://${name}.test/v1`,
        speaks: ['responses' as const],
        keys: Array.from({ length: keys }, (_, at) => ({ value: `sk-${name}-${at}` })),
        models: Object.fromEntries(
          Array.from({ length: 10 }, (_, at) => [`m${at}`, { price: { input: 1 + (at % 3), output: 2 } }]),
        ),
      },
    ]),
  );
}

/** As many targets as deployments, each with one key. */
const targets = Array.from(
  { length: count },
  (_, at) => `${names[at % providerCount]}/m${Math.floor(at / providerCount)}`,
);
const weighted = targets.map((target, at) => ({ target, weight: 1 + (at % 5) }));

function slices<Each>(all: readonly Each[], size: number): Each[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

const regions = slices(slices(weighted, 25), 4).map((tiers, region) => ({
  group: `region-${region}`,
  weight: 1 + region,
  strategy: 'priority' as const,
  targets: tiers.map((tier, at) => ({ group: `tier-${at}`, targets: tier })),
}));

interface Case {
  readonly what: string;
  readonly document: Document;
  /** Which name the request with this number asks for. */
  readonly model: (at: number) => string;
  /** How many sessions there are. */
  readonly sessions?: number;
  /** The share of the deployments that rest. */
  readonly resting?: number;
}

const one = () => 'one';
const by = (strategy: 'round-robin' | 'least-busy' | 'lowest-latency' | 'lowest-cost') => ({
  providers: providers(1),
  models: { one: { strategy, targets } },
});
const many = 10_000_000;

const cases: readonly Case[] = [
  {
    what: 'one deployment',
    document: { providers: providers(1), models: { one: { targets: ['p0/m0'] } } },
    model: one,
  },
  {
    what: '500 targets of one name, by weight',
    document: { providers: providers(1), models: { one: { targets: weighted } } },
    model: one,
  },
  {
    what: '500 targets of one name, by weight, new sessions',
    document: { providers: providers(1), models: { one: { targets: weighted } } },
    model: one,
    sessions: many,
  },
  {
    what: '500 targets of one name, of the same weight',
    document: { providers: providers(1), models: { one: { strategy: 'weighted', targets } } },
    model: one,
  },
  {
    what: '50 targets of one name with 10 keys each',
    document: { providers: providers(10), models: { one: { targets: weighted.slice(0, 50) } } },
    model: one,
  },
  {
    what: '50 names with 10 targets each',
    document: {
      providers: providers(1),
      models: Object.fromEntries(slices(weighted, 10).map((each, at) => [`name-${at}`, { targets: each }])),
    },
    model: (at) => `name-${at % 50}`,
  },
  {
    what: '5 regions with 4 groups of 25 targets',
    document: { providers: providers(1), models: { one: { targets: regions } } },
    model: one,
  },
  {
    what: '500 targets of one name, by weight, 5 % of them resting',
    document: { providers: providers(1), models: { one: { targets: weighted } } },
    model: one,
    resting: 0.05,
  },
  {
    what: '500 targets of one name, by weight, all of them resting',
    document: { providers: providers(1), models: { one: { targets: weighted } } },
    model: one,
    resting: 1,
  },
  {
    what: '500 targets of one name, by weight, for a key that may use 30 of the 50 providers',
    document: {
      providers: providers(1),
      models: { one: { targets: weighted } },
      virtual_keys: [{ name: 'some', value: testKey, providers: names.slice(0, 30) }],
    },
    model: one,
  },
  ...(['round-robin', 'least-busy', 'lowest-latency', 'lowest-cost'] as const).flatMap((strategy) => [
    { what: `500 targets of one name, ${strategy}, known sessions`, document: by(strategy), model: one },
    { what: `500 targets of one name, ${strategy}, new sessions`, document: by(strategy), model: one, sessions: many },
  ]),
  ...(['typical', 'lastHolds', 'plain', 'hard'] as const).flatMap((kind) => {
    const document = {
      providers: providers(1),
      models: { one: { targets: weighted } },
      rules: someRules[kind](200, 'one'),
    };
    const what = `500 targets of one name, by weight, and 200 rules: ${kind}`;
    return [
      { what, document, model: one },
      { what: `${what}, new sessions`, document, model: one, sessions: many },
    ];
  }),
];

const body = Buffer.from(JSON.stringify({ model: 'one', input: 'Hello there.', stream: true }));

function inboundOf(at: number, sessions: number): Inbound {
  return {
    id: `req_${at}`,
    receivedAt: systemClock.now(),
    receivedMonotonicMs: systemClock.monotonicMs(),
    dialect: 'responses',
    credentials: { key: testKey },
    agent: 'codex',
    session: `019a7b2c-0000-7000-8000-${String(at % sessions).padStart(12, '0')}`,
    headers: {},
    readBody: () => Promise.resolve(body),
    signal,
  };
}

const signal = new AbortController().signal;

function portsOf(snapshot: Snapshot, resting: number) {
  const health = createHealth({ clock: systemClock, random: Math.random, isCurrent: () => true });
  const memory = createSessionMemory(systemClock);
  const vitals = createVitals(systemClock);
  const book = createPriceBook({ ...snapshot.pricing, catalog: snapshot.catalog });
  const plan = snapshot.aliases.get('one')?.plan ?? [];
  for (const [at, deployment] of plan.entries()) {
    const attempt = vitals.begin(deploymentName(deployment));
    attempt.answered(false);
    attempt.over();
    if ((at * 7919) % plan.length >= resting * plan.length) continue;
    health.begin(deployment)(new Failure('upstream-rate-limited', 'slow down', { retryAfterMs: 3_600_000 }), 429);
  }
  return {
    health,
    availability: () => allOpen,
    itineraries: createItineraries({ health, memory, vitals, clock: systemClock }),
    memory,
    vitals,
    prices: () => book,
    clock: systemClock,
  };
}

const requests = 4_000;
const rounds = 7;

/** Microseconds of CPU for a request, in the middle of some rounds. */
async function measure({ document, model, sessions = 1_000, resting = 0 }: Case): Promise<number> {
  const { snapshot } = await configurationOf(document, systemClock);
  const principal = await authenticatorOf(snapshot.resources, { clock: systemClock }).authenticate({ key: testKey });
  const ports = portsOf(snapshot, resting);
  const envelopes = Array.from({ length: 50 }, (_, at) => ({
    ...readEnvelope(inboundOf(at, 1), body, dialects.responses),
    model: model(at),
  }));
  let asked = 0;
  const times: number[] = [];
  // Not before each round: code that was made for objects of which just none is alive would be thrown away.
  globalThis.gc?.();
  for (let round = 0; round <= rounds; round += 1) {
    const before = process.cpuUsage();
    for (let count = 0; count < requests; count += 1) {
      const at = (asked += 1);
      const envelope = envelopes[at % envelopes.length];
      if (!envelope) throw new TypeError('no envelope');
      const question = { inbound: inboundOf(at, sessions), envelope, principal, snapshot };
      const { itinerary } = routeRequest(question, ports, { route: startRouteNotes(), skipped: [] });
      const deployment = itinerary.next();
      if (deployment) itinerary.arrived(deployment);
    }
    const { user, system } = process.cpuUsage(before);
    if (round > 0) times.push((user + system) / requests);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}

console.log('us of CPU from a request that was read to its first attempt, with 500 deployments:');
const wanted = cases.filter(({ what }) => process.argv.slice(2).every((words) => what.includes(words)));
for (const each of wanted) console.log(`  ${(await measure(each)).toFixed(1).padStart(6)}  ${each.what}`);
