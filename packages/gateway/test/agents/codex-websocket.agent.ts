import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedAgent } from '../kit/installed-agent.ts';
import { playScenes, type Script } from '../kit/model-script.ts';
import { type Tap, tapInto } from '../kit/tap.ts';
import { type CodexRun, type Door, itemsOf, prepareCodex } from './codex.ts';
import { type CodexHouse, modelName, startCodexHouse } from './codex-house.ts';
import { vendorNames } from './vendors-behind.ts';

const program = installedAgent('codex');
const doors: readonly Door[] = ['built-in', 'custom'];
const upgrade = 'GET /openai/v1/responses (upgrade)';

const patch = '*** Begin Patch\n*** Add File: b.txt\n+two\n*** End Patch\n';
const files = { 'a.txt': 'one\n', 'b.txt': 'two\n' };

/** What happens as soon as upstream got a request with this many rounds of tools. */
type Disturbance = { readonly afterRounds: number; happen(): void };

describe.skipIf(!program)(`a real Codex over a WebSocket${program ? '' : ' (skipped: no Codex)'}`, () => {
  let house: CodexHouse;
  let disturbance: Disturbance | undefined;

  beforeAll(async () => {
    const session = playScenes({
      cue: 'the whole job',
      answers: [
        { text: 'I begin.', calls: [{ name: 'exec_command', input: { cmd: 'echo one > a.txt' } }] },
        { thinking: 'Now the file.', calls: [{ name: 'apply_patch', input: patch }] },
        { text: 'All done.' },
      ],
    });
    const disturbed: Script = (conversation) => {
      const rounds = conversation.turns.filter((turn) => turn.type === 'result').length;
      const due = disturbance?.afterRounds === rounds ? disturbance : undefined;
      if (due) disturbance = undefined;
      due?.happen();
      return session(conversation);
    };
    house = await startCodexHouse(disturbed);
  });

  afterAll(() => house.stop());

  async function runSession(vendor: (typeof vendorNames)[number], door: Door, disturb?: (tap: Tap) => Disturbance) {
    const before = (await house.gateway.records(0)).length;
    const tap = await tapInto(house.gateway.origin);
    disturbance = disturb?.(tap);
    const model = modelName('patching', vendor);
    const codex = prepareCodex({ program: program ?? '', origin: tap.origin, door, model, websockets: true });
    try {
      const run = await codex.run('Please do the whole job.');
      expectGoodEnd(run);
      for (const [name, content] of Object.entries(files)) {
        expect(readFileSync(join(codex.directory, name), 'utf8')).toBe(content);
      }
      expect(house.vendors.upstreams[vendor].complaints.splice(0)).toEqual([]);
      const attempts = disturb ? 4 : 3;
      const records = (await house.gateway.records(before + attempts)).slice(before);
      expect(records).toHaveLength(attempts);
      for (const record of records) {
        expect(record).toMatchObject({ wire: 'websocket', agent: 'codex', key: 'alice', session: run.threadId });
      }
      return { requests: tap.requests, outcomes: records.map((record) => record.outcome) };
    } finally {
      codex.remove();
      await tap.stop();
    }
  }

  describe.each(vendorNames)('with %s', (vendor) => {
    it.each(doors)('does a whole session over one socket (%s provider)', async (door) => {
      const { requests, outcomes } = await runSession(vendor, door);
      expect(requests).toEqual([upgrade]);
      expect(outcomes).toEqual(['done', 'done', 'done']);
    });

    it.each(doors)('is cut off in the middle of a turn and its user sees nothing of it (%s provider)', async (door) => {
      const { requests, outcomes } = await runSession(vendor, door, (tap) => ({
        afterRounds: 1,
        happen: () => tap.cut(),
      }));
      expect(requests).toEqual([upgrade, upgrade]);
      // The answer that was cut off was asked for again. Whether it had left before the cut was noticed is a matter of luck.
      const again = outcomes.filter((outcome) => outcome !== 'abandoned');
      expect(again.slice(0, 3)).toEqual(['done', 'done', 'done']);
      expect(outcomes).not.toContain('failed');
    });
  });
});

function expectGoodEnd(run: CodexRun): void {
  expect({ ...run, events: [] }).toMatchObject({ exitCode: 0, timedOut: false, strangers: [] });
  expect(run.events.at(-1)).toMatchObject({ type: 'turn.completed' });
  expect(run.events.filter((event) => event['type'] === 'error')).toEqual([]);
  expect(itemsOf(run, 'error')).toEqual([]);
  expect(itemsOf(run, 'agent_message').map((item) => item['text'])).toEqual(['I begin.', 'All done.']);
  expect(run.stdout + run.stderr).not.toMatch(/Falling back|Reconnecting|rerouted/);
}
