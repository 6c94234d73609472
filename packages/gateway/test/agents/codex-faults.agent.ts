import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedAgent } from '../kit/installed-agent.ts';
import { textAt } from '../kit/json-access.ts';
import { playScenes } from '../kit/model-script.ts';
import { type Place, type WireFault, type WireFaultName, wireFaults } from '../kit/wire-faults.ts';
import { type CodexRun, itemsOf, prepareCodex } from './codex.ts';
import { type FaultCase, type FaultHouse, firstOf, modelOf, secondOf, startFaultHouse } from './fault-house.ts';

const program = installedAgent('codex');

const patch = '*** Begin Patch\n*** Add File: b.txt\n+two\n*** End Patch\n';
/** Whoever runs the command twice leaves two lines. */
const files = { 'a.txt': 'one\n', 'b.txt': 'two\n' };

const session = playScenes({
  cue: 'the whole job',
  answers: [
    {
      thinking: 'First the shell, then the patch, and nothing else.',
      text: 'I begin with the shell.\nThen comes the patch.',
      calls: [{ name: 'exec_command', input: { cmd: 'echo one >> a.txt' } }],
    },
    { thinking: 'Now the file.', text: 'Now I patch.', calls: [{ name: 'apply_patch', input: patch }] },
    { text: 'All done.' },
  ],
});

/** Cuts that the agent could notice, by what it has been told when they come, in the words of either vendor. */
const cuts: Readonly<Record<string, Readonly<Record<FaultCase['lane'], Place>>>> = {
  'inside-a-thought': {
    express: { behind: 'response.reasoning_summary_text.delta', times: 2 },
    translate: { behind: '"thinking_delta"', times: 2 },
  },
  'behind-a-thought': {
    express: { behind: '"type":"response.output_item.done"' },
    translate: { behind: '"content_block_stop"' },
  },
  'inside-a-text': {
    express: { behind: 'response.output_text.delta', times: 3 },
    translate: { behind: '"text_delta"', times: 3 },
  },
  'behind-a-text': {
    express: { behind: '"type":"response.output_item.done"', times: 2 },
    translate: { behind: '"content_block_stop"', times: 2 },
  },
  'inside-a-call': {
    express: { behind: 'call_arguments.delta', times: 2 },
    translate: { behind: '"input_json_delta"', times: 2 },
  },
  'behind-a-call': {
    express: { behind: '"type":"response.output_item.done"', times: 3 },
    translate: { behind: '"content_block_stop"', times: 3 },
  },
};

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

const sessions: readonly Session[] = [...plainSessions, ...cutSessions, lost];

function faultAt(fault: WireFault, when: Session['when']): WireFault {
  return when === 'in the middle' ? { ...fault, skip: 1 } : fault;
}

/** Waits so short that a provider's silence is noticed within a test. */
const server = { connect_timeout_ms: 500, headers_timeout_ms: 1_000, idle_timeout_ms: 700 };

describe.skipIf(!program)(`a real Codex and a provider that fails${program ? '' : ' (skipped: no Codex)'}`, () => {
  let house: FaultHouse;

  beforeAll(async () => {
    house = await startFaultHouse(session, sessions, { server });
  });

  afterAll(() => house.stop());

  async function run({ name, wire }: Session): Promise<{ run: CodexRun; records: readonly ExchangeRecord[] }> {
    const model = modelOf(name);
    const { origin } = house.gateway;
    const codex = prepareCodex({
      program: program ?? '',
      origin,
      door: 'custom',
      model,
      websockets: wire === 'WebSocket',
    });
    try {
      const done = await codex.run('Please do the whole job.');
      expectGoodEnd(done);
      for (const [file, content] of Object.entries(files)) {
        expect(readFileSync(join(codex.directory, file), 'utf8')).toBe(content);
      }
      return { run: done, records: await house.gateway.recordsOf(model, undefined, steps) };
    } finally {
      codex.remove();
    }
  }

  it.concurrent.each(sessions)('$name: works on ($when, $lane, over $wire)', async (each) => {
    const { records } = await run(each);
    expectHonestRecords(each, records);
    expect(house.complaints()).toEqual([]);
  });
});

function expectGoodEnd(run: CodexRun): void {
  expect({ ...run, events: [] }).toMatchObject({ exitCode: 0, timedOut: false, strangers: [] });
  expect(run.events.at(-1)).toMatchObject({ type: 'turn.completed' });
  expect(run.events.filter((event) => event['type'] === 'error')).toEqual([]);
  const errors = itemsOf(run, 'error').filter((item) => !/Model metadata for/.test(textAt(item, 'message')));
  expect(errors).toEqual([]);
  expect(run.stdout + run.stderr).not.toMatch(/Falling back|Reconnecting|disconnected|ERROR/);
  expect(itemsOf(run, 'command_execution')).toMatchObject([{ exit_code: 0, status: 'completed' }]);
  expect(itemsOf(run, 'file_change')).toMatchObject([{ status: 'completed' }]);
  expect(itemsOf(run, 'agent_message').at(-1)).toMatchObject({ text: 'All done.' });
}

/** Nobody is asked more often than once by one request, and whoever failed is named. */
function expectHonestRecords({ name }: Session, records: readonly ExchangeRecord[]): void {
  expect(records).toHaveLength(steps);
  for (const { outcome, attempts, failure, provider } of records) {
    expect({ outcome, failure }).toEqual({ outcome: expect.stringMatching(/^(done|incomplete)$/), failure: undefined });
    expect(attempts.length).toBeLessThanOrEqual(2);
    const failed = attempts.filter((attempt) => attempt.failure);
    expect(failed.map((attempt) => attempt.provider)).toEqual(failed.map(() => firstOf(name)));
    for (const { failure: why } of failed) expect(why?.code).toMatch(/^upstream-|^credential-|quota/);
    // An answer that ends behind a call is the first one's; otherwise the other took over.
    const isTakenOver = failed.length > 0 && outcome === 'done';
    expect(provider).toMatch(isTakenOver ? secondOf(name) : /./);
  }
}
