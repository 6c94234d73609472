import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import { type GatewayProcess, startGateway, testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { arrayAt, objectAt, textAt } from '../kit/json-access.ts';
import { playScenes } from '../kit/model-script.ts';
import { hasTerminals, openCodex } from './codex-terminal.ts';
import { type ProfiledCodex, setUpCodex } from './codex-with-profile.ts';
import { agents, waitForAgent } from './sub-agents.ts';
import { startVendors, upstreamKey, vendorEntries, type VendorsBehind } from './vendors-behind.ts';

const program = installedAgent('codex');

const script = playScenes(
  { cue: 'task title', answers: [{ text: '{"title":"Count all the sheep"}' }] },
  { cue: 'little one', answers: [{ text: 'Four sheep.' }] },
  {
    cue: 'the whole job',
    answers: [
      { text: 'I begin.', calls: [{ name: 'exec_command', input: { cmd: 'echo one' } }] },
      { calls: [{ name: 'spawn_agent', namespace: agents, input: { message: 'Count the sheep, little one.' } }] },
      waitForAgent,
      { text: 'Everything is done.' },
    ],
  },
  { cue: 'say hello', answers: [{ text: 'Hello to you.' }] },
);

const placeOf = (vendor: keyof typeof vendorEntries) => `${vendor}/${vendorEntries[vendor].model}`;

describe.skipIf(!program)(`a real Codex and names${program ? '' : ' (skipped: no Codex)'}`, () => {
  let vendors: VendorsBehind;
  let gateway: GatewayProcess;
  let codex: ProfiledCodex;

  beforeAll(async () => {
    vendors = await startVendors(script);
    gateway = await startGateway(
      {
        providers: vendors.providers,
        models: {
          'my-*': { targets: ['claude/claude-*'] },
          'two-tiers': { targets: [placeOf('claude')], for: { title: 'fast', subagent: 'fast' } },
          fast: { targets: [placeOf('qwen')] },
          deep: { targets: [placeOf('openai')], parameters: { reasoning_effort: 'high', max_output_tokens: 9000 } },
          old: { deprecated: { use: 'deep', notice: 'Ask your colleagues.' } },
        },
        virtual_keys: [{ name: 'alice', value: 'env:ALICE_KEY', model_aliases: { mine: 'two-tiers' } }],
      },
      { UPSTREAM_KEY: upstreamKey, ALICE_KEY: testKey },
    );
    codex = await setUpCodex({ program: program ?? '', origin: gateway.origin, model: 'deep' });
  });

  afterAll(async () => {
    codex.remove();
    await gateway.stop();
    await vendors.stop();
  });

  it('shows models of a pattern, the one effort that is set, names of the key’s own, and which are going', async () => {
    const listed = parseJson((await codex.command('debug', 'models')).stdout);
    const models = arrayAt(isJsonObject(listed) ? listed : {}, 'models');
    const named = (slug: string) => models.find((model) => textAt(model, 'slug') === slug);
    expect(named('my-*')).toBeUndefined();
    expect(named('my-sonnet-4-5')).toMatchObject({ visibility: 'list' });
    expect(named('mine')).toMatchObject({ visibility: 'list' });
    expect(named('deep')).toMatchObject({
      default_reasoning_level: 'high',
      supported_reasoning_levels: [{ effort: 'high' }],
    });
    expect(named('old')).toMatchObject({ visibility: 'hide', description: expect.stringContaining('is deprecated') });
  });

  it('works with a model of a pattern', async () => {
    const run = await codex.exec('Please say hello.', { model: 'my-sonnet-4-5' });
    expect(run).toMatchObject({ exitCode: 0 });
    const [record] = await gateway.recordsOf('my-sonnet-4-5', ({ outcome }) => outcome === 'done');
    expect(record).toMatchObject({ provider: 'claude', model: 'claude-sonnet-4-5' });
    expect(vendors.upstreams.claude.complaints.splice(0)).toEqual([]);
  });

  it.each(['deep', 'old'])('thinks as hard as the name %s says, whatever its user has chosen', async (model) => {
    const run = await codex.exec('Please say hello.', { model, flags: ['-c', 'model_reasoning_effort="low"'] });
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.events.filter((event) => event['type'] === 'error')).toEqual([]);
    const { body = {} } = vendors.upstreams.openai.requests.at(-1) ?? {};
    expect(objectAt(body, 'reasoning')['effort']).toBe('high');
    expect(body['max_output_tokens']).toBe(9000);
    const [record] = await gateway.recordsOf(model, ({ outcome }) => outcome === 'done');
    expect(record).toMatchObject({ lane: 'express', model: 'gpt-5.5' });
    expect(record?.route?.notice).toBe(
      model === 'old' ? '"old" is deprecated: "deep" answers in its place. Ask your colleagues.' : undefined,
    );
    expect(vendors.upstreams.openai.complaints.splice(0)).toEqual([]);
  });

  it.skipIf(!hasTerminals)('has its titles and its helpers from the fast model of a name with two tiers', async () => {
    const terminal = await openCodex({ program: program ?? '', origin: gateway.origin, model: 'mine', key: testKey });
    try {
      await terminal.say('Please do the whole job.');
      const screen = await terminal.screenWith(/Everything is done/);
      expect(screen).not.toMatch(/■|rror|Reconnecting|metadata/);
      const of = async (kind: string) =>
        (await gateway.recordsOf('mine', ({ requestKind }) => requestKind === kind)).map(({ provider }) => provider);
      expect(await of('title')).toEqual(['qwen']);
      expect(await of('subagent')).toEqual(['qwen']);
      expect(new Set(await of('turn'))).toEqual(new Set(['claude']));
    } finally {
      await terminal.close();
    }
    for (const name of ['claude', 'qwen'] as const) expect(vendors.upstreams[name].complaints.splice(0)).toEqual([]);
  });
});
