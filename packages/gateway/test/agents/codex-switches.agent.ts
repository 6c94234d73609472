import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedAgent } from '../kit/installed-agent.ts';
import { tapInto } from '../kit/tap.ts';
import { playScenes, type Scene } from '../kit/model-script.ts';
import { type Door, prepareCodex } from './codex.ts';
import { hasTerminals, openCodex } from './codex-terminal.ts';
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

const ordinals = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
/** One for each vendor, and one for coming home. */
const scenes = ordinals.slice(0, vendorNames.length + 1).map((ordinal) => `turn-${ordinal}`);
const script = playScenes(
  { cue: 'task title', answers: [{ text: '{"title":"Take some turns"}' }] },
  turn('turn-one'),
  ...scenes.slice(1).map((cue) => turn(cue)),
);
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

  /** Through every vendor, and home again. */
  const tour: readonly VendorName[] = [...vendorNames, 'claude'];

  /** Says the turns one after the other, and lets the name lead to the next vendor before each. `others`: requests beside the turns'. */
  async function goRound(model: string, say: (cue: string) => Promise<string>, others = 0): Promise<void> {
    const before = (await house.gateway.records(0)).length;
    const threads: string[] = [];
    for (const [at, vendor] of tour.entries()) {
      const asked = house.vendors.upstreams[vendor].requests.length;
      await house.lead(model, vendor);
      threads.push(await say(scenes[at] ?? ''));
      expect(house.vendors.upstreams[vendor].complaints.splice(0)).toEqual([]);
      const { conversation } = house.vendors.upstreams[vendor].requests[asked] ?? {};
      const said = JSON.stringify(conversation?.turns);
      for (const cue of scenes.slice(0, at)) expect(said).toContain(`${cue} is done.`);
    }
    const records = (await house.gateway.records(before + tour.length * 3 + others)).slice(before);
    const turns = records.filter(({ requestKind }) => requestKind === 'turn');
    expect(turns.map(({ attempts }) => attempts.at(-1)?.provider)).toEqual(
      tour.flatMap((vendor) => [vendor, vendor, vendor]),
    );
    expect(new Set(turns.map(({ session }) => session)).size).toBe(1);
    expect(new Set(threads).size).toBe(1);
  }

  it.each<Door>(['custom', 'built-in'])('is led round by the configuration, run by run (%s provider)', async (door) => {
    const model = `gpt-5.5-${door}`;
    await house.lead(model, 'claude');
    const codex = prepareCodex({ program: program ?? '', origin: house.gateway.origin, door, model });
    let thread: string | undefined;
    try {
      await goRound(model, async (cue) => {
        const run = await codex.run(cue, thread === undefined ? {} : { resume: thread });
        expect({ code: run.exitCode, end: run.events.at(-1)?.['type'] }).toEqual({ code: 0, end: 'turn.completed' });
        thread ??= run.threadId;
        return run.threadId;
      });
    } finally {
      codex.remove();
    }
  });

  it.skipIf(!hasTerminals)(`is led round on one socket${hasTerminals ? '' : ' (skipped: no tmux)'}`, async () => {
    const model = 'team/best';
    await house.lead(model, 'claude');
    const tap = await tapInto(house.gateway.origin);
    const terminal = await openCodex({ program: program ?? '', origin: tap.origin, model });
    try {
      await goRound(
        model,
        async (cue) => {
          await terminal.say(cue);
          await terminal.screenWith(new RegExp(`${cue} is done\\.`));
          return '';
        },
        1,
      );
    } finally {
      await terminal.close();
      await tap.stop();
    }
    // One for the session, and one for the job that thinks of a title.
    const asked = tap.requests.filter((line) => line.includes('/responses'));
    expect(asked).toEqual(asked.map(() => 'GET /openai/v1/responses (upgrade)'));
    expect(asked).toHaveLength(2);
  });
});
