import { createHash, createHmac, createSecretKey, hkdfSync } from 'node:crypto';

/** Makes of a virtual key's value what is kept of it. */
export interface KeyHasher {
  /** By what a key with this SHA-256 is known: the digest that is written today first, then those of encryption keys that were replaced. */
  digestsOf(sha256: string): readonly [string, ...string[]];
}

/**
 * Keyed hashes: whoever steals the store but not the encryption key cannot try values against it. The hash is made over the value's SHA-256
 * and not the value itself, so that keys of other gateways, of which only their SHA-256 is known, become ours without waiting for their first use.
 */
export function createKeyHasher(encryptionKeys: readonly [Buffer, ...Buffer[]]): KeyHasher {
  const [first, ...older] = encryptionKeys.map(hashKeyOf);
  if (!first) throw new TypeError('a key hasher needs an encryption key');
  const digest = (key: ReturnType<typeof hashKeyOf>, sha256: string) =>
    createHmac('sha256', key).update(sha256, 'hex').digest('base64url');
  return {
    digestsOf: (sha256) => [digest(first, sha256), ...older.map((key) => digest(key, sha256))],
  };
}

/** A key of its own for this purpose, so that nothing made with the encryption key itself can be mistaken for a digest. */
function hashKeyOf(encryptionKey: Buffer) {
  return createSecretKey(Buffer.from(hkdfSync('sha256', encryptionKey, '', 'turnpike virtual keys', 32)));
}

/** SHA-256 of a key's value, hex: the form in which LiteLLM keeps keys, too. */
export function sha256Of(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
