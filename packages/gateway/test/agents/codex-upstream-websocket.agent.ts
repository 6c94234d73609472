import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayProcess, startGateway, testKey } from '../kit/gateway-process.ts';
import { installedAgent } from '../kit/installed-agent.ts';
import { playScenes } from '../kit/model-script.ts';
import { type SocketUpstream, startSocketUpstream } from '../kit/socket-upstream.ts';
import { itemsOf, prepareCodex } from './codex.ts';

const program = installedAgent('codex');
const patch = '*** Begin Patch\n*** Add File: b.txt\n+two\n*** End Patch\n';

describe.skipIf(!program)(`a real Codex with sockets on both sides${program ? '' : ' (skipped: no Codex)'}`, () => {
  let upstream: SocketUpstream;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    upstream = await startSocketUpstream(
      playScenes({
        cue: 'the whole job',
        answers: [
          { text: 'I begin.', calls: [{ name: 'exec_command', input: { cmd: 'echo one > a.txt' } }] },
          { thinking: 'Now the file.', calls: [{ name: 'apply_patch', input: patch }] },
          { text: 'All done.' },
        ],
      }),
    );
    const openai = {
      base_url: upstream.baseUrl,
      keys: [{ value: 'sk-upstream-0123456789' }],
      websocket: 'on' as const,
    };
    gateway = await startGateway(
      { providers: { openai }, virtual_keys: [{ name: 'alice', value: 'env:ALICE_KEY' }] },
      { ALICE_KEY: testKey },
    );
  });

  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  it('does its job, and the provider gets each item once', async () => {
    const model = 'gpt-5.5';
    const codex = prepareCodex({
      program: program ?? '',
      origin: gateway.origin,
      door: 'built-in',
      model,
      websockets: true,
    });
    try {
      const run = await codex.run('Please do the whole job.');
      expect({ ...run, events: [] }).toMatchObject({ exitCode: 0, timedOut: false, strangers: [] });
      expect(itemsOf(run, 'agent_message').map((item) => item['text'])).toEqual(['I begin.', 'All done.']);
      expect(readFileSync(join(codex.directory, 'a.txt'), 'utf8')).toBe('one\n');
      expect(readFileSync(join(codex.directory, 'b.txt'), 'utf8')).toBe('two\n');
    } finally {
      codex.remove();
    }
    expect(upstream.model.complaints).toEqual([]);
    expect(upstream).toMatchObject({ posts: 0, knocks: 1 });
    expect(upstream.messages.map((message) => 'previous_response_id' in message)).toEqual([false, true, true]);
    for (const record of await gateway.records(3)) {
      expect(record).toMatchObject({ outcome: 'done', wire: 'websocket', lane: 'express', provider: 'openai' });
    }
  });
});
