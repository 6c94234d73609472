import { randomBytes, randomInt, scrypt } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Keys that open what callers keep for us: the first also seals. Each has 32 bytes. */
export type EncryptionKeys = readonly [Buffer, ...Buffer[]];

/** The variable that holds the key, and one for the key that it replaced. */
export const encryptionVariable = 'TURNPIKE_ENCRYPTION_KEY';
export const previousVariable = 'TURNPIKE_PREVIOUS_ENCRYPTION_KEY';

/** Shorter passphrases can be guessed. */
const minPassphraseLength = 16;

/** 32 bytes in base64, base64url or hex are the key itself; any other text is a passphrase that becomes one. Undefined where it is too short. */
export async function encryptionKeyOf(text: string): Promise<Buffer | undefined> {
  const written = text.trim();
  if (/^[0-9a-f]{64}$/i.test(written)) return Buffer.from(written, 'hex');
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(written)) return Buffer.from(written, 'base64');
  if (written.length < minPassphraseLength) return undefined;
  return stretched(written);
}

/** Every replica must come to the same key from the passphrase alone, so the salt is the same for all. */
function stretched(passphrase: string): Promise<Buffer> {
  const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, 'turnpike encryption key', 32, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** Where the key that Turnpike made for itself lies. */
function encryptionKeyPath(dataDir: string): string {
  return join(dataDir, 'encryption-key');
}

/**
 * The key kept in the data directory, made on first use and readable only by the file's owner. Processes that start at once
 * end up with the same key. Throws where the file cannot be kept or is no key.
 */
export async function ensureEncryptionKey(dataDir: string): Promise<Buffer> {
  const path = encryptionKeyPath(dataDir);
  const existing = await readKey(path);
  if (existing) return existing;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const key = randomBytes(32);
  // Written aside and linked, so that the file never stands there half written; linking fails if another was first.
  const draft = `${path}.${process.pid}.${randomInt(2 ** 32)}`;
  await writeFile(draft, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
    return key;
  } catch (error) {
    const winner = await readKey(path);
    if (!winner) throw error;
    return winner;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readKey(path: string): Promise<Buffer | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const key = await encryptionKeyOf(text);
  if (!key) throw new Error(`${path} holds no key: delete it, and a new one is made`);
  return key;
}
