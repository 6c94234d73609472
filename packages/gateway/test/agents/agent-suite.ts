import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExchangeRecord, UsageRecord } from '@turnpike/contract/exchange-record';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import type { AgentRun } from '../kit/run-agent.ts';
import type { ScriptedUpstream, SeenRequest } from '../kit/scripted-upstream.ts';
import { tapInto } from '../kit/tap.ts';
import { createWorkplace, type Task, type TestedAgent } from './agent.ts';
import { type AgentHouse, modelAt, narrowKey, startAgentHouse } from './agent-house.ts';
import { farewell, files, promptIn, sessionScript } from './agent-session.ts';
import { upstreamKey, vendorEntries, type VendorName } from './vendors-behind.ts';

/** One of each dialect that agents speak themselves, whose models every agent takes for strangers or its own. */
const nearVendors: readonly VendorName[] = ['claude', 'gemini', 'qwen', 'elsewhere'];
/** And of those that only providers speak. */
const vendors: readonly VendorName[] = [...nearVendors, 'cohere', 'bedrock'];

/** A whole session of a real agent with each provider dialect, and what its user reads when it is refused. */
export function testAgent(agent: TestedAgent): void {
  const program = installedAgent(agent.pin);
  describe.skipIf(!program)(`a real ${agent.title}${program ? '' : ` (skipped: no ${agent.title})`}`, () => {
    let house: AgentHouse;

    beforeAll(async () => {
      house = await startAgentHouse(sessionScript(agent.tools));
    });

    afterAll(() => house.stop());

    async function run(task: Partial<Task> & Pick<Task, 'model'>): Promise<AgentRun> {
      const place = createWorkplace();
      try {
        const prompt = promptIn(place.directory);
        const done = await place.run(agent, program ?? '', {
          origin: house.gateway.origin,
          key: testKey,
          prompt,
          ...task,
        });
        if (done.exitCode === 0) expectFiles(place.directory);
        return done;
      } finally {
        place.remove();
      }
    }

    it.each(agent.slow ? nearVendors : vendors)('finishes a session with tools at %s', async (vendor) => {
      const { gateway, vendors: behind } = house;
      const upstream = behind.upstreams[vendor];
      const requestsBefore = upstream.requests.length;
      const owedBefore = upstream.seals().owed.length;
      const recordsBefore = (await gateway.records(0)).length;
      const done = await run({ model: modelAt(vendor) });
      expect(upstream.complaints.splice(0)).toEqual([]);
      expect(done).toMatchObject({ exitCode: 0, timedOut: false, strangers: [] });
      expect(agent.said(done)).toBe(farewell);
      const requests = upstream.requests.slice(requestsBefore);
      const records = (await gateway.records(recordsBefore + requests.length)).slice(recordsBefore);
      expectHonestRecords(agent, vendor, records, requests);
      expect(agent.tokens?.(done)).toEqual(agent.tokens && tokensOf(records));
      expectSealsBack(agent, upstream, owedBefore);
      expectNothingLeaked(requests);
    });

    const unknown = 'The model "nowhere/model" is not known here.';
    it.each([
      ['a model that nobody serves', { model: 'nowhere/model' }, unknown],
      [
        'a model that its key may not use',
        { model: modelAt('claude'), key: narrowKey },
        'may not use "claude/claude-sonnet-4-5"',
      ],
      ['a wrong key', { model: modelAt('claude'), key: 'vk-wrong' }, 'virtual key'],
    ])('tells its user of %s in the gateway’s own words, and asks only once', async (_, task, words) => {
      const tap = await tapInto(house.gateway.origin);
      try {
        const done = await run({ ...task, origin: tap.origin });
        expect(done.timedOut).toBe(false);
        expect(done.exitCode).not.toBe(0);
        // Some print the whole error answer, as JSON inside JSON.
        expect((done.stdout + done.stderr).replaceAll('\\', '')).toContain(words);
        const { opening = 1, strays = 0 } = agent;
        const asked = tap.requests.filter((line) => line.startsWith('POST')).length;
        expect(asked).toBeGreaterThanOrEqual(opening);
        expect(asked).toBeLessThanOrEqual(opening + strays);
      } finally {
        await tap.stop();
      }
    });
  });
}

function expectFiles(directory: string): void {
  for (const [name, content] of Object.entries(files)) {
    expect(readFileSync(join(directory, name), 'utf8')).toBe(content);
  }
}

function expectHonestRecords(
  agent: TestedAgent,
  vendor: VendorName,
  records: readonly ExchangeRecord[],
  requests: readonly SeenRequest[],
): void {
  for (const record of records) {
    expect(record).toMatchObject({
      outcome: 'done',
      status: 200,
      key: 'alice',
      agent: agent.name,
      dialect: agent.dialect,
    });
    expect(record.losses.filter((loss) => loss.weight === 'meaning')).toEqual([]);
  }
  const own = records.filter(({ provider }) => provider === vendor);
  const lane = vendorEntries[vendor].dialect === agent.dialect ? 'express' : 'translate';
  expect(own.map((record) => record.lane)).toEqual(requests.map(() => lane));
  const told = requests.flatMap(({ reply }) => (reply ? [reply.usage] : []));
  const output = told.reduce((total, usage) => total + usage.output, 0);
  const input = told.reduce((total, usage) => total + usage.input, 0);
  expect(tokensOf(own)).toEqual({ input, output });
  expect(output).toBeGreaterThan(0);
}

function tokensOf(records: readonly ExchangeRecord[]): { input: number; output: number } {
  const sum = (field: keyof UsageRecord) =>
    records.reduce((total, { usage }) => total + Number(usage?.[field] ?? 0), 0);
  return { input: sum('inputTokens'), output: sum('outputTokens') };
}

/** That they are unchanged is checked by the vendor; here, that they came back at all, from agents whose dialect has a place for them. */
function expectSealsBack(agent: TestedAgent, upstream: ScriptedUpstream, before: number): void {
  if (agent.dialect === 'chat') return;
  const { owed, returned } = upstream.seals();
  expect(owed.slice(before).filter((seal) => !returned.includes(seal))).toEqual([]);
}

function expectNothingLeaked(requests: readonly SeenRequest[]): void {
  for (const { headers, body } of requests) {
    expect(JSON.stringify({ headers, body })).not.toContain(testKey);
    expect(JSON.stringify(headers)).toContain(upstreamKey);
    const own = /^(x-claude-code|x-session|x-stainless|x-app|x-goog-api-client|originator)/;
    expect(Object.keys(headers).filter((name) => own.test(name))).toEqual([]);
  }
}
