import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, everyone, openHouse } from '../journeys/house.ts';
import { type FaultProxy, startFaultProxy } from '../kit/fault-proxy.ts';
import { testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import type { Script } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { createWorkplace } from './agent.ts';
import { farewell, files as filesOfClaude, promptIn, sessionScript } from './agent-session.ts';
import { claudeCode } from './claude-code.ts';
import { itemsOf, prepareCodex } from './codex.ts';
import { files as filesOfCodex, prompt, session } from './fault-session.ts';

/** How long the slow one takes, and how long anybody waits before another one is asked beside it. */
const slowMs = 1_500;
const hedgeAfterMs = 250;

const price = { price: { input: 1, output: 10 } };
const slow = { damage: { kind: 'delay', delayMs: slowMs } } as const;
/** Either may be the quicker one. */
const fickle = { ...slow, share: 0.5 };

interface Setting {
  readonly model: string;
  readonly house: House;
  readonly proxy: FaultProxy;
  readonly quick: ScriptedUpstream;
  stop(): Promise<void>;
}

/** Two vendors of different dialects behind one name, the first of them slow to begin, and a budget over both. */
async function openSetting(model: string, script: Script): Promise<Setting> {
  const first = await startUpstream({ dialect: 'responses', script, name: 'first' });
  const quick = await startUpstream({ dialect: 'messages', script, name: 'quick' });
  const proxy = await startFaultProxy({ target: first });
  const keys = [{ value: 'sk-upstream-0123456789' }];
  const models = { m: { ...price, context_window: 400_000, max_output_tokens: 64_000 } };
  const house = await openHouse({
    providers: {
      first: { kind: 'openai', base_url: proxy.baseUrl, keys, models },
      quick: { kind: 'anthropic', base_url: quick.baseUrl, keys, models },
    },
    models: { [model]: { targets: ['first/m'], fallbacks: ['quick/m'] } },
    failover: { hedge_after_ms: hedgeAfterMs },
    virtual_keys: [everyone],
    budgets: [{ id: 'all', scope: { key: everyone.name }, dollars: 1000, every: 'total' }],
  });
  return {
    model,
    house,
    proxy,
    quick,
    async stop() {
      await house.stop();
      await Promise.all([proxy.stop(), first.stop(), quick.stop()]);
    },
  };
}

/** Nothing is running, held or counted twice, and every answer was one deployment's. */
async function expectTidiness({ house, model }: Setting): Promise<void> {
  const records = house.records.filter(({ modelAsked }) => modelAsked === model);
  for (const { outcome, attempts, provider } of records) {
    expect(outcome).toBe('done');
    const answering = attempts.filter(({ outpaced }) => outpaced !== true);
    expect(answering.map((attempt) => attempt.provider)).toEqual([provider]);
  }
  expect(records.flatMap(({ attempts }) => attempts).some(({ hedge }) => hedge === true)).toBe(true);
  const metrics = await (await fetch(`${house.origin}/metrics`)).text();
  const running = [...metrics.matchAll(/^turnpike_deployment_in_flight\{.*\} (\d+)$/gm)].map(([, count]) => count);
  expect(new Set(running)).toEqual(new Set(['0']));
  const usage = await fetch(`${house.origin}/v1/usage`, { headers: { authorization: `Bearer ${testKey}` } });
  expect(await usage.json()).toMatchObject({ limits: [{ held: '0.0000' }] });
}

const codex = installedAgent('codex');
const claude = installedAgent('claude-code');

describe.skipIf(!codex)(`a real Codex behind hedges${codex ? '' : ' (skipped: no Codex)'}`, () => {
  let setting: Setting;
  beforeAll(async () => {
    setting = await openSetting('gpt-5.5-raced', session);
  });
  afterAll(() => setting.stop());

  it.each([
    ['slow', 'HTTP', slow],
    ['slow', 'WebSocket', slow],
    ['fickle', 'HTTP', fickle],
    ['fickle', 'WebSocket', fickle],
  ])('does its work once where the first provider is %s, over %s', async (_, wire, fault) => {
    const { house, proxy, model } = setting;
    await proxy.set(fault);
    const before = house.records.length;
    const websockets = wire === 'WebSocket';
    const codexRun = prepareCodex({ program: codex ?? '', origin: house.origin, door: 'custom', model, websockets });
    try {
      const run = await codexRun.run(prompt);
      expect({ ...run, events: [] }).toMatchObject({ exitCode: 0, timedOut: false, strangers: [] });
      expect(itemsOf(run, 'command_execution')).toMatchObject([{ exit_code: 0, status: 'completed' }]);
      expect(itemsOf(run, 'agent_message').at(-1)).toMatchObject({ text: 'All done.' });
      for (const [file, content] of Object.entries(filesOfCodex))
        expect(readFileSync(join(codexRun.directory, file), 'utf8')).toBe(content);
    } finally {
      codexRun.remove();
    }
    expect(house.records.slice(before).filter(({ modelAsked }) => modelAsked === model)).toHaveLength(3);
    await expectTidiness(setting);
  });
});

describe.skipIf(!claude)(`a real Claude Code behind hedges${claude ? '' : ' (skipped: no Claude Code)'}`, () => {
  let setting: Setting;
  beforeAll(async () => {
    setting = await openSetting('claude-sonnet-4-5', sessionScript(claudeCode.tools));
  });
  afterAll(() => setting.stop());

  it.each([
    ['slow', slow],
    ['fickle', fickle],
  ])('does its work once where the first provider is %s', async (_, fault) => {
    const { house, proxy, quick, model } = setting;
    await proxy.set(fault);
    const place = createWorkplace();
    try {
      const task = { origin: house.origin, key: testKey, model, prompt: promptIn(place.directory) };
      const done = await place.run(claudeCode, claude ?? '', task);
      expect(quick.complaints.splice(0)).toEqual([]);
      expect(claudeCode.said(done)).toBe(farewell);
      for (const [file, content] of Object.entries(filesOfClaude))
        expect(readFileSync(join(place.directory, file), 'utf8')).toBe(content);
    } finally {
      place.remove();
    }
    await expectTidiness(setting);
  });
});
