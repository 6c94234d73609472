import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import type { Snapshot } from '../../src/config/snapshot.ts';
import { exchange } from '../../src/pipeline/exchange.ts';
import type { Inbound } from '../../src/pipeline/inbound.ts';
import type { Sink } from '../../src/pipeline/sink.ts';
import { createVault } from '../../src/vault/vault.ts';
import { configurationOf } from '../journeys/house.ts';
import { type Document, testKey } from '../kit/gateway-process.ts';
import { authenticatorOf } from '../kit/identity.ts';
import { paymentPorts } from '../kit/payment-ports.ts';
import { randomOf } from '../kit/random.ts';
import { createSimulatedVendors, type Visit } from './simulated-vendors.ts';
import { startVirtualTime, type VirtualTime } from './virtual-time.ts';
import type { Front } from './weather.ts';

/** A fleet of agents, what their gateway is told, and what happens to its providers. */
export interface Simulation {
  readonly document: Document;
  readonly fronts: readonly Front[];
  readonly sessions: number;
  readonly forMs: number;
  /** From the end of a turn to the beginning of the session's next one, on average. */
  readonly thinkMs: number;
  readonly seed: number;
  /** So many gateways, each of which learns for itself; every request comes to any of them. Default: 1. */
  readonly replicas?: number;
}

/** One turn of a session: the agent asks, and asks again by itself where that fails. */
export interface Turn {
  readonly session: string;
  /** Since the simulation began. */
  readonly fromMs: number;
  untilMs: number;
  /** Requests that the agent made. */
  tries: number;
  /** It has its answer, and the person saw nothing of what had gone wrong. */
  isAnswered: boolean;
}

export interface Tally {
  readonly turns: readonly Turn[];
  readonly records: readonly ExchangeRecord[];
  readonly visits: readonly Visit[];
}

/** As Codex does by default: four times after a bad status or a broken stream, 200 ms and doubling. */
const agentRetries = 4;
const agentBackoffMs = 200;
const startMs = Date.UTC(2027, 0, 4);

/** Lets the fleet work for as long as it is told, in virtual time. */
export async function simulate(simulation: Simulation): Promise<Tally> {
  const { snapshot } = await configurationOf(simulation.document, { now: () => startMs, monotonicMs: () => 0 });
  const time = startVirtualTime(startMs);
  try {
    return await run(simulation, snapshot, time);
  } finally {
    time.restore();
  }
}

async function run(simulation: Simulation, snapshot: Snapshot, time: VirtualTime): Promise<Tally> {
  const { fronts, sessions, forMs, thinkMs, seed } = simulation;
  const { clock } = time;
  const random = randomOf(seed);
  const { upstream, visits } = createSimulatedVendors({ time, startMs, fronts, random });
  const records: ExchangeRecord[] = [];
  const turns: Turn[] = [];
  let ids = 0;
  const newId = (prefix: string) => `${prefix}${(ids += 1)}`;
  const replicas = Array.from({ length: simulation.replicas ?? 1 }, () => ({
    snapshot: () => snapshot,
    identity: authenticatorOf(snapshot.resources, { clock }),
    ...paymentPorts(clock),
    upstream,
    vault: createVault([Buffer.alloc(32)]),
    clock,
    recorder: { record: (record: ExchangeRecord) => void records.push(record) },
    newId,
  }));

  async function ask(session: string, length: number): Promise<boolean> {
    const client = createClient();
    const inbound = inboundOf({ id: newId('ex_'), session, length }, time);
    const replica = replicas[replicas.length === 1 ? 0 : Math.floor(random() * replicas.length)];
    if (replica) await exchange(inbound, client.sink, replica);
    return client.isAnswered();
  }

  async function takeTurn(session: string, length: number): Promise<void> {
    const turn: Turn = { session, fromMs: clock.now() - startMs, untilMs: Infinity, tries: 0, isAnswered: false };
    turns.push(turn);
    while (!turn.isAnswered && turn.tries <= agentRetries) {
      if (turn.tries > 0) await time.sleep(agentBackoffMs * 2 ** (turn.tries - 1) * (0.9 + 0.2 * random()));
      turn.tries += 1;
      turn.isAnswered = await ask(session, length);
    }
    turn.untilMs = clock.now() - startMs;
  }

  async function live(session: string): Promise<void> {
    await time.sleep(thinkMs * random());
    for (let length = 1; clock.now() - startMs < forMs; length += 1) {
      await takeTurn(session, length);
      await time.sleep(-Math.log(1 - random()) * thinkMs);
    }
  }

  const fleet = Promise.all(Array.from({ length: sessions }, (_, at) => live(`session-${at}`)));
  // Whoever is in the middle of a turn then may end it.
  await time.pass(forMs + 3_600_000);
  await fleet;
  return { turns, records, visits };
}

interface Question {
  readonly id: string;
  readonly session: string;
  /** Of the history, in items. */
  readonly length: number;
}

function inboundOf({ id, session, length }: Question, { clock }: VirtualTime): Inbound {
  const input = Array.from({ length }, () => ({ role: 'user', content: 'Go on.' }));
  const body = Buffer.from(JSON.stringify({ model: 'coder', stream: true, prompt_cache_key: session, input }));
  return {
    id,
    receivedAt: clock.now(),
    receivedMonotonicMs: clock.monotonicMs(),
    dialect: 'responses',
    credentials: { key: testKey },
    agent: 'codex',
    session,
    headers: {},
    readBody: () => Promise.resolve(body),
    signal: new AbortController().signal,
  };
}

/** An agent's end of the line, which reads as fast as it is written to. */
function createClient() {
  let status = 0;
  let text = '';
  let isStarted = false;
  const take = (bytes: Buffer | string = '') => void (text += bytes.toString());
  const sink: Sink = {
    start(started) {
      status = started;
      isStarted = true;
    },
    started: () => isStarted,
    write(bytes) {
      take(bytes);
      return undefined;
    },
    async end(last) {
      take(last);
    },
    bytesWritten: () => text.length,
  };
  return { sink, isAnswered: () => status === 200 && text.includes('"type":"response.completed"') };
}
