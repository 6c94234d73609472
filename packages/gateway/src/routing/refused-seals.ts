import { createHash } from 'node:crypto';
import type { Seal } from '../core/items.ts';

/**
 * Which seals of a session a deployment has refused: those of another account, or of another model. In memory and for each replica by itself: whoever
 * knows nothing is refused once and knows as much. Seals go by digests, so that sessions that share a name do each other no harm.
 */
export interface RefusedSeals {
  /** Undefined: none of this session's, as far as is known here. */
  find(session: string, deployment: string): ReadonlySet<SealDigest> | undefined;
  add(session: string, deployment: string, digests: readonly SealDigest[]): void;
}

/** Tells a seal from all others. */
export type SealDigest = string;

const digestLength = 16;

export function digestOf({ data }: Seal): SealDigest {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return createHash('sha256').update(text).digest('base64url').slice(0, digestLength);
}

/** About 20 MB. Of more, the sessions that asked the longest ago are forgotten. */
const mostDigests = 250_000;

export function createRefusedSeals(most = mostDigests): RefusedSeals {
  /** By session and deployment; whoever was used last is last. */
  const known = new Map<string, Set<SealDigest>>();
  let count = 0;

  function forget(key: string): void {
    count -= known.get(key)?.size ?? 0;
    known.delete(key);
  }

  function keep(key: string, digests: Set<SealDigest>): void {
    forget(key);
    known.set(key, digests);
    count += digests.size;
    for (const oldest of known.keys()) {
      if (count <= most) return;
      forget(oldest);
    }
  }

  return {
    find(session, deployment) {
      // As nearly always.
      if (known.size === 0) return undefined;
      const key = keyOf(session, deployment);
      const digests = known.get(key);
      if (digests) keep(key, digests);
      return digests;
    },
    add(session, deployment, digests) {
      if (digests.length === 0) return;
      const key = keyOf(session, deployment);
      keep(key, new Set([...(known.get(key) ?? []), ...digests]));
    },
  };
}

function keyOf(session: string, deployment: string): string {
  return JSON.stringify([session, deployment]);
}
