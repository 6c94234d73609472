import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configurationParts, temporaryDirectory } from '../../test/kit/configuration.ts';
import { encryptionKeyOf, ensureEncryptionKey } from './encryption-key.ts';
import { loadConfiguration } from './load-configuration.ts';

const key = Buffer.alloc(32, 0xfb);

describe('the encryption key', () => {
  it('is 32 bytes in any usual spelling', async () => {
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      expect(await encryptionKeyOf(`${key.toString(encoding)}\n`)).toEqual(key);
    }
  });

  it('comes from a passphrase, the same for every replica, and not from one that can be guessed', async () => {
    const made = await encryptionKeyOf('correct horse battery staple');
    expect(made).toHaveLength(32);
    expect(await encryptionKeyOf(' correct horse battery staple ')).toEqual(made);
    expect(await encryptionKeyOf('correct horse battery stable')).not.toEqual(made);
    expect(await encryptionKeyOf('hunter2')).toBeUndefined();
  });

  it('is made once, for its owner alone, also when several processes start together', async () => {
    const directory = temporaryDirectory();
    const keys = await Promise.all(Array.from({ length: 8 }, () => ensureEncryptionKey(directory)));
    for (const each of keys) expect(each).toEqual(keys[0]);
    expect(await ensureEncryptionKey(directory)).toEqual(keys[0]);
    expect(statSync(join(directory, 'encryption-key')).mode & 0o777).toBe(0o600);
  });

  it('is not taken from a file that holds something else', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'encryption-key'), 'oops\n');
    await expect(ensureEncryptionKey(directory)).rejects.toThrow('holds no key');
  });
});

describe('a configuration', () => {
  const load = async (env: Record<string, string>, dryRun = false) => {
    const result = await loadConfiguration(configurationParts({ env }), { version: 1, dryRun });
    return result.ok ? result.configuration.encryptionKeys : result.problems.map(({ message }) => message);
  };

  it('takes the keys from the environment, the new one first', async () => {
    const previous = Buffer.alloc(32, 1);
    const env = {
      TURNPIKE_ENCRYPTION_KEY: key.toString('hex'),
      TURNPIKE_PREVIOUS_ENCRYPTION_KEY: previous.toString('base64'),
    };
    expect(await load(env)).toEqual([key, previous]);
  });

  it('makes a key where none is given, but not when it is only looked at', async () => {
    expect(await load({})).toEqual([expect.any(Buffer)]);
    expect(await load({}, true)).toBeUndefined();
  });

  it('does not hold with a key that can be guessed', async () => {
    expect(await load({ TURNPIKE_ENCRYPTION_KEY: 'secret' })).toEqual([expect.stringContaining('16 characters')]);
  });
});
