import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExchangeRecord, UsageRecord } from '@turnpike/contract/exchange-record';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textAt } from '../kit/json-access.ts';
import { testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import type { SeenRequest } from '../kit/scripted-upstream.ts';
import { type CodexRun, type Door, itemsOf, prepareCodex } from './codex.ts';
import { type CodexHouse, modelName, startCodexHouse } from './codex-house.ts';
import { files, prompt, sessionScript, type Shape, shapes } from './codex-session.ts';
import { upstreamKey, vendorEntries, type VendorName, vendorNames } from './vendors-behind.ts';

const program = installedAgent('codex');
const doors: readonly Door[] = ['custom', 'built-in'];

describe.skipIf(!program)(`a real Codex session${program ? '' : ' (skipped: no Codex)'}`, () => {
  let house: CodexHouse;

  beforeAll(async () => {
    house = await startCodexHouse(sessionScript);
  });

  afterAll(() => house.stop());

  describe.each(vendorNames)('with %s', (vendor) => {
    describe.each(shapes)('in the %s shape', (shape) => {
      it.each(doors)('works through the %s provider', async (door) => {
        const { gateway } = house;
        const upstream = house.vendors.upstreams[vendor];
        const requestsBefore = upstream.requests.length;
        const owedBefore = upstream.seals().owed.length;
        const recordsBefore = (await gateway.records(0)).length;
        const codex = prepareCodex({
          program: program ?? '',
          origin: gateway.origin,
          door,
          model: modelName(shape, vendor),
        });
        try {
          const run = await codex.run(prompt);
          expect(upstream.complaints.splice(0)).toEqual([]);
          expectGoodEnd(run, shape);
          for (const [name, content] of Object.entries(files)) {
            expect(readFileSync(join(codex.directory, name), 'utf8')).toBe(content);
          }
          const requests = upstream.requests.slice(requestsBefore);
          const records = (await gateway.records(recordsBefore + requests.length)).slice(recordsBefore);
          expectHonestRecords(run, records, requests.length);
          expectSealsBack(vendor, upstream.seals().owed.slice(owedBefore), upstream.seals().returned);
          expectNothingLeaked(vendor, requests, codex.directory);
          expectCacheableHistory(vendor, requests);
        } finally {
          codex.remove();
        }
      });
    });
  });
});

function expectGoodEnd(run: CodexRun, shape: Shape): void {
  expect({ ...run, events: [] }).toMatchObject({ exitCode: 0, timedOut: false, strangers: [] });
  expect(run.events.at(-1)).toMatchObject({ type: 'turn.completed' });
  // Codex complains of names it does not know by itself, whoever serves them.
  const errors = itemsOf(run, 'error').filter((item) => !/Model metadata for/.test(textAt(item, 'message')));
  expect(errors).toEqual([]);
  const commands = itemsOf(run, 'command_execution').map((item) => item['exit_code']);
  expect(commands).toEqual(shape === 'lite' ? [0] : [0, 0]);
  expect(itemsOf(run, 'file_change')).toMatchObject([{ status: 'completed' }]);
  expect(itemsOf(run, 'agent_message').at(-1)).toMatchObject({ text: 'All done: été 🙂.' });
  const helpers = itemsOf(run, 'collab_tool_call').map((item) => [item['tool'], item['status']]);
  const all = [
    ['spawn_agent', 'completed'],
    ['wait', 'completed'],
    ['close_agent', 'completed'],
  ];
  expect(helpers).toEqual(shape === 'lite' ? [] : all);
  expect(run.stderr).not.toMatch(/Falling back|Reconnecting|rerouted/);
}

/** Codex shows the sum of the turn's answers in its own thread; sub-agents count for themselves. */
function expectHonestRecords(run: CodexRun, records: readonly ExchangeRecord[], requests: number): void {
  expect(records).toHaveLength(requests);
  for (const record of records) {
    expect(record).toMatchObject({ outcome: 'done', status: 200, key: 'alice', agent: 'codex', session: run.threadId });
    expect(record.losses.filter((loss) => loss.weight === 'meaning')).toEqual([]);
  }
  const own = records.filter((record) => record.thread === run.threadId).map((record) => record.usage);
  const sum = (field: keyof UsageRecord) => own.reduce((total, usage) => total + Number(usage?.[field] ?? 0), 0);
  expect(run.usage).toMatchObject({
    input_tokens: sum('inputTokens'),
    cached_input_tokens: sum('cachedInputTokens'),
    output_tokens: sum('outputTokens'),
    reasoning_output_tokens: sum('reasoningTokens'),
  });
  expect(sum('outputTokens')).toBeGreaterThan(0);
}

/** That they are unchanged is checked by the vendor; here, that they were given out and came back at all. */
function expectSealsBack(vendor: VendorName, owed: readonly string[], returned: readonly string[]): void {
  const hasSeals = vendor !== 'qwen' && vendor !== 'cohere';
  expect({ vendor, sealed: owed.length > 0 }).toEqual({ vendor, sealed: hasSeals });
  expect(owed.filter((seal) => !returned.includes(seal))).toEqual([]);
}

function expectNothingLeaked(vendor: VendorName, requests: readonly SeenRequest[], directory: string): void {
  for (const { headers, body } of requests) {
    const told = JSON.stringify({ headers, body });
    expect(told).not.toContain(testKey);
    expect(JSON.stringify(headers)).toContain(upstreamKey);
    if (!vendorEntries[vendor].foreign) continue;
    expect(JSON.stringify(headers)).not.toContain(directory);
    expect(
      Object.keys(headers).filter((name) => /^(x-codex|session-id|thread-id|originator|x-openai)/.test(name)),
    ).toEqual([]);
    expect(told).not.toMatch(/client_metadata|x-codex-|metadata_passthrough|installation_id/);
  }
}

/** Prompt caches hold only while every request begins as the one before it did, byte for byte. */
function expectCacheableHistory(vendor: VendorName, requests: readonly SeenRequest[]): void {
  const own = requests.filter(({ conversation }) =>
    conversation.turns.some((turn) => turn.type === 'user' && turn.text.includes(prompt)),
  );
  expect(own.length).toBeGreaterThan(3);
  for (const [at, { conversation, body }] of own.entries()) {
    const before = own[at - 1];
    const marked = JSON.stringify(body).includes('"cache_control"');
    expect({ vendor, marked }).toEqual({ vendor, marked: vendor === 'claude' });
    if (!before) continue;
    expect(conversation.turns.slice(0, before.conversation.turns.length)).toEqual(before.conversation.turns);
    expect(conversation.tools.slice(0, before.conversation.tools.length)).toEqual(before.conversation.tools);
    expect(JSON.stringify(body['system'] ?? body['systemInstruction'])).toBe(
      JSON.stringify(before.body['system'] ?? before.body['systemInstruction']),
    );
  }
}
