import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJson } from '../../src/core/json.ts';
import { resultTexts, sealsIn } from '../kit/conversation.ts';
import { testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { objectsAt, textAt } from '../kit/json-access.ts';
import { playScenes } from '../kit/model-script.ts';
import type { SeenRequest } from '../kit/scripted-upstream.ts';
import { createWorkplace, type Task, type TestedAgent, type Workplace } from './agent.ts';
import { type AgentHouse, modelAt, startAgentHouse } from './agent-house.ts';
import { testAgent } from './agent-suite.ts';
import { claudeCode } from './claude-code.ts';
import type { VendorName } from './vendors-behind.ts';

testAgent(claudeCode);

const program = installedAgent('claude-code');
const cue = 'Which jobs are there?';
const echo = claudeCode.tools.shell('echo again');
const childCue = 'Count the sheep, little one.';
const helper = {
  description: 'Count sheep',
  prompt: childCue,
  subagent_type: 'general-purpose',
  run_in_background: false,
};
const script = playScenes(
  { cue: childCue, answers: [{ text: 'Four sheep.' }] },
  {
    cue: 'Let it be counted.',
    answers: [{ calls: [{ name: 'Agent', input: helper }] }, (talk) => ({ text: resultTexts(talk).join() })],
  },
  {
    cue,
    answers: [
      {
        thinking: 'First the tool.',
        calls: [{ name: 'ToolSearch', input: { query: 'select:CronList', max_results: 5 } }],
      },
      { calls: [{ name: 'CronList', input: {} }] },
      { text: 'None.' },
    ],
  },
  { cue: 'Go on.', answers: [{ thinking: 'Once more.', calls: [echo] }, { text: 'None.' }] },
);

/** It takes a model of this name for one of Anthropic's newest, and uses all that those can do. */
const newest = (vendor: VendorName) => `claude-opus-5-5-${vendor}`;
const strangers: readonly VendorName[] = ['gemini', 'qwen', 'elsewhere'];

const sealsOf = (request: SeenRequest | undefined) => (request ? sealsIn(request.conversation) : []);

describe.skipIf(!program)(
  `a real Claude Code that believes in Claude${program ? '' : ' (skipped: no Claude Code)'}`,
  () => {
    let house: AgentHouse;
    let place: Workplace;

    beforeAll(async () => {
      place = createWorkplace();
      const entries = strangers.map((vendor): [string, { targets: string[] }] => [
        newest(vendor),
        { targets: [modelAt(vendor)] },
      ]);
      house = await startAgentHouse(script, Object.fromEntries(entries));
    });

    afterAll(async () => {
      place.remove();
      await house.stop();
    });

    const run = (task: Pick<Task, 'model'> & Partial<Task>, agent = claudeCode) =>
      place.run(agent, program ?? '', { origin: house.gateway.origin, key: testKey, prompt: cue, ...task });

    it.each(strangers)('finds its tools on demand at %s', async (vendor) => {
      const upstream = house.vendors.upstreams[vendor];
      const done = await run({ model: newest(vendor) });
      expect(upstream.complaints.splice(0)).toEqual([]);
      expect(claudeCode.said(done)).toBe('None.');
      expect(done.strangers).toEqual([]);
      const told = upstream.requests.map(({ body }) => JSON.stringify(body));
      expect(told.filter((body) => body.includes('x-anthropic-billing-header'))).toEqual([]);
    });

    it('gives up, feature by feature, what a provider of its own dialect refuses, as the provider worded it', async () => {
      // The vendor of the kit takes neither system messages inside the conversation nor references to tools.
      const done = await run({ model: 'claude/claude-opus-5-5' });
      expect(claudeCode.said(done)).toBe('None.');
      const refused = house.vendors.upstreams.claude.complaints.splice(0);
      expect(refused).toMatchObject([expect.stringContaining('.role'), expect.stringContaining('tool_reference')]);
    });

    it('goes from vendor to vendor and back, each with its own sealed thoughts', async () => {
      const onward: TestedAgent = {
        ...claudeCode,
        command(task) {
          const { args, environment } = claudeCode.command(task);
          return { args: [...args, '--continue'], environment };
        },
      };
      const { gemini, claude } = house.vendors.upstreams;
      await run({ model: modelAt('gemini'), prompt: 'Go on.' });
      const ofGemini = gemini.seals().owed.at(-1);
      for (const vendor of ['claude', 'qwen', 'gemini'] as const) {
        const done = await run({ model: modelAt(vendor), prompt: 'Go on.' }, onward);
        expect(claudeCode.said(done)).toBe('None.');
        expect(house.vendors.upstreams[vendor].complaints.splice(0)).toEqual([]);
      }
      expect(sealsOf(claude.requests.at(-1))).not.toContain(ofGemini);
      expect(sealsOf(gemini.requests.at(-1))).toContain(ofGemini);
    });

    it('sends helpers, whose requests are recorded under its session, each as a thread of its own', async () => {
      const model = modelAt('elsewhere');
      const done = await run({ model, prompt: 'Let it be counted.' });
      expect(claudeCode.said(done)).toContain('Four sheep.');
      const [own] = await house.gateway.recordsOf(model, ({ requestKind }) => requestKind === undefined);
      const [helped] = await house.gateway.recordsOf(model, ({ requestKind }) => requestKind === 'subagent');
      expect(own).toMatchObject({ outcome: 'done', session: expect.any(String) });
      expect(own?.thread).toBeUndefined();
      expect(helped).toMatchObject({ outcome: 'done', session: own?.session, thread: expect.any(String) });
    });

    it('reads the list of models, and offers those with names like Claude’s', async () => {
      const curious: TestedAgent = {
        ...claudeCode,
        command(task) {
          const { args, environment } = claudeCode.command(task);
          const { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: _, ...others } = environment;
          return { args, environment: { ...others, CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1' } };
        },
      };
      await run({ model: newest('qwen') }, curious);
      const kept = parseJson(readFileSync(join(place.home, '.claude/cache/gateway-models.json'), 'utf8'));
      const names = objectsAt(kept, 'models').map((model) => textAt(model, 'id'));
      expect(names).toEqual(expect.arrayContaining(strangers.map(newest)));
      expect(names).not.toContain(modelAt('qwen'));
    });
  },
);
