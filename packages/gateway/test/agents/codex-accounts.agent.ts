import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../kit/fault-proxy.ts';
import { type Document, type GatewayProcess, startGateway, testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { type SocketUpstream, startSocketUpstream } from '../kit/socket-upstream.ts';
import type { WireFault } from '../kit/wire-faults.ts';
import { itemsOf, prepareCodex } from './codex.ts';
import { files, patience, prompt, session } from './fault-session.ts';

const program = installedAgent('codex');

/** The first account breaks when the session has thoughts of its making. */
const faults: Readonly<Record<string, WireFault>> = {
  'between-answers': { damage: { kind: 'status', status: 503 }, skip: 1 },
  'inside-a-text': { damage: { kind: 'reset', at: { behind: 'response.output_text.delta', times: 3 } }, skip: 1 },
  'behind-a-thought': { damage: { kind: 'reset', at: { behind: '"type":"response.output_item.done"' } } },
};

const cases = Object.keys(faults).flatMap((fault) =>
  (['HTTP', 'WebSocket'] as const).map((wire) => ({ fault, wire, name: `${fault}-${wire.toLowerCase()}` })),
);

const modelOf = (name: string) => `gpt-5.5-${name}`;

describe.skipIf(!program)(
  `a real Codex between two accounts of OpenAI’s${program ? '' : ' (skipped: no Codex)'}`,
  () => {
    const proxies: FaultProxy[] = [];
    let openai: SocketUpstream;
    let gateway: GatewayProcess;

    beforeAll(async () => {
      openai = await startSocketUpstream(session, { accountOf: (key) => key });
      const providers: NonNullable<Document['providers']> = {};
      const models: NonNullable<Document['models']> = {};
      for (const { name, fault } of cases) {
        const proxy = await startFaultProxy({ target: { ...openai, dialect: 'responses' } });
        await proxy.set(faults[fault]);
        proxies.push(proxy);
        const openAi = (account: string, base_url: string, websocket: 'on' | 'off') => ({
          kind: 'openai',
          base_url,
          keys: [{ value: `sk-${account}-${name}` }],
          websocket,
        });
        // The proxy passes no upgrades.
        providers[`first-${name}`] = openAi('first', proxy.baseUrl, 'off');
        providers[`second-${name}`] = openAi('second', openai.baseUrl, 'on');
        models[modelOf(name)] = { targets: [`first-${name}/m`, `second-${name}/m`] };
      }
      gateway = await startGateway(
        { server: patience, providers, models, virtual_keys: [{ name: 'alice', value: 'env:ALICE_KEY' }] },
        { ALICE_KEY: testKey },
      );
    });

    afterAll(async () => {
      await gateway.stop();
      await Promise.all(proxies.map((proxy) => proxy.stop()));
      await openai.stop();
    });

    it.concurrent.each(cases)('$name: works on, and shows nothing', async ({ name, wire }) => {
      const model = modelOf(name);
      const websockets = wire === 'WebSocket';
      const codex = prepareCodex({ program: program ?? '', origin: gateway.origin, door: 'custom', model, websockets });
      try {
        const run = await codex.run(prompt);
        expect({ ...run, events: [] }).toMatchObject({ exitCode: 0, timedOut: false, strangers: [] });
        expect(run.events.filter(({ type }) => type === 'error')).toEqual([]);
        expect(run.stdout + run.stderr).not.toMatch(/Reconnecting|Falling back|disconnected|encrypted/);
        expect(itemsOf(run, 'agent_message').at(-1)).toMatchObject({ text: 'All done.' });
        for (const [file, content] of Object.entries(files)) {
          expect(readFileSync(join(codex.directory, file), 'utf8')).toBe(content);
        }
      } finally {
        codex.remove();
      }
      const records = await gateway.recordsOf(model, undefined, 3);
      const attempts = records.flatMap((record) => record.attempts);
      const refused = attempts.filter(({ failure }) => failure?.code === 'upstream-seal-refused');
      // Once, and not at every further step.
      expect(refused.map(({ provider }) => provider)).toEqual([`second-${name}`]);
      expect(records.map(({ outcome, provider }) => [outcome, provider]).at(-1)).toEqual(['done', `second-${name}`]);
    });

    it('is all that OpenAI complains of', () => {
      const others = openai.model.complaints.filter((text) => !text.includes('organization_id did not match'));
      expect(others).toEqual([]);
    });
  },
);
