import { hkdfSync } from 'node:crypto';
import { Secret } from '../core/secret.ts';
import { createVault } from '../vault/vault.ts';

/** Seals secrets for the store, so that its file alone gives none away. */
export interface SecretBox {
  /** `owner` says whose it is, e.g. `providers/openai`: moved to another one, the text cannot be opened. */
  seal(secret: Secret, owner: string): string;
  /** Undefined where no key of this installation opens it. */
  open(sealed: string, owner: string): Secret | undefined;
}

/**
 * AES-256-GCM under keys derived from the installation's. The first seals, all of them open: the text says which, so that
 * a key can be replaced while what it sealed is still there.
 */
export function createSecretBox(encryptionKeys: readonly [Buffer, ...Buffer[]]): SecretBox {
  const [first, ...older] = encryptionKeys;
  const vault = createVault([derived(first), ...older.map(derived)]);
  return {
    seal: (secret, owner) => vault.seal(Buffer.from(secret.reveal()), owner),
    open(sealed, owner) {
      const content = vault.open(sealed, owner);
      return content && new Secret(content.toString());
    },
  };
}

/** A key of its own for this purpose, so that nothing sealed for another one opens here. */
function derived(key: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'turnpike secrets at rest', 32));
}
