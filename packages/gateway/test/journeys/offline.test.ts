import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { directoryWith, originOf, type Running, startProgramIn } from './program.ts';

const guard = fileURLToPath(new URL('../kit/network-guard.cjs', import.meta.url));

/** A directory from which the program runs under watch. */
function openWatch(files: Readonly<Record<string, string>> = {}) {
  const directory = directoryWith(files);
  const log = join(directory, 'attempts');
  const environment = { NODE_OPTIONS: `--require=${guard}`, NETWORK_GUARD_LOG: log };
  return {
    /** What tried to leave the machine. */
    attempts: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    start: (...args: readonly string[]): Running => startProgramIn(environment, directory, ...args),
  };
}

const ask = (origin: string, key: string, model: string) =>
  fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  });

describe('the program without a network', () => {
  it('starts, answers, tells and is managed, and never tries to leave the machine', async () => {
    const { start, attempts } = openWatch();
    const gateway = start('serve', '--port', '0', '--data', 'data');
    const origin = await originOf(gateway);
    const run = (...args: readonly string[]) => start(...args, '--url', origin, '--data', 'data').ended;
    const { stdout, code } = await run('keys', 'create', '--name', 'laptop', '--json');
    expect(code).toBe(0);
    const { value }: { value: string } = JSON.parse(stdout);
    const commands = [['status'], ['records'], ['export'], ['route', 'explain', 'demo']];
    const ended = await Promise.all(commands.map((command) => run(...command)));
    expect(ended.map((each) => `${each.code} ${each.stderr}`)).toEqual(commands.map(() => '0 '));
    expect((await ask(origin, value, 'demo')).status).toBe(200);
    for (const path of ['/openai/v1/models', '/metrics', '/api/docs', '/api/openapi.json', '/ready', '/setup/codex'])
      expect([
        path,
        (await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${value}` } })).status,
      ]).toEqual([path, 200]);
    gateway.child.kill('SIGTERM');
    expect((await gateway.ended).code).toBe(0);
    expect(attempts()).toEqual([]);
  });

  it('does not look around when its configuration is checked, nor when it starts with a provider that is far away', async () => {
    const far =
      'virtual_keys: [{ name: one, value: tp-0123456789abcdef }]\nproviders: { openai: { keys: [{ value: sk-not-a-key }] } }\n';
    const { start, attempts } = openWatch({ 'turnpike.yaml': far });
    expect((await start('check').ended).code).toBe(0);
    const gateway = start('serve', '--port', '0', '--data', 'data');
    const origin = await originOf(gateway);
    expect(attempts()).toEqual([]);
    // The guard sees what there is to see: a request for the provider is such an attempt.
    expect((await ask(origin, 'tp-0123456789abcdef', 'gpt-5.5')).status).toBe(502);
    expect(new Set(attempts())).toEqual(new Set(['connect api.openai.com:443']));
  });
});
