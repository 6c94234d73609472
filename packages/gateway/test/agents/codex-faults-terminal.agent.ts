import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedAgent } from '../kit/installed-agent.ts';
import { type WireFaultName, wireFaults } from '../kit/wire-faults.ts';
import { hasTerminals, openCodex } from './codex-terminal.ts';
import { type FaultCase, type FaultHouse, modelOf, startFaultHouse } from './fault-house.ts';
import { cuts, files, patience, prompt, session } from './fault-session.ts';

const program = installedAgent('codex');
const terminalCuts = ['inside-a-thought', 'inside-a-text', 'inside-a-call', 'behind-a-call'];
const terminalFaults: readonly WireFaultName[] = ['overloaded-529', 'reset-at-start', 'stall-midway', 'error-midway'];

const missing = program ? (hasTerminals ? undefined : 'no tmux') : 'no Codex';

describe.skipIf(missing).each(['HTTP', 'WebSocket'] as const)(
  `a real Codex in a terminal over %s, and a provider that fails${missing ? ` (skipped: ${missing})` : ''}`,
  (wire) => {
    const cases = [
      ...terminalFaults.map((fault) => ({ name: fault, fault: wireFaults[fault] })),
      ...terminalCuts.flatMap((cut) => {
        const at = cuts[cut]?.express;
        return at === undefined ? [] : [{ name: cut, fault: { damage: { kind: 'reset' as const, at } } }];
      }),
    ].map((each): FaultCase => ({ ...each, lane: 'express' }));
    let house: FaultHouse;

    beforeAll(async () => {
      house = await startFaultHouse(session, cases, {
        server: { ...patience, websocket: wire === 'WebSocket' ? 'on' : 'off' },
      });
    });

    afterAll(() => house.stop());

    it.concurrent.each(cases)('shows nothing of $name', async ({ name }) => {
      const terminal = await openCodex({
        program: program ?? '',
        origin: house.gateway.origin,
        model: modelOf(name),
      });
      try {
        await terminal.say(prompt);
        const screen = await terminal.screenWith(/All done\.|Reconnecting|■|disconnected/);
        expect(screen).toMatch(/All done\./);
        expect(screen).not.toMatch(/Reconnecting|■|disconnected/);
        for (const [file, content] of Object.entries(files)) {
          expect(readFileSync(join(terminal.directory, file), 'utf8')).toBe(content);
        }
      } finally {
        await terminal.close();
      }
    });
  },
);
