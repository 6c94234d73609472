import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configurationParts, temporaryDirectory } from '../../test/kit/configuration.ts';
import { checkConfig } from './check-config.ts';

async function check(text: string, env: Record<string, string> = {}) {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'turnpike.yaml'), text);
  const result = await checkConfig(configurationParts({ cwd, env }));
  return { ...result, text: result.lines.join('\n').replaceAll(cwd, '/here'), cwd };
}

describe('turnpike check', () => {
  it('tells what a good configuration means, without any key', async () => {
    const document = `
providers:
  openai: { keys: [{ value: env:OPENAI_API_KEY }, { value: env:SPARE_KEY }] }
  local: { kind: openai-compatible, base_url: http://127.0.0.1:8000/v1, keyless: true }
models:
  gpt-5.5: { targets: [{ target: openai/gpt-5.5, weight: 3 }, { target: openai/gpt-5.4 }], fallbacks: [local/qwen] }
virtual_keys:
  - { name: alice, value: env:ALICE_KEY }
  - { name: bob, value: vk-test-bob, models: [gpt-5.5], expires: 2027-06-01 }
rules:
  - { name: titles, when: kind == "title", do: { model: gpt-5.5, parameters: { reasoning_effort: low } } }
  - { name: seniors, when: team.id == "x", do: { refuse: No. }, mode: shadow }
`;
    const env = { OPENAI_API_KEY: 'sk-one', SPARE_KEY: 'sk-two', ALICE_KEY: 'vk-alice-0123456789ab' };
    const { text, exitCode } = await check(document, env);
    expect(exitCode).toBe(0);
    expect(text).toBe(
      [
        'turnpike.yaml:9:25  warning: virtual_keys[1].value: has only 11 characters, which is easy to guess (make a good one with: openssl rand -hex 24)',
        '',
        '/here/turnpike.yaml is good.',
        '',
        'Listens on 127.0.0.1:8080, keeps its data in /here/data.',
        '',
        'Providers:',
        '  openai  OpenAI                        2 keys  https://api.openai.com/v1',
        '  local   Any OpenAI-compatible server  no key  http://127.0.0.1:8000/v1',
        '',
        'Models:',
        '  gpt-5.5  openai/gpt-5.5 75 % or openai/gpt-5.4 25 %, then local/qwen',
        '',
        'Rules:',
        '  titles   model → gpt-5.5, set reasoning_effort',
        '  seniors  in shadow mode: refuse',
        '',
        'Virtual keys:',
        '  alice  all models',
        '  bob    models gpt-5.5, until 2027-06-01T00:00:00.000Z',
      ].join('\n'),
    );
  });

  it('lists every problem and fails', async () => {
    const { lines, exitCode } = await check('server: { prot: 1 }\nlog: { level: 5 }\n');
    expect(exitCode).toBe(1);
    expect(lines).toEqual([
      'turnpike.yaml:1:11  server.prot: is not a known field (did you mean `port`?)',
      'turnpike.yaml:2:15  log.level: must be debug, info, warn or error',
      '',
      '2 problems to fix.',
    ]);
  });

  it('writes nothing', async () => {
    const { text, exitCode, cwd } = await check('server: { port: 1 }');
    expect(exitCode).toBe(0);
    expect(text).toContain('default  made at the first start, kept in the data directory');
    expect(existsSync(join(cwd, 'data'))).toBe(false);
  });

  it('says what a start without a file would do', async () => {
    const { lines } = await checkConfig(configurationParts());
    expect(lines[0]).toBe('No configuration file: this is what the environment gives.');
    expect(lines).toContain('  demo  Turnpike demo  no key  built in');
  });
});
