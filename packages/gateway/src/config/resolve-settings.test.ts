import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configDocument } from '@turnpike/contract/config';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../test/kit/configuration.ts';
import type { Environment } from './from-environment.ts';
import { formatProblem } from './problem.ts';
import { changesThatNeedRestart, type Flags, findConfigFile, resolveSettings } from './resolve-settings.ts';

function resolve(given: { flags?: Flags; env?: Environment; document?: unknown; isTerminal?: boolean }) {
  return resolveSettings({
    flags: given.flags ?? {},
    env: given.env ?? {},
    document: configDocument.parse(given.document ?? {}),
    cwd: '/home/dev',
    isTerminal: given.isTerminal ?? false,
  });
}

describe('settings', () => {
  it('have defaults', () => {
    expect(resolve({})).toEqual({
      settings: {
        host: '127.0.0.1',
        port: 8080,
        dataDir: '/home/dev/data',
        store: 'sqlite:/home/dev/data/turnpike.db',
        counters: 'memory',
        log: { format: 'json', level: 'info' },
      },
      problems: [],
    });
    expect(resolve({ isTerminal: true }).settings.log.format).toBe('pretty');
  });

  it('come from flags before the environment before the file', () => {
    const document = { server: { host: 'f', port: 1 }, data: 'f', log: { format: 'json', level: 'warn' } };
    const env = { TURNPIKE_HOST: 'e', TURNPIKE_PORT: '2', TURNPIKE_DATA: 'e', TURNPIKE_LOG_FORMAT: 'pretty' };
    const flags = { host: 'g', port: '3', data: 'g' };
    expect(resolve({ document }).settings).toMatchObject({
      host: 'f',
      port: 1,
      dataDir: '/home/dev/f',
      log: { level: 'warn' },
    });
    expect(resolve({ document, env }).settings).toMatchObject({
      host: 'e',
      port: 2,
      dataDir: '/home/dev/e',
      store: 'sqlite:/home/dev/e/turnpike.db',
      log: { format: 'pretty', level: 'warn' },
    });
    expect(resolve({ document, env, flags }).settings).toMatchObject({ host: 'g', port: 3, dataDir: '/home/dev/g' });
  });

  it('take counters of one’s own, and what they allow while they cannot be asked', () => {
    const url = 'redis://:s3cret@cache:6379';
    expect(resolve({ env: { TURNPIKE_COUNTERS: url } })).toMatchObject({ settings: { counters: url }, problems: [] });
    expect(resolve({ document: { counters: 'env:CACHE' }, env: { CACHE: url } }).settings.counters).toBe(url);
    expect(resolve({ document: { counters: 'env:CACHE' } }).problems).toMatchObject([{ severity: 'error' }]);
    expect(resolve({ document: { counters: url } }).problems).toMatchObject([{ severity: 'warning' }]);
    const document = { counters_unreachable: { allow_dollars: 2.5 } };
    expect(resolve({ document }).settings.unreachableAllowance).toBe(2_500_000_000n);
  });

  it('take a store of one’s own', () => {
    expect(resolve({ document: { store: 'sqlite:./x/y.db' } }).settings.store).toBe('sqlite:/home/dev/x/y.db');
    expect(resolve({ env: { TURNPIKE_STORE: 'sqlite:/abs.db' } }).settings.store).toBe('sqlite:/abs.db');
    expect(resolve({ document: { store: 'sqlite::memory:' } }).settings.store).toBe('sqlite::memory:');
    const url = 'postgres://ann:s3cret@db/turnpike';
    expect(resolve({ env: { TURNPIKE_STORE: url } })).toMatchObject({ settings: { store: url }, problems: [] });
    const named = resolve({ document: { store: 'env:STORE' }, env: { STORE: url } });
    expect(named).toMatchObject({ settings: { store: url }, problems: [] });
  });

  it('treat an empty variable as not set', () => {
    expect(resolve({ env: { TURNPIKE_PORT: '', TURNPIKE_HOST: '' } })).toMatchObject({
      settings: { port: 8080 },
      problems: [],
    });
  });

  it.each([
    [{ flags: { port: 'abc' } }, '--port: `abc` is not a port from 0 to 65535'],
    [{ flags: { port: '65536' } }, '--port: `65536` is not a port from 0 to 65535'],
    [{ flags: { logLevel: 'loud' } }, '--log-level: `loud` is not debug, info, warn or error'],
    [{ flags: { host: ' ' } }, '--host: ` ` is not an address'],
    [{ env: { TURNPIKE_PORT: '8o8o' } }, 'TURNPIKE_PORT: `8o8o` is not a port from 0 to 65535'],
    [
      { env: { TURNPIKE_STORE: 'redis:x' } },
      'TURNPIKE_STORE: `redis:x` is not `sqlite:` and the path of a file, or a `postgres://` address',
    ],
    [
      { document: { store: 'env:STORE' } },
      'store: `env:STORE` is not `sqlite:` and the path of a file, or a `postgres://` address',
    ],
    [
      { document: { store: 'postgres://ann:s3cret@db/turnpike' } },
      'warning: store: holds the password itself (env:NAME keeps it out of this file)',
    ],
    [
      { env: { TURNPIKE_PROT: '1' } },
      'warning: TURNPIKE_PROT: is not a variable of Turnpike (did you mean TURNPIKE_PORT?)',
    ],
  ])('say who is wrong: %j', (given, line) => {
    expect(resolve(given).problems.map(formatProblem)).toEqual([line]);
  });

  it('do not mind variables of others', () => {
    expect(resolve({ env: { TURNPIKE_EXAMPLE_FEATURE: '1', PATH: '/bin' } }).problems).toEqual([]);
  });

  it('know which changes a running process cannot take over', () => {
    const before = resolve({}).settings;
    const document = { server: { host: 'x', port: 1 }, data: 'other', log: { level: 'debug' } };
    expect(changesThatNeedRestart(before, resolve({ document, isTerminal: true }).settings)).toEqual([
      'server.host',
      'server.port',
      'data',
      'store',
      'log.format',
      'log.level',
    ]);
    expect(changesThatNeedRestart(before, before)).toEqual([]);
  });
});

describe('the configuration file', () => {
  it('is the one of the flag, else of the variable, else one that lies in the working directory', () => {
    const cwd = temporaryDirectory();
    const env = { TURNPIKE_CONFIG: 'env.yaml' };
    expect(findConfigFile({}, {}, cwd)).toBeUndefined();
    writeFileSync(join(cwd, 'turnpike.json'), '{}');
    expect(findConfigFile({}, {}, cwd)).toEqual({ path: join(cwd, 'turnpike.json'), chosenBy: 'working directory' });
    writeFileSync(join(cwd, 'turnpike.yaml'), '');
    expect(findConfigFile({}, {}, cwd)?.path).toBe(join(cwd, 'turnpike.yaml'));
    expect(findConfigFile({}, env, cwd)).toEqual({ path: join(cwd, 'env.yaml'), chosenBy: 'TURNPIKE_CONFIG' });
    expect(findConfigFile({ config: 'a/flag.yaml' }, env, cwd)).toEqual({
      path: join(cwd, 'a/flag.yaml'),
      chosenBy: '--config',
    });
  });
});
