import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedAgent } from '../kit/installed-agent.ts';
import { objectAt, textAt } from '../kit/json-access.ts';
import { type Tap, tapInto } from '../kit/tap.ts';
import { type CodexRun, type Door, itemsOf, prepareCodex } from './codex.ts';
import { type CodexHouse, modelName, startCodexHouse } from './codex-house.ts';
import { prompt, sessionScript } from './codex-session.ts';
import { vendorEntries } from './vendors-behind.ts';

const program = installedAgent('codex');
const upgrade = 'GET /openai/v1/responses (upgrade)';
const message = 'This model is for the weekend. Ask #ai-platform.';
const weekend = modelName('patching', 'gemini');

describe.skipIf(!program)(`rules for a real Codex${program ? '' : ' (skipped: no Codex)'}`, () => {
  let house: CodexHouse;

  beforeAll(async () => {
    house = await startCodexHouse(sessionScript, {}, [
      {
        name: 'helpers',
        when: 'agent == "codex" && kind == "subagent" && tools > 0',
        do: { model: `qwen/${vendorEntries.qwen.model}` },
      },
      { name: 'weekend', when: `model == "${weekend}"`, do: { refuse: message } },
    ]);
  });

  afterAll(() => house.stop());

  async function session(door: Door, model: string): Promise<{ run: CodexRun; requests: readonly string[] }> {
    const tap: Tap = await tapInto(house.gateway.origin);
    const codex = prepareCodex({ program: program ?? '', origin: tap.origin, door, model });
    try {
      const run = await codex.run(prompt);
      return { run, requests: tap.requests.filter((line) => line.includes('/responses')) };
    } finally {
      codex.remove();
      await tap.stop();
    }
  }

  it.each<Door>(['custom', 'built-in'])('send its helpers to another model: %s provider', async (door) => {
    const { claude, qwen } = house.vendors.upstreams;
    const before = [claude.requests.length, qwen.requests.length] as const;
    const { run } = await session(door, modelName('patching', 'claude'));
    expect(run).toMatchObject({ exitCode: 0, timedOut: false, strangers: [] });
    expect(itemsOf(run, 'agent_message').at(-1)).toMatchObject({ text: 'All done: été 🙂.' });
    expect(qwen.requests.length - before[1]).toBe(1);
    expect(claude.requests.length - before[0]).toBe(7);
    const records = await house.gateway.records(before[0] + before[1] + 8);
    const helpers = records.filter(({ requestKind }) => requestKind === 'subagent');
    expect(helpers.at(-1)).toMatchObject({ provider: 'qwen', route: { rules: [{ name: 'helpers' }] } });
  });

  it.each<[Door, readonly string[]]>([
    ['custom', ['POST /openai/v1/responses']],
    ['built-in', [upgrade]],
  ])('refuse in words that it shows at once: %s provider', async (door, wanted) => {
    const { run, requests } = await session(door, weekend);
    expect(run.exitCode).toBe(1);
    const failed = run.events.find((event) => event['type'] === 'turn.failed');
    expect(textAt(objectAt(failed, 'error'), 'message')).toBe(message);
    expect(requests).toEqual(wanted);
    expect(run.stdout).not.toMatch(/Reconnecting/);
    expect(house.vendors.upstreams.gemini.requests).toEqual([]);
  });
});
