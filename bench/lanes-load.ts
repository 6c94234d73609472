// What a whole exchange costs in either lane, with the network left out: run by lanes.mjs, bundled. Nothing is collected on purpose between rounds: that would throw away what the compiler knows of shapes that no object has at that moment.
import { createPriceBook } from '../packages/gateway/src/catalog/price-book.ts';
import { systemClock } from '../packages/gateway/src/core/clock.ts';
import { createIds } from '../packages/gateway/src/core/ids.ts';
import type { ClientDialectName } from '../packages/gateway/src/core/items.ts';
import type { AgentName } from '../packages/gateway/src/dialects/dialect.ts';
import { exchange, type ExchangePorts } from '../packages/gateway/src/pipeline/exchange.ts';
import type { Sink } from '../packages/gateway/src/pipeline/sink.ts';
import type { Upstream } from '../packages/gateway/src/upstream/upstream.ts';
import { createVault } from '../packages/gateway/src/vault/vault.ts';
import { configurationOf } from '../packages/gateway/test/journeys/house.ts';
import type { Document } from '../packages/gateway/test/kit/gateway-process.ts';
import { testKey } from '../packages/gateway/test/kit/gateway-process.ts';
import { authenticatorOf } from '../packages/gateway/test/kit/identity.ts';
import { paymentPorts } from '../packages/gateway/test/kit/payment-ports.ts';
import { chatJson, messagesStream, responsesStream } from './answers.mjs';
import { loads } from './loads.mjs';
import { strictRecorder } from './strict-recorder.ts';

const price = { input: 1, output: 1 };
const providers: Document['providers'] = {
  openai: { base_url: 'http://openai.test/v1', keys: [{ value: 'sk-1' }], models: { 'gpt-5.5': { price } } },
  claude: {
    kind: 'anthropic',
    base_url: 'http://claude.test',
    keys: [{ value: 'sk-2' }],
    models: { 'claude-sonnet-4-5': { price } },
  },
};

interface Case {
  readonly what: string;
  readonly load: string;
  readonly dialect: ClientDialectName;
  readonly agent: AgentName;
  /** The answer as it comes from the network. */
  readonly chunks: readonly Buffer[];
}

const inOne = (text: string) => [Buffer.from(text)];
const frameByFrame = (text: string) => text.split(/(?<=\n\n)/).map((frame) => Buffer.from(frame));

const express = { load: 'express-codex', dialect: 'responses' } as const;
const translate = { load: 'translate-codex', dialect: 'responses' } as const;
const cases: readonly Case[] = [
  { what: '1 KB, express', load: 'express-small', dialect: 'chat', agent: 'other', chunks: inOne(chatJson) },
  { what: '158 KB, express, 100 events at once', ...express, agent: 'other', chunks: inOne(responsesStream()) },
  {
    what: '158 KB, express, 100 events one by one',
    ...express,
    agent: 'other',
    chunks: frameByFrame(responsesStream()),
  },
  { what: '  the same for Codex', ...express, agent: 'codex', chunks: frameByFrame(responsesStream()) },
  { what: '158 KB, translated, 100 events at once', ...translate, agent: 'other', chunks: inOne(messagesStream()) },
  {
    what: '158 KB, translated, 100 events one by one',
    ...translate,
    agent: 'other',
    chunks: frameByFrame(messagesStream()),
  },
  { what: '  the same for Codex', ...translate, agent: 'codex', chunks: frameByFrame(messagesStream()) },
];

function upstreamOf(chunks: readonly Buffer[], type: string): Upstream {
  return {
    async call() {
      let at = 0;
      const read = async () => chunks[at++];
      return { status: 200, headers: { 'content-type': type }, body: { read, release: () => {}, cancel: () => {} } };
    },
    close: async () => {},
  };
}

/** Counts and encodes what it gets, as a socket does. */
function createSink(): Sink {
  let started = false;
  let bytes = 0;
  const write = (piece: Buffer | string) => {
    bytes += (typeof piece === 'string' ? Buffer.from(piece) : piece).length;
    return undefined;
  };
  return {
    start: () => void (started = true),
    started: () => started,
    write,
    end: async (last) => write(last ?? ''),
    bytesWritten: () => bytes,
  };
}

const { snapshot } = await configurationOf({ providers }, systemClock);
const newId = createIds(systemClock);
const book = createPriceBook({ ...snapshot.pricing, catalog: snapshot.catalog });

function portsOf({ chunks, load }: Case): ExchangePorts {
  return {
    ...paymentPorts(systemClock),
    prices: () => book,
    snapshot: () => snapshot,
    identity: authenticatorOf(snapshot.resources, { clock: systemClock }),
    upstream: upstreamOf(chunks, load === 'express-small' ? 'application/json' : 'text/event-stream'),
    vault: createVault([Buffer.alloc(32)]),
    clock: systemClock,
    recorder: strictRecorder,
    newId,
  };
}

function ask(ports: ExchangePorts, { dialect, agent }: Case, body: Buffer): Promise<void> {
  const inbound = {
    id: newId('req_'),
    receivedAt: systemClock.now(),
    receivedMonotonicMs: systemClock.monotonicMs(),
    dialect,
    credentials: { key: testKey },
    agent,
    session: '019a7b2c-0000-7000-8000-000000000001',
    headers: {},
    readBody: () => Promise.resolve(body),
    signal: new AbortController().signal,
  };
  return exchange(inbound, createSink(), ports);
}

const rounds = Number(process.env['ROUNDS'] ?? 12);

/** Microseconds of CPU for an exchange, garbage collection included: the least of some rounds, as other programs only ever add to it. */
async function measure(each: Case): Promise<number> {
  const ports = portsOf(each);
  const body = Buffer.from(loads.find(({ name }) => name === each.load)?.body ?? '');
  const requests = body.length > 10_000 ? 300 : 3_000;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    for (let count = 0; count < requests; count += 1) await ask(ports, each, body);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / requests);
  }
  return least;
}

console.log('us of CPU for an exchange:');
const only = process.env['ONLY'];
for (const each of cases) {
  if (only !== undefined && !each.what.includes(only)) continue;
  console.log(`  ${(await measure(each)).toFixed(0).padStart(6)}  ${each.what}`);
}
process.exit(0);
