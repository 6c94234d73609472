import { join } from 'node:path';
import { newKeyValue } from '../identity/key-value.ts';
import { ensureValueFile, type KeptValue } from './value-file.ts';

/** The virtual key of an installation whose configuration has none. */
export type GeneratedKey = KeptValue;

/** The generated key, made on first use and readable only by the file's owner. */
export function ensureVirtualKey(dataDir: string): Promise<GeneratedKey> {
  return ensureValueFile(join(dataDir, 'virtual-key'), newKeyValue, 'virtual key');
}
