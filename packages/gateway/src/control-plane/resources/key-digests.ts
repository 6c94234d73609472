import type { Directory } from '../../identity/directory.ts';
import { type KeyHasher, sha256Of } from '../../identity/key-hash.ts';
import { hintOf, newKeyValue } from '../../identity/key-value.ts';
import type { KeyDigest } from '../../identity/resources.ts';
import { Refused } from '../refused.ts';
import type { KeyValue } from './change.ts';

export interface DigestParts {
  readonly directory: Pick<Directory, 'findKey'>;
  readonly hasher: KeyHasher;
  readonly nowMs: number;
}

/** A virtual key that gets another value. */
export interface NewValue {
  readonly keyId: string;
  readonly wanted: KeyValue;
  /** What opens it now. */
  readonly before: readonly KeyDigest[];
  readonly graceSeconds: number;
}

/** The values that open a key from now on. */
export interface Digests {
  readonly digests: readonly KeyDigest[];
  /** False: it has the wanted value already. */
  readonly rotates: boolean;
  /** The new value, where it was made here. */
  readonly value?: string;
}

/** What opens a key once it has a new value. Throws `Refused` where a value is no good or another key has it. */
export function digestsWith(
  { keyId, wanted, before, graceSeconds }: NewValue,
  { directory, hasher, nowMs }: DigestParts,
): Digests {
  const { sha256, value, hint } = readValue(wanted);
  const all = hasher.digestsOf(sha256);
  if (before.some(({ digest, until }) => until === undefined && all.includes(digest)))
    return { digests: before, rotates: false };
  const holder = all.map((each) => directory.findKey(each)?.key.id).find((id) => id !== undefined);
  if (holder !== undefined) {
    const whose =
      holder === keyId ? 'this virtual key, replaced but still in its grace' : `the virtual key \`${holder}\``;
    throw new Refused('conflict', `is the value of ${whose}`);
  }
  const until = nowMs + graceSeconds * 1000;
  const kept = before.flatMap((each) => (graceSeconds > 0 ? [ending(each, until)] : []));
  const alive = kept.filter((each) => each.until > nowMs).slice(0, maxOldValues);
  const digests = [{ digest: all[0], ...(hint === undefined ? {} : { hint }) }, ...alive];
  return { digests, rotates: true, ...(value === undefined ? {} : { value }) };
}

/** Values in their grace at a time, the latest first. */
const maxOldValues = 8;

function ending(digest: KeyDigest, until: number): KeyDigest & { readonly until: number } {
  return { ...digest, until: Math.min(digest.until ?? until, until) };
}

/** Shorter ones are guessed. Nothing in it may break a header. */
const goodValue = /^[\x21-\x7e]{8,512}$/;

interface ReadValue {
  readonly sha256: string;
  readonly value?: string;
  readonly hint?: string;
}

function readValue(wanted: KeyValue): ReadValue {
  if (wanted === 'generate') {
    const value = newKeyValue();
    return { sha256: sha256Of(value), value, hint: hintOf(value) };
  }
  if ('sha256' in wanted) {
    if (!/^[0-9a-f]{64}$/.test(wanted.sha256)) throw new Refused('invalid', 'must be 64 hexadecimal digits');
    return { sha256: wanted.sha256 };
  }
  if (!goodValue.test(wanted.value))
    throw new Refused('invalid', 'must have 8 to 512 visible ASCII characters, without spaces');
  return { sha256: sha256Of(wanted.value), hint: hintOf(wanted.value) };
}
