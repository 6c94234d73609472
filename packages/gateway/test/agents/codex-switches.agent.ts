import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedAgent } from '../kit/installed-agent.ts';
import { playScenes, type Scene } from '../kit/model-script.ts';
import { prepareCodex } from './codex.ts';
import { type CodexHouse, modelName, startCodexHouse } from './codex-house.ts';
import { type VendorName, vendorNames } from './vendors-behind.ts';

const program = installedAgent('codex');

/** A turn with sealed thinking before each of two calls, so that both seals are due at the next turn. */
function turn(cue: string): Scene {
  const call = (word: string) => ({ name: 'exec_command', input: { cmd: `echo ${word}` } });
  return {
    cue,
    answers: [
      { thinking: `Thinking of ${cue}`, calls: [call('eins')] },
      { thinking: `More of ${cue}`, hidden: true, calls: [call('zwei'), call('drei')] },
      { thinking: `End of ${cue}`, text: `${cue} is done.` },
    ],
  };
}

const script = playScenes(turn('turn-one'), turn('turn-two'), turn('turn-three'));
const homes: readonly VendorName[] = ['claude', 'gemini', 'openai'];
interface Journey {
  readonly home: VendorName;
  readonly away: VendorName;
}

const journeys = homes.flatMap((home) =>
  vendorNames.filter((away) => away !== home).map((away): Journey => ({ home, away })),
);

describe.skipIf(!program)(`a Codex session that changes its model${program ? '' : ' (skipped: no Codex)'}`, () => {
  let house: CodexHouse;

  beforeAll(async () => {
    house = await startCodexHouse(script);
  });

  afterAll(() => house.stop());

  async function travel({ home, away }: Journey): Promise<void> {
    const { gateway, vendors } = house;
    const upstream = vendors.upstreams[home];
    const codex = prepareCodex({
      program: program ?? '',
      origin: gateway.origin,
      door: 'custom',
      model: modelName('patching', home),
    });
    try {
      const requestsBefore = upstream.requests.length;
      const owedBefore = upstream.seals().owed.length;
      const first = await codex.run('turn-one');
      const owed = upstream.seals().owed.slice(owedBefore);
      const second = await codex.run('turn-two', { resume: first.threadId, model: modelName('patching', away) });
      const third = await codex.run('turn-three', { resume: first.threadId, model: modelName('patching', home) });

      expect([...upstream.complaints.splice(0), ...vendors.upstreams[away].complaints.splice(0)]).toEqual([]);
      for (const run of [first, second, third]) {
        expect({ code: run.exitCode, end: run.events.at(-1)?.['type'] }).toEqual({ code: 0, end: 'turn.completed' });
        expect(run.threadId).toBe(first.threadId);
      }
      const last = upstream.requests.at(-1);
      const returned = last?.conversation.turns.flatMap((each) => (each.type === 'seal' ? [each.value] : [])) ?? [];
      expect(upstream.requests.length - requestsBefore).toBe(6);
      expect(owed).toHaveLength(2);
      expect(owed.filter((seal) => !returned.includes(seal))).toEqual([]);
    } finally {
      codex.remove();
    }
  }

  it.each(journeys)('goes from $home to $away and back, each vendor seeing only seals of its own', travel);
});
