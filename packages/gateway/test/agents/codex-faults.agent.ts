import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedAgent } from '../kit/installed-agent.ts';
import { textAt } from '../kit/json-access.ts';
import { type WireFault, type WireFaultName, wireFaults } from '../kit/wire-faults.ts';
import { type CodexRun, itemsOf, prepareCodex } from './codex.ts';
import { brokenOf, type FaultCase, type FaultHouse, modelOf, startFaultHouse, wellOf } from './fault-house.ts';
import { cuts, files, patience, prompt, session } from './fault-session.ts';

const program = installedAgent('codex');

/** How often the session asks, if it need not ask again. */
const steps = 3;

const faultNames = Object.keys(wireFaults).filter((name): name is WireFaultName => name in wireFaults);

interface Session extends FaultCase {
  readonly when: 'from the beginning' | 'in the middle';
  readonly wire: 'HTTP' | 'WebSocket';
}

/** Every fault in every lane and over every wire, though not in every combination. */
const ways = [
  { when: 'from the beginning', lane: 'express', wire: 'HTTP' },
  { when: 'from the beginning', lane: 'translate', wire: 'WebSocket' },
  { when: 'in the middle', lane: 'express', wire: 'WebSocket' },
  { when: 'in the middle', lane: 'translate', wire: 'HTTP' },
] as const;

const plainSessions = faultNames.flatMap((fault) =>
  ways.map((way, at): Session => ({ ...way, name: `${fault}-${at}`, fault: faultAt(wireFaults[fault], way.when) })),
);

const cutSessions = Object.entries(cuts).flatMap(([cut, places]) =>
  (['express', 'translate'] as const).flatMap((lane) =>
    (['HTTP', 'WebSocket'] as const).map((wire): Session => ({
      name: `${cut}-${lane}-${wire.toLowerCase()}`,
      when: 'from the beginning',
      lane,
      wire,
      fault: { damage: { kind: 'reset', at: places[lane] } },
    })),
  ),
);

const lost: Session = {
  name: 'unknown-host',
  when: 'from the beginning',
  lane: 'translate',
  wire: 'HTTP',
  fault: 'unknown host',
};

/** Two deployments fail, and a third one ends the work. */
const twice: Session = {
  name: 'twice',
  when: 'from the beginning',
  lane: 'express',
  wire: 'HTTP',
  fault: { damage: { kind: 'reset', at: { behind: 'response.output_text.delta', times: 3 } } },
  secondFault: { damage: { kind: 'half-close', at: { behind: 'call_arguments.delta' } } },
};

const sessions: readonly Session[] = [...plainSessions, ...cutSessions, lost, twice];

function faultAt(fault: WireFault, when: Session['when']): WireFault {
  return when === 'in the middle' ? { ...fault, skip: 1 } : fault;
}

const missing = program ? '' : ' (skipped: no Codex)';

interface Worked {
  readonly run: CodexRun;
  readonly records: readonly ExchangeRecord[];
}

/** A session to its end, which leaves its files behind. `asked`: how often at least. */
async function work({ gateway }: FaultHouse, { name, wire }: Session, asked = steps): Promise<Worked> {
  const model = modelOf(name);
  const websockets = wire === 'WebSocket';
  const codex = prepareCodex({ program: program ?? '', origin: gateway.origin, door: 'custom', model, websockets });
  try {
    const run = await codex.run(prompt);
    expectGoodEnd(run);
    for (const [file, content] of Object.entries(files)) {
      expect(readFileSync(join(codex.directory, file), 'utf8')).toBe(content);
    }
    return { run, records: await gateway.recordsOf(model, undefined, asked) };
  } finally {
    codex.remove();
  }
}

describe.skipIf(!program)(`a real Codex and a provider that fails${missing}`, () => {
  let house: FaultHouse;

  beforeAll(async () => {
    house = await startFaultHouse(session, sessions, { server: patience });
  });

  afterAll(() => house.stop());

  it.concurrent.each(sessions)('$name: works on ($when, $lane, over $wire)', async (each) => {
    const { run, records } = await work(house, each);
    expect(troubleIn(run)).toEqual([]);
    expectHonestRecords(each, records);
  });

  it.concurrent.each(cutSessions)('$name: goes on where it was gone on with', async ({ name }) => {
    const records = await house.gateway.recordsOf(modelOf(name), undefined, steps);
    const failed = records.flatMap(({ attempts }) => attempts).filter(({ failure }) => failure);
    expect(failed.map(({ provider }) => provider)).toEqual([brokenOf(name)]);
  });

  it('sends no vendor anything that it complains of', () => {
    expect(house.complaints()).toEqual([]);
  });
});

describe.skipIf(!program)(`a real Codex whose broken answers nobody goes on with${missing}`, () => {
  const told = cutSessions.filter(({ name }) => !name.startsWith('behind-a-call'));
  let house: FaultHouse;

  beforeAll(async () => {
    house = await startFaultHouse(session, told, { server: patience, failover: { resume: 'off' } });
  });

  afterAll(() => house.stop());

  it.concurrent.each(told)('$name: asks again, and is sent elsewhere ($lane, over $wire)', async (each) => {
    const { run, records } = await work(house, each, steps + 1);
    // Over HTTP it says so, in our words; over a WebSocket its first retry is silent.
    const errors = run.events.filter((event) => event['type'] === 'error').map((event) => textAt(event, 'message'));
    const said = each.wire === 'HTTP' ? /^Reconnecting\.\.\. 1\/5 .*The connection to the provider/ : /^$/;
    expect(errors.join()).toMatch(said);
    const asked = records.map(({ outcome, attempts }) => [outcome, ...attempts.map(({ provider }) => provider)]);
    const well = ['done', wellOf(each.name)];
    expect(asked).toEqual([['failed', brokenOf(each.name)], well, well, well]);
  });
});

function expectGoodEnd(run: CodexRun): void {
  expect({ ...run, events: [] }).toMatchObject({ exitCode: 0, timedOut: false, strangers: [] });
  expect(run.events.at(-1)).toMatchObject({ type: 'turn.completed' });
  expect(itemsOf(run, 'command_execution')).toMatchObject([{ exit_code: 0, status: 'completed' }]);
  expect(itemsOf(run, 'file_change')).toMatchObject([{ status: 'completed' }]);
  expect(itemsOf(run, 'agent_message').at(-1)).toMatchObject({ text: 'All done.' });
}

/** Whatever a person could see of a failure. */
function troubleIn(run: CodexRun): readonly string[] {
  const events = run.events.filter((event) => event['type'] === 'error');
  const errors = [...events, ...itemsOf(run, 'error')].map((event) => textAt(event, 'message'));
  const said = /.*(?:Falling back|Reconnecting|disconnected|ERROR).*/.exec(run.stdout + run.stderr) ?? [];
  return [...errors.filter((message) => !message.startsWith('Model metadata for')), ...said];
}

/** Nobody is asked twice by one request, and whoever failed is named. */
function expectHonestRecords({ name, secondFault }: Session, records: readonly ExchangeRecord[]): void {
  expect(records.map(({ outcome, attempts }) => [outcome, ...attempts.map(({ provider }) => provider)])).toHaveLength(
    steps,
  );
  const broken = [brokenOf(name, 0), ...(secondFault ? [brokenOf(name, 1)] : [])];
  for (const { outcome, attempts, failure, provider } of records) {
    expect({ outcome, failure }).toEqual({ outcome: expect.stringMatching(/^(done|incomplete)$/), failure: undefined });
    expect(new Set(attempts.map((attempt) => attempt.provider)).size).toBe(attempts.length);
    const failed = attempts.filter((attempt) => attempt.failure);
    for (const { failure: why } of failed) expect(why?.code).toMatch(/^upstream-|^credential-|quota/);
    expect(broken).toEqual(expect.arrayContaining(failed.map((attempt) => attempt.provider)));
    // An answer that ends behind a call is the one's that broke off; otherwise somebody else took over.
    const whoFailed = outcome === 'done' ? failed.map((attempt) => attempt.provider) : [];
    expect(whoFailed).not.toContain(provider);
  }
}
