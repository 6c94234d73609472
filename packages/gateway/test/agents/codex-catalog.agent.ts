import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JsonObject, parseJson } from '../../src/core/json.ts';
import { type GatewayProcess, startGateway, testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { arrayAt, objectAt, textAt } from '../kit/json-access.ts';
import { playScenes } from '../kit/model-script.ts';
import { prepareCodex } from './codex.ts';
import { type ProfiledCodex, type ProfiledRun, setUpCodex } from './codex-with-profile.ts';
import { agents, waitForAgent } from './sub-agents.ts';
import {
  startVendors,
  upstreamKey,
  type VendorsBehind,
  vendorEntries,
  type VendorName,
  vendorNames,
} from './vendors-behind.ts';

const program = installedAgent('codex');
const patch = '*** Begin Patch\n*** Add File: b.txt\n+two\n*** End Patch\n';

const script = playScenes(
  { cue: 'Count the sheep', answers: [{ text: 'Four sheep.' }] },
  { cue: 'say hello', answers: [{ text: 'Hello to you.' }] },
  {
    cue: 'the whole job',
    answers: [
      { text: 'I begin.', calls: [{ name: 'exec_command', input: { cmd: 'echo one > a.txt' } }] },
      { calls: [{ name: 'apply_patch', input: patch }] },
      { calls: [{ name: 'spawn_agent', namespace: agents, input: { message: 'Count the sheep, little one.' } }] },
      waitForAgent,
      { text: 'All done.' },
    ],
  },
  {
    cue: 'search the web',
    answers: [
      { calls: [{ name: 'exec', input: 'text(JSON.stringify(await tools.web__run({search_query:[{q:"cats"}]})))' }] },
      { text: 'There was nothing to find.' },
    ],
  },
);

describe.skipIf(!program)(`a real Codex with the served profile${program ? '' : ' (skipped: no Codex)'}`, () => {
  let vendors: VendorsBehind;
  let gateway: GatewayProcess;
  let codex: ProfiledCodex;

  beforeAll(async () => {
    vendors = await startVendors(script);
    const target = (vendor: VendorName) => [`${vendor}/${vendorEntries[vendor].model}`];
    gateway = await startGateway(
      {
        providers: vendors.providers,
        models: {
          'team/best': { targets: target('claude') },
          // By its name alone Codex would take this for a model of OpenAI's and speak in another form.
          'team/gpt-6.1-sol': { targets: target('qwen') },
          // Names that only the configuration knows.
          'team/gemini': { targets: target('gemini') },
          'team/elsewhere': { targets: target('elsewhere') },
          deaf: { targets: target('qwen'), abilities: { tools: false } },
          dull: {
            targets: target('qwen'),
            abilities: { images: false, context_window: 40_000, reasoning_efforts: [] },
          },
        },
        utility_model: 'team/best',
        virtual_keys: [
          { name: 'alice', value: 'env:ALICE_KEY' },
          { name: 'bob', value: 'vk-bob-0123456789abcdef', models: ['team/*'] },
        ],
      },
      { UPSTREAM_KEY: upstreamKey, ALICE_KEY: testKey },
    );
    codex = await setUpCodex({ program: program ?? '', origin: gateway.origin, model: 'team/best' });
  });

  afterAll(async () => {
    codex.remove();
    await gateway.stop();
    await vendors.stop();
  });

  async function catalogOf(each: ProfiledCodex): Promise<readonly JsonObject[]> {
    const run = await each.command('debug', 'models');
    expect(run).toMatchObject({ exitCode: 0, timedOut: false });
    return arrayAt(objectOf(run.stdout), 'models').map((model) => objectAt({ model }, 'model'));
  }

  it('shows our list of models as its own', async () => {
    const models = await catalogOf(codex);
    const served = await (
      await fetch(`${gateway.origin}/openai/v1/models?client_version=0.169.0`, {
        headers: { authorization: `Bearer ${testKey}` },
      })
    ).json();
    expect(models.map((model) => model['slug'])).toEqual(
      arrayAt(objectOf(JSON.stringify(served)), 'models').map((model) => textAt(model, 'slug')),
    );
    const named = (slug: string) => models.find((model) => model['slug'] === slug);
    expect(named('team/best')).toMatchObject({
      visibility: 'list',
      context_window: 136_000,
      use_responses_lite: false,
    });
    expect(named('dull')).toMatchObject({ input_modalities: ['text'], context_window: 40_000 });
    expect(named('codex-auto-review')).toMatchObject({ visibility: 'hide' });
    expect(named('deaf')).toBeUndefined();
  });

  it('shows another key only what that key may use', async () => {
    const options = { program: program ?? '', origin: gateway.origin, model: 'team/best' };
    const bob = await setUpCodex({ ...options, key: 'vk-bob-0123456789abcdef' });
    try {
      const slugs = (await catalogOf(bob)).map((model) => textAt(model, 'slug'));
      expect(slugs.slice(0, 2)).toEqual(['team/best', 'team/gpt-6.1-sol']);
      // Nothing else but the hidden models for which another one stands in.
      expect(slugs.filter((slug) => /claude-sonnet|qwen|gemini-3-pro|open-model/.test(slug))).toEqual([]);
    } finally {
      bob.remove();
    }
  });

  it('works a whole job with a helper, without one complaint, and each request is recorded as what it is', async () => {
    const before = (await gateway.records(0)).length;
    const run = await codex.exec('Please do the whole job.');
    expectGoodEnd(run);
    expect(readFileSync(join(codex.directory, 'a.txt'), 'utf8')).toBe('one\n');
    expect(readFileSync(join(codex.directory, 'b.txt'), 'utf8')).toBe('two\n');
    const records = (await gateway.records(before + 6)).slice(before);
    const thread = textAt(run.events[0], 'thread_id');
    const own = records.filter((record) => record.thread === thread);
    expect(own.map((record) => record.requestKind)).toEqual(own.map(() => 'turn'));
    expect(new Set(own.map((record) => record.turn)).size).toBe(1);
    const helper = records.filter((record) => record.thread !== thread);
    expect(helper).toMatchObject([{ requestKind: 'subagent', session: thread, parentThread: thread }]);
    expect(JSON.stringify(records)).not.toContain(codex.directory);
    expect(vendors.upstreams.claude.complaints.splice(0)).toEqual([]);
  });

  it('reviews with the model of its session, which is recorded as a review', async () => {
    const run = await codex.command('exec', 'review', '--skip-git-repo-check', '--json', 'Please say hello.');
    expect(run).toMatchObject({ exitCode: 0, timedOut: false });
    const asked = textAt(objectOf(run.stdout.split('\n')[0] ?? ''), 'thread_id');
    const records = await gateway.recordsOf('team/best', ({ requestKind }) => requestKind === 'review');
    expect(records).toMatchObject([{ session: asked, parentThread: asked, outcome: 'done' }]);
  });

  const everyVendor = vendorNames.map((vendor) => `${vendor}/${vendorEntries[vendor].model}`);

  it.each(['team/best', 'team/gpt-6.1-sol', 'dull', 'claude-sonnet-4-5', 'codex-auto-review', ...everyVendor])(
    'knows %s, and speaks the public form with it',
    async (model) => {
      const upstreams = Object.values(vendors.upstreams);
      const before = upstreams.map(({ requests }) => requests.length);
      expectGoodEnd(await codex.exec('Please say hello.', { model }));
      const seen = upstreams.flatMap(({ requests }, index) => requests.slice(before[index]));
      expect(seen).toHaveLength(1);
      expect(JSON.stringify(seen[0]?.body)).toContain('exec_command');
      expect(JSON.stringify(seen[0]?.body)).not.toContain('additional_tools');
    },
  );

  it('is told of a model without tools in plain words, once', async () => {
    const before = (await gateway.records(0)).length;
    const run = await codex.exec('Please say hello.', { model: 'deaf' });
    expect(run.exitCode).toBe(1);
    const failed = run.events.find((event) => event['type'] === 'turn.failed');
    expect(textAt(objectAt(failed, 'error'), 'message')).toMatch(
      /^The model "deaf" \(qwen\/qwen3-coder\) cannot use tools/,
    );
    const records = (await gateway.records(before + 1)).slice(before);
    expect(records.filter(({ requestKind }) => requestKind === 'turn')).toHaveLength(1);
  });

  /** What the doctor says of the gateway, in one word each. */
  async function diagnosis(patient: ProfiledCodex): Promise<object> {
    const run = await patient.command('doctor', '--json', '--network-only');
    const report = objectOf(run.stdout);
    const statusOf = (name: string) => objectAt(objectAt(report, 'checks'), `network.${name}_reachability`)['status'];
    return {
      code: run.exitCode,
      overall: report['overallStatus'],
      provider: statusOf('provider'),
      websocket: statusOf('websocket'),
    };
  }

  const healthy = { code: 0, overall: 'ok', provider: 'ok', websocket: 'ok' };

  it('finds nothing wrong when its doctor looks at the gateway', async () => {
    expect(await diagnosis(codex)).toEqual(healthy);
  });

  it('finds nothing wrong where the gateway offers no WebSocket, either', async () => {
    const { providers } = vendors;
    const keys = [{ name: 'alice', value: 'env:ALICE_KEY' }];
    const document = { server: { websocket: 'off' }, providers, virtual_keys: keys } as const;
    const quiet = await startGateway(document, { UPSTREAM_KEY: upstreamKey, ALICE_KEY: testKey });
    const patient = await setUpCodex({ program: program ?? '', origin: quiet.origin, model: 'claude-sonnet-4-5' });
    try {
      expect(await diagnosis(patient)).toEqual(healthy);
      expectGoodEnd(await patient.exec('Please say hello.'));
    } finally {
      patient.remove();
      await quiet.stop();
    }
  });

  it('tells a model whose provider cannot search the web that it must do without', async () => {
    // Only the models that Codex knows by itself search this way, so it must not read our list.
    const model = 'team/gpt-6.1-sol';
    const builtIn = prepareCodex({ program: program ?? '', origin: gateway.origin, door: 'built-in', model });
    try {
      const run = await builtIn.run('Please search the web.', { flags: ['-c', 'web_search="live"'] });
      expect(run.events.at(-1)).toMatchObject({ type: 'turn.completed' });
      const told = JSON.stringify(vendors.upstreams.qwen.requests.at(-1)?.body);
      expect(told).toContain('Web search is not available');
      const records = await gateway.recordsOf(model, ({ requestKind }) => requestKind === 'search');
      expect(records).toMatchObject([{ status: 404, outcome: 'failed', session: run.threadId, key: 'alice' }]);
    } finally {
      builtIn.remove();
    }
  });
});

function objectOf(text: string): JsonObject {
  return objectAt({ value: parseJson(text) ?? null }, 'value');
}

/** The turn ended well, and Codex had nothing to complain of on the way: no unknown model, no reconnection, no fallback. */
function expectGoodEnd(run: ProfiledRun): void {
  expect({ ...run, events: [] }).toMatchObject({ exitCode: 0, timedOut: false, strangers: [] });
  expect(run.events.at(-1)).toMatchObject({ type: 'turn.completed' });
  expect(run.events.filter((event) => JSON.stringify(event).includes('"error"'))).toEqual([]);
  expect(run.stderr).not.toMatch(/ERROR|Reconnecting|Falling back/);
}
