import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** 32 bytes that only this installation has. Never logged. */
export type VaultKey = Buffer;

/**
 * Seals texts that are handed to callers to keep. A sealed text holds all that is needed to open it: nothing is stored here,
 * and every replica with the same key can open what another one sealed.
 */
export interface Vault {
  /** `context` says whose and what for: it is not inside, but without it the text cannot be opened. */
  seal(content: Buffer, context: string): string;
  /** Undefined for anything that was not sealed with a key of ours and in this context, or was changed since. */
  open(sealed: string, context: string): Buffer | undefined;
}

const keyBytes = 32;
const keyIdBytes = 4;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = keyIdBytes + nonceBytes;

/** Seals with the first key and opens with all of them, so that a key can be replaced while what it sealed is still about. */
export function createVault(keys: readonly [VaultKey, ...VaultKey[]]): Vault {
  if (keys.some((key) => key.length !== keyBytes)) throw new TypeError(`a vault's key has ${keyBytes} bytes`);
  const [first] = keys;
  const firstId = keyIdOf(first);
  const byId = new Map(keys.map((key) => [keyIdOf(key).toString('hex'), key]));

  return {
    seal(content, context) {
      const head = Buffer.concat([firstId, randomBytes(nonceBytes)]);
      const cipher = createCipheriv('aes-256-gcm', first, head.subarray(keyIdBytes));
      cipher.setAAD(authenticated(head, context));
      return Buffer.concat([head, cipher.update(content), cipher.final(), cipher.getAuthTag()]).toString('base64url');
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url');
      const key = byId.get(bytes.toString('hex', 0, keyIdBytes));
      if (!key || bytes.length < headBytes + tagBytes) return undefined;
      return decipher(key, bytes, context);
    },
  };
}

function decipher(key: VaultKey, bytes: Buffer, context: string): Buffer | undefined {
  const head = bytes.subarray(0, headBytes);
  const end = bytes.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, head.subarray(keyIdBytes), { authTagLength: tagBytes });
  decipher.setAAD(authenticated(head, context));
  decipher.setAuthTag(bytes.subarray(end));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(headBytes, end)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** What must be as it was although it is not enciphered. */
function authenticated(head: Buffer, context: string): Buffer {
  return Buffer.concat([head, Buffer.from(context)]);
}

/** Tells keys apart and nothing about them. */
function keyIdOf(key: VaultKey): Buffer {
  return createHash('sha256').update('turnpike vault key id').update(key).digest().subarray(0, keyIdBytes);
}
