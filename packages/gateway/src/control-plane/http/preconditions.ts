import { Refused } from '../refused.ts';
import type { Expected } from '../resources/change.ts';

/** What a request expects to find, from `if-match` and `if-none-match`. Throws `Refused`. */
export function expectedBy(headers: Headers): Expected | undefined {
  const match = headers.get('if-match');
  const none = headers.get('if-none-match');
  if (none !== null) {
    if (none !== '*') throw new Refused('malformed', '`if-none-match` may only be `*` here.');
    return 'absent';
  }
  if (match === null) return undefined;
  if (match === '*') return 'present';
  const revision = /^(?:W\/)?"(\d{1,18})"$/.exec(match)?.[1];
  // Whatever else it is, it is no revision that anything has.
  return revision === undefined ? -1n : BigInt(revision);
}

export function etagOf(revision: bigint): string {
  return `"${revision}"`;
}
