import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handOverOf, isCompaction, secretIn } from '../kit/compacting-script.ts';
import type { Conversation } from '../kit/conversation.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { textAt } from '../kit/json-access.ts';
import type { Answer, Script } from '../kit/model-script.ts';
import { type CodexRun, type Door, itemsOf, prepareCodex } from './codex.ts';
import { type CodexHouse, modelName, startCodexHouse } from './codex-house.ts';
import { type VendorName, vendorNames } from './vendors-behind.ts';

const program = installedAgent('codex');

/** The last words of what Codex asks a model of a provider that it takes for nobody's but its own. */
const codexsOwnWish = 'You are performing a CONTEXT CHECKPOINT COMPACTION';

const run = (cmd: string): Answer => ({ calls: [{ name: 'exec_command', input: { cmd } }] });
/** More than the session may hold. */
const tooMuch = { usage: { input: 50_000 } };
const little = { usage: { input: 500, output: 10, reasoning: 0 } };

/** How often the history was cut, as the hand-over tells. */
function cutsIn({ turns }: Conversation): number {
  const told = turns.flatMap((turn) => ('text' in turn ? [turn.text] : [])).join('\n');
  return Math.max(0, ...[...told.matchAll(/Cut (\d)\./g)].map(([, count]) => Number(count)));
}

/** Finds out a fact, works on until the history is cut, twice, and only then needs the fact. */
const script: Script = (conversation) => {
  const cuts = cutsIn(conversation);
  const last = conversation.turns.at(-1);
  const codexAsks = last?.type === 'user' && last.text.includes(codexsOwnWish);
  if (codexAsks || isCompaction(conversation)) {
    const { text, compaction } = handOverOf(conversation);
    const count = `Cut ${cuts + 1}.`;
    return { ...little, ...(text ? { text: `${text} ${count}` } : { compaction: `${compaction} ${count}` }) };
  }
  const results = conversation.turns.filter((turn) => turn.type === 'result').length;
  if (cuts === 0) return results === 0 ? { ...run('echo "The secret is plum."'), ...little } : first;
  if (cuts === 1) return { ...run('echo two > b.txt'), ...tooMuch };
  if (results === 0) return { ...run(`echo ${secretIn(conversation)} > c.txt`), ...little };
  return { text: `The secret was ${secretIn(conversation)}.`, ...little };
};
const first: Answer = { ...run('echo one > a.txt'), ...tooMuch };

const files = { 'a.txt': 'one\n', 'b.txt': 'two\n', 'c.txt': 'plum\n' };

describe.skipIf(!program)(`a Codex session that outgrows its model${program ? '' : ' (skipped: no Codex)'}`, () => {
  describe.each(['websocket', 'http'] as const)('over %s', (wire) => {
    let house: CodexHouse;

    beforeAll(async () => {
      house = await startCodexHouse(script, { websocket: wire === 'websocket' ? 'on' : 'off' });
    });

    afterAll(() => house.stop());

    async function work(vendor: VendorName, door: Door) {
      const before = (await house.gateway.records(0)).length;
      const codex = prepareCodex({
        program: program ?? '',
        origin: house.gateway.origin,
        door,
        model: modelName('patching', vendor),
        websockets: wire === 'websocket',
      });
      try {
        const done = await codex.run('Please do the whole job.', {
          flags: ['-c', 'model_auto_compact_token_limit=20000'],
        });
        expect(house.vendors.upstreams[vendor].complaints.splice(0)).toEqual([]);
        expectGoodEnd(done);
        for (const [name, content] of Object.entries(files)) {
          expect(readFileSync(join(codex.directory, name), 'utf8')).toBe(content);
        }
        const records = (await house.gateway.records(before + 7)).slice(before);
        for (const record of records) expect(record).toMatchObject({ outcome: 'done', wire, session: done.threadId });
        const requests = house.vendors.upstreams[vendor].requests.slice(-7);
        return { records, told: JSON.stringify(requests.map((request) => request.body)) };
      } finally {
        codex.remove();
      }
    }

    it.each(vendorNames)('is compacted twice and goes on with what it knew (%s)', async (vendor) => {
      const { records, told } = await work(vendor, 'built-in');
      const compactions = records.filter((record) => record.requestKind === 'compaction');
      expect(records).toHaveLength(7);
      expect(compactions.map((record) => record.lane)).toEqual(
        vendor === 'openai' ? ['express', 'express'] : ['translate', 'translate'],
      );
      for (const { usage } of compactions) expect(usage).toMatchObject({ inputTokens: 500, outputTokens: 10 });
      expect(told).not.toContain('~tp');
      expect(told.includes('compaction_trigger')).toBe(vendor === 'openai');
    });

    it('compacts by itself at a provider of its own', async () => {
      const { records } = await work('claude', 'custom');
      expect(records.filter((record) => record.requestKind === 'compaction')).toHaveLength(2);
    });
  });
});

function expectGoodEnd(run: CodexRun): void {
  expect({ ...run, events: [] }).toMatchObject({ exitCode: 0, timedOut: false, strangers: [] });
  expect(run.events.at(-1)).toMatchObject({ type: 'turn.completed' });
  const errors = itemsOf(run, 'error').filter(
    (item) => !/Model metadata for|^Heads up: Long threads/.test(textAt(item, 'message')),
  );
  expect(errors).toEqual([]);
  expect(itemsOf(run, 'agent_message').at(-1)).toMatchObject({ text: 'The secret was plum.' });
}
