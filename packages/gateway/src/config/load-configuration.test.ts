import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configurationParts, goodConfiguration, loadText, temporaryDirectory } from '../../test/kit/configuration.ts';
import { sha256Of } from '../identity/key-hash.ts';
import { loadConfiguration } from './load-configuration.ts';
import { formatProblem } from './problem.ts';

async function fromEnvironment(env: Record<string, string>, cwd = temporaryDirectory()) {
  const result = await loadConfiguration(configurationParts({ env, cwd }), { version: 1 });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.configuration;
}

describe('without a file', () => {
  it('providers come from the keys in the environment', async () => {
    const env = { OPENAI_API_KEY: 'sk-o', ANTHROPIC_API_KEY: 'sk-a', GOOGLE_API_KEY: 'g', GROQ_API_KEY: '  ' };
    const { snapshot } = await fromEnvironment(env);
    expect([...snapshot.providers.keys()].sort()).toEqual(['anthropic', 'gemini', 'openai']);
    expect(snapshot.providers.get('gemini')?.credentials[0].secret?.reveal()).toBe('g');
  });

  it('variables with base URLs are left alone, because they often point at this gateway', async () => {
    const { snapshot } = await fromEnvironment({ OPENAI_API_KEY: 'sk-o', OPENAI_BASE_URL: 'http://127.0.0.1:8080/v1' });
    expect(snapshot.providers.get('openai')?.baseUrl.hostname).toBe('api.openai.com');
  });

  it.each([
    ['0.0.0.0', 'http://127.0.0.1:11434/v1'],
    ['127.0.0.1:9', 'http://127.0.0.1:9/v1'],
    [':9', 'http://127.0.0.1:9/v1'],
    ['https://ollama.example.com/', 'https://ollama.example.com/v1'],
    ['[::1]:9', 'http://[::1]:9/v1'],
  ])('a local Ollama at OLLAMA_HOST=%s is found', async (host, url) => {
    const { snapshot } = await fromEnvironment({ OLLAMA_HOST: host });
    expect(snapshot.providers.get('ollama')).toMatchObject({ allowPrivate: true });
    expect(snapshot.providers.get('ollama')?.baseUrl.href).toBe(url);
  });

  it('the demo answers when there is nothing else', async () => {
    const { snapshot } = await fromEnvironment({ OLLAMA_HOST: 'not a host' });
    expect([...snapshot.providers.values()].map(({ vendor, baseUrl }) => [vendor.kind, baseUrl.origin])).toEqual([
      ['demo', 'http://127.0.0.1:9'],
    ]);
  });

  it('says which variable holds something that is no key', async () => {
    const parts = configurationParts({ env: { GEMINI_API_KEY: 'a b' } });
    const result = await loadConfiguration(parts, { version: 1 });
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      'providers.gemini.keys[0].value: `env:GEMINI_API_KEY` has spaces, line breaks or other characters that no key has',
    ]);
  });

  it('one virtual key is made, once, for its owner alone', async () => {
    const cwd = temporaryDirectory();
    const first = await fromEnvironment({}, cwd);
    const second = await fromEnvironment({}, cwd);
    const path = join(cwd, 'data', 'virtual-key');
    expect(first.generatedKey).toMatchObject({
      path,
      isNew: true,
      value: expect.stringMatching(/^sk-tp-[0-9A-Za-z]{40}$/),
    });
    expect(second.generatedKey).toEqual({ ...first.generatedKey, isNew: false });
    expect(readFileSync(path, 'utf8')).toBe(`${first.generatedKey?.value}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(first.snapshot.resources).toMatchObject([
      { resource: { body: { id: 'default' } }, sha256: sha256Of(first.generatedKey?.value ?? '') },
    ]);
  });

  it('two processes that start at once agree on the key', async () => {
    const cwd = temporaryDirectory();
    const all = await Promise.all(Array.from({ length: 5 }, () => fromEnvironment({}, cwd)));
    expect(new Set(all.map(({ generatedKey }) => generatedKey?.value)).size).toBe(1);
    expect(all.filter(({ generatedKey }) => generatedKey?.isNew)).toHaveLength(1);
  });
});

describe('a file', () => {
  it('is filled in from the environment where it leaves out a whole section', async () => {
    const configuration = await goodConfiguration('server: { port: 1 }', { OPENAI_API_KEY: 'sk-o' });
    expect([...configuration.snapshot.providers.keys()]).toEqual(['openai']);
    expect(configuration.generatedKey?.isNew).toBe(true);
  });

  it('that names virtual keys gets no other', async () => {
    const configuration = await goodConfiguration('virtual_keys: [{ name: a, value: vk-test }]');
    expect(configuration.generatedKey).toBeUndefined();
    expect(configuration.snapshot.resources).toHaveLength(1);
  });

  it('that leaves out keys takes the usual variable at the vendor’s own address', async () => {
    const { snapshot } = await goodConfiguration('providers: { work: { kind: openai } }', { OPENAI_API_KEY: 'sk-o' });
    expect(snapshot.providers.get('work')?.credentials[0].secret?.reveal()).toBe('sk-o');
  });

  it('never sends the usual variable to another address', async () => {
    const text = 'providers: { openai: { base_url: "https://elsewhere.example.com/v1" } }';
    const result = await loadText(text, { OPENAI_API_KEY: 'sk-o' });
    expect(result.ok ? [] : result.problems.map((problem) => problem.message)).toEqual(['has no key']);
  });

  it('that does not hold leaves no key behind that nobody was shown', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'turnpike.yaml'), 'models: { m: { targets: [nope/x] } }');
    expect((await loadConfiguration(configurationParts({ cwd }), { version: 1 })).ok).toBe(false);
    expect(existsSync(join(cwd, 'data'))).toBe(false);
  });

  it('in another directory is shown with its whole path', async () => {
    const cwd = temporaryDirectory();
    const flags = { config: join(temporaryDirectory(), 'missing.yaml') };
    const result = await loadConfiguration(configurationParts({ cwd, flags }), { version: 1 });
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      `${flags.config}  cannot be read: there is no such file`,
    ]);
  });
});

describe('the data directory', () => {
  it('that cannot be made is a problem in words', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'data'), 'a file in the way');
    const result = await loadConfiguration(configurationParts({ cwd }), { version: 1 });
    const lines = result.ok ? [] : result.problems.map(formatProblem);
    expect(lines).toEqual([
      `data: cannot keep a virtual key in ${join(cwd, 'data')}: a file stands where a directory is needed`,
    ]);
  });

  it('with an emptied key file says what to do', async () => {
    const cwd = temporaryDirectory();
    await fromEnvironment({}, cwd);
    const path = join(cwd, 'data', 'virtual-key');
    writeFileSync(path, '');
    const result = await loadConfiguration(configurationParts({ cwd }), { version: 1 });
    expect(result.ok ? '' : result.problems.map(formatProblem).join()).toContain(`${path} is empty: delete it`);
  });
});
