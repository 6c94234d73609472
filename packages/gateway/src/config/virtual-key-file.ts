import { randomInt } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newKeyValue } from '../identity/key-value.ts';

/** Where the key that Turnpike made for itself lies. */
function virtualKeyPath(dataDir: string): string {
  return join(dataDir, 'virtual-key');
}

/** The virtual key of an installation whose configuration has none. */
export interface GeneratedKey {
  readonly path: string;
  readonly value: string;
  /** Made just now, so nobody has seen it. */
  readonly isNew: boolean;
}

/**
 * The generated key, made on first use and readable only by the file's owner. Two processes that start at once end
 * up with the same key.
 */
export async function ensureVirtualKey(dataDir: string): Promise<GeneratedKey> {
  const path = virtualKeyPath(dataDir);
  const existing = await readKey(path);
  if (existing !== undefined) return { path, value: existing, isNew: false };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const value = newKeyValue();
  // Written aside and linked, so that the file never stands there half written; linking fails if another was first.
  const draft = `${path}.${process.pid}.${randomInt(2 ** 32)}`;
  await writeFile(draft, `${value}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
    return { path, value, isNew: true };
  } catch (error) {
    const winner = await readKey(path);
    if (winner === undefined) throw error;
    return { path, value: winner, isNew: false };
  } finally {
    await rm(draft, { force: true });
  }
}

async function readKey(path: string): Promise<string | undefined> {
  try {
    const value = (await readFile(path, 'utf8')).trim();
    if (value === '') throw new Error(`${path} is empty: delete it, and a new virtual key is made`);
    return value;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
