import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemsOf, temporaryDirectory } from '../../test/kit/configuration.ts';
import { formatProblem } from './problem.ts';
import { loadDocument, readDocument } from './load-document.ts';

describe('a document that is wrong', () => {
  it.each([
    ['server: { prot: 1 }', 'turnpike.yaml:1:11  server.prot: is not a known field (did you mean `port`?)'],
    ['provders: {}', 'turnpike.yaml:1:1  provders: is not a known field (did you mean `providers`?)'],
    ['server: { port: "80" }', 'turnpike.yaml:1:17  server.port: must be a number, not text (remove the quotes)'],
    ['server: { port: 70000 }', 'turnpike.yaml:1:17  server.port: must be at most 65535'],
    ['server: { port: 1.5 }', 'turnpike.yaml:1:17  server.port: must be a whole number, not a number with a fraction'],
    ['server: { keepalive_ms: 0 }', 'turnpike.yaml:1:25  server.keepalive_ms: must be at least 1'],
    ['server:', 'turnpike.yaml:1:8  server: has no value (write {} to leave all to the defaults)'],
    [
      'log: { level: inof }',
      'turnpike.yaml:1:15  log.level: must be debug, info, warn or error (did you mean `info`?)',
    ],
    [
      'store: redis://x',
      'turnpike.yaml:1:8  store: must be `sqlite:` and the path of a file, a `postgres://` address, or `env:` and the name of a variable that holds one',
    ],
    [
      'providers: { openai: { keyless: yes } }',
      'turnpike.yaml:1:33  providers.openai.keyless: must be true or false, not text (YAML knows only true and false)',
    ],
    [
      'providers: { openai: { speaks: chat } }',
      'turnpike.yaml:1:32  providers.openai.speaks: must be a list, not text (put it in [ ], or begin its line with "- ")',
    ],
    [
      'providers: { openai: { keys: [] } }',
      'turnpike.yaml:1:30  providers.openai.keys: is empty; for a provider without keys write `keyless: true` instead',
    ],
    [
      'providers: { openai: { keys: [{}] } }',
      'turnpike.yaml:1:31  providers.openai.keys[0].value: is missing (The key: `env:NAME`, `file:PATH`, or the value itself)',
    ],
    [
      'providers: { a/b: {} }',
      'turnpike.yaml:1:14  providers["a/b"]: a name may have up to 64 letters, digits, `.`, `_` and `-`, and begins with a letter or digit',
    ],
    [
      'providers: { openai: { base_url: 127.0.0.1 } }',
      'turnpike.yaml:1:34  providers.openai.base_url: must begin with http:// or https://',
    ],
    [
      'providers: { ollama: { models: { m: { free: true, price: { input: 1, output: 1 } } } } }',
      'turnpike.yaml:1:37  providers.ollama.models.m: has both `price` and `free`; keep one',
    ],
    ['models: { fast: { targets: [] } }', 'turnpike.yaml:1:28  models.fast.targets: needs at least one target'],
    [
      'virtual_keys: [{ name: 12, value: abcdef }]',
      'turnpike.yaml:1:24  virtual_keys[0].name: must be text, not a number (put it in quotes)',
    ],
    [
      'virtual_keys: [{ name: a, value: abcdef, expires: tomorrow }]',
      'turnpike.yaml:1:51  virtual_keys[0].expires: must be a date such as 2027-01-31, or a time such as 2027-01-31T18:00:00Z',
    ],
    ['- a', 'turnpike.yaml:1:1  must be a group of fields, not a list'],
    ['a: 1\na: 2', 'turnpike.yaml:2:1  this name stands twice in the same place (keep one of them)'],
  ])('%s', async (text, line) => {
    expect(await problemsOf(text)).toContain(line);
  });

  it('is told all at once, missing secrets among the rest, in the order of the text', async () => {
    const text = ['server: { prot: 1 }', 'providers:', '  openai:', '    keys: [{ value: env:NOPE }]', 'store: 5'].join(
      '\n',
    );
    expect(await problemsOf(text)).toEqual([
      'turnpike.yaml:1:11  server.prot: is not a known field (did you mean `port`?)',
      'turnpike.yaml:4:21  providers.openai.keys[0].value: environment variable NOPE is not set',
      'turnpike.yaml:5:8  store: must be text, not a number (put it in quotes)',
    ]);
  });

  it('never shows what stands where a secret belongs', async () => {
    const lines = await problemsOf(
      'providers: { openai: { keys: [{ value: 12345678 }, { value: "sk geheim" }, sk-geheim] } }',
    );
    expect(lines.join()).not.toMatch(/12345678|geheim/);
    expect(lines).toHaveLength(3);
  });
});

describe('a file', () => {
  it('may be empty, which says as much as no file', async () => {
    const result = await loadDocument('', { path: '/x/turnpike.yaml', shownAs: 'turnpike.yaml' }, {});
    expect(result).toMatchObject({ ok: true, loaded: { document: { server: { port: 8080 } } } });
  });

  it('is refused in words when it cannot be read as a configuration', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'folder'));
    writeFileSync(join(directory, 'latin.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    writeFileSync(join(directory, 'huge.yaml'), Buffer.alloc(5 * 1024 * 1024, 0x20));
    const told = async (name: string) => {
      const read = await readDocument({ path: join(directory, name), shownAs: name });
      return read.ok ? 'good' : read.problems.map(formatProblem).join('\n');
    };
    expect(await told('missing.yaml')).toBe('missing.yaml  cannot be read: there is no such file');
    expect(await told('folder')).toBe('folder  cannot be read: it is a directory');
    expect(await told('latin.yaml')).toBe('latin.yaml  is not UTF-8 text (save it as UTF-8)');
    expect(await told('huge.yaml')).toBe('huge.yaml  is larger than 4 MiB, so it is not a configuration');
  });
});
