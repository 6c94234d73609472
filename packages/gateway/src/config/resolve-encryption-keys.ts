import { randomBytes } from 'node:crypto';
import {
  encryptionKeyOf,
  type EncryptionKeys,
  encryptionVariable,
  ensureEncryptionKey,
  previousVariable,
} from './encryption-key.ts';
import type { Environment } from './from-environment.ts';
import type { Problem } from './problem.ts';
import { reasonOf } from './secret-sources.ts';

export interface ResolvedKeys {
  /** Absent where there is an error, or none was given and none may be made. */
  readonly keys?: EncryptionKeys;
  readonly problems: readonly Problem[];
}

/** The keys that the environment gives, or else the one of the data directory, which is made if need be. Without a directory none is made. */
export async function resolveEncryptionKeys(env: Environment, dataDir: string | undefined): Promise<ResolvedKeys> {
  const problems: Problem[] = [];
  const given = await keyIn(env, encryptionVariable, problems);
  const previous = await keyIn(env, previousVariable, problems);
  if (problems.length > 0) return { problems };
  const older = previous ? [previous] : [];
  if (given) return { keys: [given, ...older], problems };
  if (dataDir === undefined) return { problems };
  try {
    return { keys: [await ensureEncryptionKey(dataDir), ...older], problems };
  } catch (error) {
    const message = `the encryption key cannot be kept: ${reasonOf(error)}. Sessions that were compacted cannot go on after a restart, and virtual keys in the store are no longer known`;
    const hint = `set ${encryptionVariable}`;
    return { keys: [randomBytes(32), ...older], problems: [{ path: 'data', message, hint, severity: 'warning' }] };
  }
}

async function keyIn(env: Environment, name: string, problems: Problem[]): Promise<Buffer | undefined> {
  const text = env[name];
  if (!text) return undefined;
  const key = await encryptionKeyOf(text);
  if (!key) {
    const message = 'must be 32 bytes in base64 or hex, or a passphrase of at least 16 characters';
    problems.push({ path: name, message, severity: 'error' });
  }
  return key;
}
