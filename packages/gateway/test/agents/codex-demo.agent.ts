import { describe, expect, it, vi } from 'vitest';
import { startGateway } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { itemsOf, prepareCodex } from './codex.ts';
import { modelPrefix, type Shape, shapes } from './codex-session.ts';

const program = installedAgent('codex');

describe.skipIf(!program)(
  `a real Codex and a gateway that nobody configured${program ? '' : ' (skipped: no Codex)'}`,
  () => {
    it.each<Shape>(shapes)('work a whole session with the demo model in the %s shape', async (shape) => {
      const gateway = await startGateway(undefined);
      const key = await vi.waitFor(() => printedKey(gateway.output().stdout));
      const codex = prepareCodex({
        program: program ?? '',
        origin: gateway.origin,
        door: 'custom',
        model: modelPrefix[shape],
        key,
      });
      try {
        const run = await codex.run('hello');
        expect({ code: run.exitCode, end: run.events.at(-1)?.['type'], strangers: run.strangers }).toEqual({
          code: 0,
          end: 'turn.completed',
          strangers: [],
        });
        expect(itemsOf(run, 'command_execution')).toMatchObject([{ exit_code: 0, status: 'completed' }]);
        expect(JSON.stringify(itemsOf(run, 'agent_message').at(-1))).toMatch(/demo/i);
      } finally {
        codex.remove();
        await gateway.stop();
      }
    });
  },
);

/** The virtual key as a person reads it off the terminal, once it is there. */
function printedKey(stdout: string): string {
  const key = /Virtual key\s+(\S+)/.exec(stdout)?.[1];
  if (key === undefined) throw new Error(`no key was printed\n${stdout}`);
  return key;
}
