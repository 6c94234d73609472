import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { type House, everyone, openHouse } from '../journeys/house.ts';
import { testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { playScenes } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { createWorkplace } from './agent.ts';
import { claudeCode } from './claude-code.ts';
import { hasTerminals, openCodex } from './codex-terminal.ts';

const codex = installedAgent('codex');
const claude = installedAgent('claude-code');
const missing = codex ? (hasTerminals ? undefined : 'no tmux') : 'no Codex';

/** An answer costs 90 cents and may cost a dollar; a title costs nothing, but has to be reserved as well. */
const usage = { input: 1000, output: 900 };
const model = { price: { input: 0.001, output: 1000 }, context_window: 400_000, max_output_tokens: 1000 };
const dayMs = 86_400_000;

const script = playScenes(
  { cue: 'task title', answers: [{ text: '{"title":"Count all the sheep"}', usage: { input: 10, output: 1 } }] },
  {
    cue: 'the whole job',
    answers: [
      { text: 'I begin.', usage, calls: [{ name: 'exec_command', input: { cmd: 'echo one' } }] },
      { usage, calls: [{ name: 'exec_command', input: { cmd: 'echo two' } }] },
      { text: 'The first part is done.', usage },
    ],
  },
  { cue: 'and more', answers: [{ text: 'There is no more.', usage }] },
);

/** A clock that can be set forward by days. */
function movableClock(): Clock & { aheadMs: number } {
  const clock = { aheadMs: 0, now: () => systemClock.now() + clock.aheadMs, monotonicMs: systemClock.monotonicMs };
  return clock;
}

/** The sentence, wherever the terminal breaks its lines. */
const sentence =
  /Team\s"platform"\shas\sspent\s\$2\.70\sof\sits\s\$3\.50\sper\sday\s\("allowance-platform"\);\sthis\srequest\smay\sneed\s\$1\.\d\d\.\sIt\sresets\son\s\d+\s\w+,\s00:00\sUTC\.\sAsk\s#ai-platform\./;

describe('a budget that is spent in the middle of a session', () => {
  const clock = movableClock();
  let upstream: ScriptedUpstream;
  let house: House;

  beforeAll(async () => {
    upstream = await startUpstream({ dialect: 'chat', script });
    const entry = {
      kind: 'openai-compatible',
      base_url: upstream.baseUrl,
      speaks: ['chat' as const],
      keys: [{ value: 'sk-upstream' }],
      models: { model },
    };
    const keys = [
      { ...everyone, team: 'platform' },
      { name: 'claude', value: `${testKey}-claude`, team: 'claude' },
    ];
    const allowance = (team: string, dollars: number) => ({
      id: `allowance-${team}`,
      dollars,
      every: 'day' as const,
      scope: { team },
    });
    house = await openHouse(
      {
        providers: { one: entry },
        models: { 'team/best': { targets: ['one/model'] } },
        teams: ['platform', 'claude'].map((id) => ({ id, contact: '#ai-platform' })),
        virtual_keys: keys,
        budgets: [allowance('platform', 3.5), allowance('claude', 1.5)],
      },
      clock,
    );
  });

  afterAll(async () => {
    await house.stop();
    await upstream.stop();
  });

  it.skipIf(missing)(
    `is told to a real Codex in our words, and the next day it goes on${missing ? ` (skipped: ${missing})` : ''}`,
    async () => {
      const terminal = await openCodex({ program: codex ?? '', origin: house.origin, model: 'team/best' });
      try {
        await terminal.say('Please do the whole job.');
        await terminal.screenWith(/The first part is done/);
        const before = upstream.requests.length;
        await terminal.say('Please, and more.');
        const screen = await terminal.screenWith(sentence);
        expect(screen).not.toMatch(/[{}]|Reconnecting|unexpected status|inference_hook/);
        expect(upstream.requests).toHaveLength(before);
        clock.aheadMs += dayMs;
        await terminal.say('Please, and more, once again.');
        await terminal.screenWith(/There is no more/);
      } finally {
        await terminal.close();
      }
    },
  );

  it.skipIf(!claude)(
    `is told to a real Claude Code, which asks once, and the next day it works${claude ? '' : ' (skipped: no Claude Code)'}`,
    async () => {
      const workplace = createWorkplace();
      const ask = () =>
        workplace.run(claudeCode, claude ?? '', {
          origin: house.origin,
          key: `${testKey}-claude`,
          prompt: 'Tell me, and more.',
          model: 'team/best',
        });
      try {
        const first = await ask();
        expect(first.exitCode).toBe(0);
        const before = house.records.length;
        const refused = await ask();
        expect(refused.exitCode).toBe(1);
        expect(refused.stdout).toMatch(
          /Team \\"claude\\" has spent \$0\.90 of its \$1\.50 per day .* Ask #ai-platform\./,
        );
        expect(house.records.slice(before).map(({ failure }) => failure?.code)).toEqual(['budget-exhausted']);
        clock.aheadMs += dayMs;
        expect((await ask()).exitCode).toBe(0);
      } finally {
        workplace.remove();
      }
    },
  );
});
