import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { sha256Of } from '../../identity/key-hash.ts';
import { LiteLlmFailure } from './failure.ts';
import type { LiteLlmPorts } from './ports.ts';

type Key = ResourceOf<'virtual_keys'>;
type Known = Pick<LiteLlmPorts, 'directory' | 'hasher'>;

/** Whether it is the SHA-256 of a value, as LiteLLM keeps it. */
export function isHash(named: string): boolean {
  return /^[0-9a-f]{64}$/.test(named);
}

/**
 * The virtual key that a client means: by its value, by the value's SHA-256 as LiteLLM keeps it, or by the id. There is no way back from what we
 * keep to the SHA-256, so lists tell ids.
 */
export function findKey(named: string, { directory, hasher }: Known): Key | undefined {
  const hashes = isHash(named) ? [named, sha256Of(named)] : [sha256Of(named)];
  for (const digest of hashes.flatMap((each) => hasher.digestsOf(each))) {
    const match = directory.findKey(digest);
    if (match) return match.key;
  }
  return directory.get('virtual_keys', named);
}

/** The same. Throws where there is none. */
export function keyNamed(named: string, known: Known): Key {
  const key = findKey(named, known);
  if (key) return key;
  throw new LiteLlmFailure(404, `Key not found in database: ${shown(named)}`, 'key');
}

/** The key that people call so. */
export function keyWithAlias(alias: string, { directory }: Known): Key {
  const id = directory.idOf('virtual_keys', alias);
  const key = directory.get('virtual_keys', id ?? alias);
  if (key) return key;
  throw new LiteLlmFailure(404, `Key not found in database: key_alias=${shown(alias)}`, 'key_aliases');
}

/** A value that nobody knows may be one that was mistyped: it does not belong into answers and logs. */
function shown(named: string): string {
  return named.startsWith('sk-') ? `sk-...${named.slice(-4)}` : named.slice(0, 80);
}
