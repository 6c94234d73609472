import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Conversation } from '../kit/conversation.ts';
import { type AgentPin, installedAgent } from '../kit/installed-agent.ts';
import { objectAt, textAt } from '../kit/json-access.ts';
import { playScenes, type Script, type ScriptedCall } from '../kit/model-script.ts';
import { type Tap, tapInto } from '../kit/tap.ts';
import { type CodexRun, type Door, prepareCodex } from './codex.ts';
import { type CodexHouse, modelName, startCodexHouse } from './codex-house.ts';
import { type VendorName, vendorNames } from './vendors-behind.ts';

const post = 'POST /openai/v1/responses';
const upgrade = 'GET /openai/v1/responses (upgrade)';
const patch = '*** Begin Patch\n*** Add File: b.txt\n+two\n*** End Patch\n';

/** The shell as this release declares it. */
function shell({ tools }: Conversation, cmd: string): ScriptedCall {
  if (tools.some(({ wireName }) => wireName === 'exec_command')) return { name: 'exec_command', input: { cmd } };
  return { name: 'shell', input: { command: ['bash', '-lc', cmd] } };
}

const writeFile: Script = (conversation) => ({
  thinking: 'First the shell.',
  text: 'I begin.',
  calls: [shell(conversation, 'echo one > a.txt')],
});
/** By the shell, which understands patches in every release. */
const patchFile: Script = (conversation) => ({
  thinking: 'Now the patch.',
  calls: [shell(conversation, `apply_patch <<'EOF'\n${patch}EOF`)],
});

const script = playScenes(
  { cue: 'the whole job', answers: [writeFile, patchFile, { text: 'All done.' }] },
  { cue: 'and more', answers: [{ text: 'Still here.' }] },
);

interface Session {
  readonly vendor: VendorName;
  readonly door: Door;
}

const overHttp = vendorNames.map((vendor): Session => ({ vendor, door: 'custom' }));
const overSocket = vendorNames.map((vendor): Session => ({ vendor, door: 'built-in' }));

describe.each<{ pin: AgentPin; sessions: readonly Session[]; wire: 'http' | 'websocket' }>([
  { pin: 'codex-oldest', sessions: overHttp, wire: 'http' },
  { pin: 'codex-oldest-websocket', sessions: overSocket, wire: 'websocket' },
])('$pin', ({ pin, sessions, wire }) => {
  const program = installedAgent(pin);

  describe.skipIf(!program)(`a session over ${wire}${program ? '' : ` (skipped: no ${pin})`}`, () => {
    let house: CodexHouse;
    let tap: Tap;

    beforeAll(async () => {
      house = await startCodexHouse(script);
      tap = await tapInto(house.gateway.origin);
    });

    afterAll(async () => {
      await tap.stop();
      await house.stop();
    });

    const prepare = (door: Door, model: string, key?: string) =>
      prepareCodex({ program: program ?? '', origin: tap.origin, door, model, ...(key === undefined ? {} : { key }) });

    it.each(sessions)('works with $vendor', async ({ vendor, door }) => {
      const before = (await house.gateway.records(0)).length;
      const asked = tap.requests.length;
      const codex = prepare(door, modelName('patching', vendor));
      try {
        const run = await codex.run('Please do the whole job.');
        expect(house.vendors.upstreams[vendor].complaints.splice(0)).toEqual([]);
        expect({ ...run, events: [], stdout: '', stderr: '' }).toMatchObject({ exitCode: 0, strangers: [] });
        expect(run.stdout).toContain('All done.');
        expect(readFileSync(join(codex.directory, 'a.txt'), 'utf8')).toBe('one\n');
        expect(readFileSync(join(codex.directory, 'b.txt'), 'utf8')).toBe('two\n');
        const lines = tap.requests.slice(asked).filter((line) => line.includes('/responses'));
        expect(lines).toEqual(wire === 'http' ? [post, post, post] : [upgrade]);
        const records = (await house.gateway.records(before + 3)).slice(before);
        for (const record of records) {
          expect(record).toMatchObject({ outcome: 'done', status: 200, wire, agent: 'codex', key: 'alice' });
        }
      } finally {
        codex.remove();
      }
    });

    // The very oldest can neither be resumed by a command nor end after a failure.
    if (pin === 'codex-oldest') return;
    describe('and beyond', () => {
      it('goes on in a later run', async () => {
        const before = (await house.gateway.records(0)).length;
        const codex = prepare('built-in', modelName('patching', 'claude'));
        try {
          const first = await codex.run('Please do the whole job.');
          const second = await codex.run('Please, and more.', { resume: first.threadId });
          expect([second.exitCode, second.threadId]).toEqual([0, first.threadId]);
          expect(second.stdout).toContain('Still here.');
          const records = (await house.gateway.records(before + 4)).slice(before);
          expect(records.map(({ session }) => session)).toEqual(Array.from({ length: 4 }, () => first.threadId));
        } finally {
          codex.remove();
        }
      });

      it.each<{ what: string; door: Door; model: string; key?: string; lines: readonly string[]; told: RegExp }>([
        {
          what: 'a wrong virtual key',
          door: 'custom',
          model: 'gpt-5.5-claude',
          key: 'vk-wrong',
          lines: [post],
          told: /^This virtual key is not known/,
        },
        {
          what: 'a wrong virtual key before its socket opens',
          door: 'built-in',
          model: 'gpt-5.5-claude',
          key: 'vk-wrong',
          lines: [upgrade, upgrade],
          told: /^This virtual key is not known/,
        },
        {
          what: 'an unknown model',
          door: 'custom',
          model: 'no-such-model',
          lines: [post],
          told: /^The model "no-such-model" is not known/,
        },
        {
          what: 'an unknown model over its socket',
          door: 'built-in',
          model: 'no-such-model',
          lines: [upgrade],
          told: /^The model "no-such-model" is not known/,
        },
      ])('is told of $what in plain words, once', async ({ door, model, key, lines, told }) => {
        const asked = tap.requests.length;
        const codex = prepare(door, model, key);
        try {
          const run = await codex.run('Please do the whole job.');
          expect(messageOf(run)).toMatch(told);
          expect(run.exitCode).toBe(1);
          expect(tap.requests.slice(asked).filter((line) => line.includes('/responses'))).toEqual(lines);
        } finally {
          codex.remove();
        }
      });
    });
  });
});

/** What Codex shows as the reason of a failed turn. */
function messageOf(run: CodexRun): string {
  const failed = run.events.find((event) => event['type'] === 'turn.failed');
  return textAt(objectAt(failed, 'error'), 'message');
}
