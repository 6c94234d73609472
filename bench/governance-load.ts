// What keys, tokens and limits add to an exchange in one process: run by governance.mjs, bundled.
import { generateKeyPairSync, sign } from 'node:crypto';
import { createPriceBook } from '../packages/gateway/src/catalog/price-book.ts';
import { systemClock } from '../packages/gateway/src/core/clock.ts';
import { createIds } from '../packages/gateway/src/core/ids.ts';
import { type Authenticator, createAuthenticator } from '../packages/gateway/src/identity/authenticate.ts';
import { createTokenBearers } from '../packages/gateway/src/identity/tokens/token-bearers.ts';
import type { LimitBook } from '../packages/gateway/src/ledger/applicable.ts';
import { createJournalWriter } from '../packages/gateway/src/ledger/journal-writer.ts';
import { createLedger } from '../packages/gateway/src/ledger/ledger.ts';
import { createMemoryCounters } from '../packages/gateway/src/ledger/memory/memory-counters.ts';
import { exchange, type ExchangePorts } from '../packages/gateway/src/pipeline/exchange.ts';
import type { Sink } from '../packages/gateway/src/pipeline/sink.ts';
import { allOpen } from '../packages/gateway/src/routing/availability.ts';
import { createHealth } from '../packages/gateway/src/routing/health.ts';
import { createItineraries } from '../packages/gateway/src/routing/itineraries.ts';
import { createRefusedSeals } from '../packages/gateway/src/routing/refused-seals.ts';
import { createSessionMemory } from '../packages/gateway/src/routing/session-memory.ts';
import { createVitals } from '../packages/gateway/src/routing/vitals.ts';
import { createRetryBudget } from '../packages/gateway/src/routing/retry-budget.ts';
import { createVault } from '../packages/gateway/src/vault/vault.ts';
import { configurationOf } from '../packages/gateway/test/journeys/house.ts';
import { directoryOf, keyResource, resource, testHasher } from '../packages/gateway/test/kit/identity.ts';
import { limitBookOf } from '../packages/gateway/test/kit/ledger.ts';
import { strictRecorder } from './strict-recorder.ts';

const issuer = 'https://id.example.com';
const value = 'vk-bench-0123456789abcdef';
const crowd = 100_000;

function directoryWith(others: number) {
  return directoryOf([
    resource('organizations', { id: 'acme' }),
    resource('teams', { id: 'platform', organization: 'acme' }),
    resource('users', { id: 'ann@example.com', teams: ['platform'] }),
    resource('token_issuers', {
      id: 'corp',
      issuer,
      audiences: ['turnpike'],
      rules: [{ user: '{email}', team: 'platform' }],
    }),
    keyResource(value, { id: 'laptop', user: 'ann@example.com', team: 'platform' }),
    ...Array.from({ length: others }, (_, index) =>
      keyResource(`vk-other-${index}`, { id: `key-${index}`, user: 'ann@example.com', team: 'platform' }),
    ),
  ]);
}

const scopes = {
  gateway: {},
  organization: { organization: 'acme' },
  team: { team: 'platform' },
  user: { user: 'ann@example.com' },
  key: { key: 'laptop' },
};

function chainOf(
  others: number,
  { budgets, rates }: { readonly budgets: boolean; readonly rates: boolean },
): LimitBook {
  const levels = Object.entries(scopes);
  const strangers = Array.from({ length: others }, (_, index) => ({
    id: `budget-${index}`,
    dollars: 10,
    scope: { key: `key-${index}` },
  }));
  return limitBookOf({
    budgets: budgets
      ? [...levels.map(([id, scope]) => ({ id, dollars: 1_000_000, every: 'month' as const, scope })), ...strangers]
      : [],
    rateLimits: rates
      ? levels.map(([id, scope]) => ({ id: `rate-${id}`, requests: 1_000_000_000, every: 'minute' as const, scope }))
      : [],
  });
}

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256' }] };

function identityOf(directory: ReturnType<typeof directoryOf>): Authenticator {
  const fetchJson = async (url: string) => (url.endsWith('/keys') ? jwks : { issuer, jwks_uri: `${issuer}/keys` });
  const tokens = createTokenBearers({ directory, fetchJson, clock: systemClock });
  return createAuthenticator({ directory, hasher: testHasher, clock: systemClock, tokens });
}

function signedToken(): string {
  const exp = Math.floor(systemClock.now() / 1_000) + 3_600;
  const claims = { iss: issuer, aud: 'turnpike', exp, sub: '1', email: 'ann@example.com' };
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encoded({ alg: 'ES256', kid: 'k' })}.${encoded(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const provider = {
  kind: 'openai-compatible' as const,
  base_url: 'http://one.test/v1',
  speaks: ['chat' as const],
  keys: [{ value: 'sk-upstream' }],
  models: { m: { price: { input: 1, output: 1 }, context_window: 400_000, max_output_tokens: 10_000 } },
};
const { snapshot } = await configurationOf({ providers: { one: provider } }, systemClock);
const answer = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  }),
);
const newId = createIds(systemClock);

function portsOf(identity: Authenticator, book: LimitBook): ExchangePorts {
  const journal = { append: async () => {}, load: async () => ({ balances: [], holds: [] }) };
  const writer = createJournalWriter({ journal, onError: (error) => console.error(error) });
  const counters = createMemoryCounters({ journal: writer, nowMs: systemClock.now() });
  const prices = createPriceBook({ ...snapshot.pricing, catalog: snapshot.catalog });
  const health = createHealth({ clock: systemClock, random: Math.random, isCurrent: () => true });
  const memory = createSessionMemory(systemClock);
  const vitals = createVitals(systemClock);
  return {
    snapshot: () => snapshot,
    health,
    onAttempt: health.begin,
    vitals,
    memory,
    itineraries: createItineraries({ health, memory, vitals, clock: systemClock }),
    availability: () => allOpen,
    retries: createRetryBudget(systemClock),
    identity,
    ledger: createLedger({ limits: () => book, counters, clock: systemClock, newId, onAlert: () => {} }),
    prices: () => prices,
    upstream: {
      async call() {
        let left: Buffer | undefined = answer;
        const read = async () => {
          const bytes = left;
          left = undefined;
          return bytes;
        };
        const body = { read, release: () => {}, cancel: () => {} };
        return { status: 200, headers: { 'content-type': 'application/json' }, body };
      },
      close: async () => {},
    },
    refusedSeals: createRefusedSeals(),
    vault: createVault([Buffer.alloc(32)]),
    clock: systemClock,
    recorder: strictRecorder,
    newId,
  };
}

function sinkOf(): Sink {
  let started = false;
  return {
    start: () => void (started = true),
    started: () => started,
    write: () => undefined,
    end: async () => {},
    bytesWritten: () => 0,
  };
}

function ask(ports: ExchangePorts, body: Buffer, key: string): Promise<void> {
  const inbound = {
    id: newId('req_'),
    receivedAt: systemClock.now(),
    receivedMonotonicMs: systemClock.monotonicMs(),
    dialect: 'chat' as const,
    credentials: { key },
    agent: 'other' as const,
    headers: {},
    readBody: () => Promise.resolve(body),
    signal: new AbortController().signal,
  };
  return exchange(inbound, sinkOf(), ports);
}

async function cpuOf(requests: number, once: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let count = 0; count < requests; count += 1) {
    await once();
    // Entries are written in groups, by timers: a loop that never rests would pile them up.
    if (count % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requests;
}

const bodyOf = (bytes: number) => {
  const content = 'const answer = compute(42); // and so on, in words\n'.repeat(Math.ceil(bytes / 51));
  return Buffer.from(JSON.stringify({ model: 'one/m', max_tokens: 1_000, messages: [{ role: 'user', content }] }));
};

interface Case {
  readonly name: string;
  readonly ports: ExchangePorts;
  readonly key: string;
}

const rounds = 9;

async function measure(what: string, bytes: number, requests: number, cases: readonly Case[]): Promise<void> {
  const body = bodyOf(bytes);
  const times = cases.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, { ports, key }] of cases.entries()) {
      const time = await cpuOf(requests, () => ask(ports, body, key));
      if (round > 0) times[index]?.push(time);
    }
  }
  const middles = times.map((each) => each.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0);
  console.log(`\n${what}, us of CPU for a request (more than the first):`);
  for (const [index, { name }] of cases.entries()) {
    const time = middles[index] ?? 0;
    console.log(`  ${time.toFixed(1).padStart(6)} (${(time - (middles[0] ?? 0)).toFixed(1).padStart(5)})  ${name}`);
  }
}

const alone = identityOf(directoryWith(0));
const token = signedToken();
const principal = await alone.authenticate({ key: value });
const anybody: Authenticator = { ...alone, authenticate: () => principal };
const none = chainOf(0, { budgets: false, rates: false });
const five = chainOf(0, { budgets: true, rates: false });
const both = chainOf(0, { budgets: true, rates: true });
const governed = { name: 'a key, budgets and request rates at five levels', ports: portsOf(alone, both), key: value };
const cases: readonly Case[] = [
  { name: 'nobody is asked who he is, and nothing is limited', ports: portsOf(anybody, none), key: value },
  { name: 'a key, no limits', ports: portsOf(alone, none), key: value },
  { name: 'a key, budgets at five levels', ports: portsOf(alone, five), key: value },
  governed,
  {
    name: 'a token, budgets and request rates at the four levels above a key',
    ports: portsOf(alone, both),
    key: token,
  },
];
await measure('1 KB', 1_000, 4_000, cases);
await measure('158 KB', 158_000, 400, cases);
// Last, because so many live objects make collecting garbage dearer for all.
const crowded = portsOf(identityOf(directoryWith(crowd)), chainOf(crowd, { budgets: true, rates: true }));
const name = 'the same among 100,000 keys with a budget each';
await measure('1 KB', 1_000, 4_000, [governed, { name, ports: crowded, key: value }]);
process.exit(0);
