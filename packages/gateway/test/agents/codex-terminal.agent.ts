import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayProcess, startGateway, testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { playScenes } from '../kit/model-script.ts';
import { hasTerminals, openCodex } from './codex-terminal.ts';
import { agents, waitForAgent } from './sub-agents.ts';
import { startVendors, upstreamKey, vendorEntries, type VendorsBehind } from './vendors-behind.ts';

const program = installedAgent('codex');
const missing = program ? (hasTerminals ? undefined : 'no tmux') : 'no Codex';

const script = playScenes(
  { cue: 'task title', answers: [{ text: '{"title":"Count all the sheep"}' }] },
  { cue: 'little one', answers: [{ text: 'Four sheep.' }] },
  {
    cue: 'the whole job',
    answers: [
      { text: 'I begin.', calls: [{ name: 'exec_command', input: { cmd: 'echo one > a.txt' } }] },
      { calls: [{ name: 'spawn_agent', namespace: agents, input: { message: 'Count the sheep, little one.' } }] },
      waitForAgent,
      { text: 'Everything is done.' },
    ],
  },
  { cue: 'and more', answers: [{ text: 'There is no more.' }] },
);

describe.skipIf(missing)(`a real Codex in a terminal${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let vendors: VendorsBehind;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    vendors = await startVendors(script);
    const keys = [{ value: 'env:UPSTREAM_KEY' }];
    gateway = await startGateway(
      {
        providers: {
          ...vendors.providers,
          // Nobody listens at the port of the discard service.
          broken: { kind: 'openai-compatible', base_url: 'http://127.0.0.1:9/v1', keys },
        },
        models: {
          'team/best': { targets: [`claude/${vendorEntries.claude.model}`] },
          'team/broken': { targets: ['broken/some-model'] },
          deaf: { targets: [`qwen/${vendorEntries.qwen.model}`], abilities: { tools: false } },
        },
        virtual_keys: [{ name: 'alice', value: 'env:ALICE_KEY' }],
      },
      { UPSTREAM_KEY: upstreamKey, ALICE_KEY: testKey },
    );
  });

  afterAll(async () => {
    await gateway.stop();
    await vendors.stop();
  });

  const open = (model: string, key: string = testKey) =>
    openCodex({ program: program ?? '', origin: gateway.origin, model, key });

  it('works with a helper, which belongs to its session, and its job that thinks of a title is known as one', async () => {
    const terminal = await open('team/best');
    try {
      await terminal.say('Please do the whole job.');
      await terminal.screenWith(/Everything is done/);
      await terminal.say('Please, and more.');
      const screen = await terminal.screenWith(/There is no more/);
      expect(screen).not.toMatch(/■|rror|Reconnecting|metadata/);
      expect(readFileSync(join(terminal.directory, 'a.txt'), 'utf8')).toBe('one\n');
      // It looks for news of itself; it tells nobody but the gateway what it works on.
      expect(terminal.strangers.filter((host) => !/github/.test(host))).toEqual([]);
      const records = await gateway.records(7);
      const of = (kind: string) => records.filter(({ requestKind }) => requestKind === kind);
      const turns = of('turn');
      const session = turns[0]?.session;
      expect(turns).toHaveLength(5);
      for (const record of records) expect(record).toMatchObject({ agent: 'codex', key: 'alice', outcome: 'done' });
      for (const turn of turns) expect(turn).toMatchObject({ session, thread: session });
      expect(new Set(turns.map(({ turn }) => turn)).size).toBe(2);
      expect(of('subagent')).toMatchObject([{ session, parentThread: session }]);
      expect(of('subagent')[0]?.thread).not.toBe(session);
      // Codex gives this job a session of its own and names no other.
      const [title, ...others] = of('title');
      expect(others).toEqual([]);
      expect(title?.session).toBe(title?.thread);
      expect(title?.session).not.toBe(session);
    } finally {
      await terminal.close();
    }
    expect(vendors.upstreams.claude.complaints.splice(0)).toEqual([]);
  });

  it.each([
    { what: 'an unknown model', model: 'no-such-model', shown: /^■ The model "no-such-model" is not known here\./m },
    {
      what: 'a wrong virtual key',
      model: 'team/best',
      key: 'vk-wrong',
      shown: /^■ This virtual key is not known to Turnpike\./m,
    },
    {
      what: 'a model without tools',
      model: 'deaf',
      shown: /^■ The model "deaf" \(qwen\/qwen3-coder\) cannot use tools/m,
    },
    {
      what: 'a provider that is down',
      model: 'team/broken',
      shown:
        /^• Reconnecting\.\.\..*\n.*The provider at 127\.0\.0\.1:9 could not be reached:\s+nobody\s+listens\s+there\s+\(ECONNREFUSED\)\.$/m,
    },
  ])('shows $what in our words', async ({ model, key, shown }) => {
    const terminal = await open(model, key);
    try {
      await terminal.say('Please do the whole job.');
      const screen = await terminal.screenWith(shown);
      expect(screen).not.toMatch(/[{}]|unexpected status|inference_hook/);
    } finally {
      await terminal.close();
    }
  });
});
