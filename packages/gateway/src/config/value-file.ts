import { randomInt } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A value that Turnpike made for itself and keeps in a file that only its owner may read. */
export interface KeptValue {
  readonly path: string;
  readonly value: string;
  /** Made just now, so nobody has seen it. */
  readonly isNew: boolean;
}

/** The value of a file, made on first use. Two processes that start at once end up with the same. `what` names it in messages. */
export async function ensureValueFile(path: string, make: () => string, what: string): Promise<KeptValue> {
  const existing = await readValueFile(path, what);
  if (existing !== undefined) return { path, value: existing, isNew: false };
  const value = make();
  const draft = await writeDraft(path, value);
  try {
    // Linking fails if another was first.
    await link(draft, path);
    return { path, value, isNew: true };
  } catch (error) {
    const winner = await readValueFile(path, what);
    if (winner === undefined) throw error;
    return { path, value: winner, isNew: false };
  } finally {
    await rm(draft, { force: true });
  }
}

/** Puts another value in its place, whole: whoever reads sees the old or the new one. */
export async function replaceValueFile(path: string, value: string): Promise<void> {
  await rename(await writeDraft(path, value), path);
}

/** Undefined where there is no such file. */
export async function readValueFile(path: string, what: string): Promise<string | undefined> {
  try {
    const value = (await readFile(path, 'utf8')).trim();
    if (value === '') throw new Error(`${path} is empty: delete it, and a new ${what} is made`);
    return value;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written aside, so that the file never stands there half written. */
async function writeDraft(path: string, value: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.${randomInt(2 ** 32)}`;
  await writeFile(draft, `${value}\n`, { mode: 0o600, flag: 'wx' });
  return draft;
}
