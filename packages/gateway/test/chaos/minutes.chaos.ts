import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClientDialectName } from '../../src/core/items.ts';
import { ask, endsOf, textOf, type Told } from '../kit/ask.ts';
import { type FaultProxy, startFaultProxy } from '../kit/fault-proxy.ts';
import { type GatewayProcess, startGateway, testKey } from '../kit/gateway-process.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { type WireFaultName, wireFaults } from '../kit/wire-faults.ts';
import { dialectNames } from '../journeys/doors.ts';
import { randomOf } from '../kit/random.ts';

const forMs = 90_000;
const changeMs = 1_500;
const agents = 24;
const sentence = 'All is well, and it is told in full.';
const kinds = { responses: 'openai', messages: 'anthropic', chat: 'openai-compatible' } as const;
const places = ['responses', 'messages', 'chat'] as const;
const random = randomOf(11);

const upstreams: ScriptedUpstream[] = [];
const proxies: FaultProxy[] = [];
let gateway: GatewayProcess;

beforeAll(async () => {
  for (const dialect of places) {
    const upstream = await startUpstream({ dialect, script: () => ({ thinking: 'Hm.', text: sentence }) });
    upstreams.push(upstream);
    proxies.push(await startFaultProxy({ target: upstream, seed: proxies.length }));
  }
  const providers = places.map((dialect, at) => [
    dialect,
    { kind: kinds[dialect], base_url: proxies[at]?.baseUrl ?? '', speaks: [dialect], keys: [{ value: 'sk-upstream' }] },
  ]);
  gateway = await startGateway({
    server: { connect_timeout_ms: 1_000, headers_timeout_ms: 1_500, idle_timeout_ms: 1_500 },
    virtual_keys: [{ name: 'fleet', value: testKey }],
    providers: Object.fromEntries(providers),
    models: { coder: { targets: places.map((name) => ({ target: `${name}/m`, weight: 1 })) } },
  });
}, 30_000);

afterAll(async () => {
  await gateway?.stop();
  for (const each of [...proxies, ...upstreams]) await each.stop();
});

const faultNames = Object.keys(wireFaults).filter((name): name is WireFaultName => name in wireFaults);

/** One or two of the three are always in trouble, each time in another way. */
async function makeWeather(over: AbortSignal): Promise<void> {
  for (let number = 0; !over.aborted; number += 1) {
    const well = Math.floor(random() * proxies.length);
    const isOtherWell = random() < 0.5;
    await Promise.all(
      proxies.map((proxy, at) => {
        const isSpared = at === well || (isOtherWell && at === (well + 1) % proxies.length);
        return proxy.set(isSpared ? undefined : faultNames[(number * 3 + at) % faultNames.length]);
      }),
    );
    await pause(changeMs);
  }
  for (const proxy of proxies) await proxy.set(undefined);
}

interface Tally {
  turns: number;
  tries: number;
  readonly lost: string[];
}

/** As agents do: it asks again by itself a few times. */
async function takeTurn(dialect: ClientDialectName, session: string, tally: Tally): Promise<void> {
  tally.turns += 1;
  let told = '';
  for (let tries = 0; tries < 5; tries += 1) {
    if (tries > 0) await pause(100 * 2 ** tries);
    tally.tries += 1;
    const answer = await ask(gateway.origin, { dialect, model: 'coder', headers: { 'session-id': session } });
    if (isWhole(dialect, answer)) return;
    told += `${answer.status} ${answer.text.slice(0, 300)}\n`;
  }
  tally.lost.push(`${dialect} ${session}: ${told}`);
}

/** What broke off before and was taken up by another provider may stand before it. */
function isWhole(dialect: ClientDialectName, answer: Told): boolean {
  const ends = endsOf(dialect, answer).join();
  return answer.status === 200 && ends === 'done' && textOf(dialect, answer).endsWith(sentence);
}

it(
  'answers every turn of a fleet while one of three providers is well',
  async () => {
    const tally: Tally = { turns: 0, tries: 0, lost: [] };
    const over = new AbortController();
    const live = async (number: number) => {
      const dialect = dialectNames[number % dialectNames.length] ?? 'responses';
      while (!over.signal.aborted) {
        await takeTurn(dialect, `session-${number}`, tally);
        await pause(50 + 400 * random());
      }
    };
    const weather = makeWeather(over.signal);
    const fleet = Promise.all(Array.from({ length: agents }, (_, number) => live(number)));
    await pause(forMs);
    over.abort();
    await Promise.all([weather, fleet]);
    const records = await gateway.records(tally.tries);
    const attempts = records.reduce((sum, record) => sum + record.attempts.length, 0);
    // No two runs are alike, and these agents give up after three seconds.
    expect(tally.lost.slice(Math.floor(tally.turns / 1_000))).toEqual([]);
    // Nobody is asked by the same request again but for a fifth more, five in a second, and what was saved up.
    for (const place of places) {
      const asked = records.map(({ attempts }) => attempts.filter(({ provider }) => provider === place).length);
      const again = asked.reduce((sum, times) => sum + Math.max(0, times - 1), 0);
      expect(again).toBeLessThanOrEqual(0.2 * records.length + 5 * (forMs / 1_000) + 100);
    }
    expect(attempts).toBeLessThan(2 * tally.tries);
    expect(tally.turns).toBeGreaterThan(1_000);
  },
  forMs + 60_000,
);
