import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configurationParts, goodConfiguration, problemsOf, temporaryDirectory } from '../../test/kit/configuration.ts';
import { adminTokenPath, adminTokens, newAdminToken } from './admin-tokens.ts';
import { loadConfiguration } from './load-configuration.ts';
import { replaceValueFile } from './value-file.ts';

const given = 'a-token-of-my-own-0123';

/** Loads without a document, in a new directory. */
async function loaded(env: Record<string, string> = {}) {
  const cwd = temporaryDirectory();
  const result = await loadConfiguration(configurationParts({ cwd, env }), { version: 1 });
  return { path: join(cwd, 'data/admin-token'), result };
}

describe('administrative tokens', () => {
  it('are made at the first start, where none is named, for their owner to read', async () => {
    const { path, result } = await loaded();
    expect(result).toMatchObject({ ok: true, configuration: { adminToken: { path, isNew: true } } });
    expect(readFileSync(path, 'utf8')).toMatch(/^tp-admin-[\w-]{32}\n$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('are not made where the environment or the document names one, or the API is off', async () => {
    const { path, result } = await loaded({ TURNPIKE_ADMIN_TOKEN: given });
    expect(result.ok).toBe(true);
    expect(existsSync(path)).toBe(false);
    const named = await goodConfiguration('admin: { tokens: [{ name: ops, value: env:OPS }] }', { OPS: given });
    expect(named.adminToken).toBeUndefined();
    expect(named.snapshot.admin.tokens).toMatchObject([{ name: 'ops', role: 'admin' }]);
    expect((await goodConfiguration('admin: { api: off }')).adminToken).toBeUndefined();
  });

  it('are refused when they are short, or two have one name', async () => {
    const { result } = await loaded({ TURNPIKE_ADMIN_TOKEN: 'short' });
    expect(result).toMatchObject({
      ok: false,
      problems: [{ path: 'TURNPIKE_ADMIN_TOKEN', message: 'has only 5 characters' }],
    });
    const text = `admin: { tokens: [{ name: a, value: ${given} }, { name: a, value: short }] }`;
    expect(await problemsOf(text)).toEqual([
      expect.stringContaining('admin.tokens[1].name: another token is called `a` too'),
      expect.stringContaining('admin.tokens[1].value: has only 5 characters'),
    ]);
  });

  it('of the file are those that stand there now', async () => {
    const data = temporaryDirectory();
    const path = adminTokenPath(data);
    const rules = () => ({ isOn: true, tokens: [] });
    const values = async () => (await adminTokens({ rules, path })).map(({ value }) => value.reveal());
    expect(await values()).toEqual([]);
    writeFileSync(path, 'first-token\n');
    expect(await values()).toEqual(['first-token']);
    const next = newAdminToken();
    await replaceValueFile(path, next);
    expect(await values()).toEqual([next]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
