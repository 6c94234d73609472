import { createHash, timingSafeEqual } from 'node:crypto';
import type { AdminRole } from '@turnpike/contract/config-admin';
import type { AdminToken } from '../config/admin-tokens.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { Refused } from './refused.ts';

/** Somebody who was let in. */
export interface Operator {
  readonly name: string;
  readonly role: AdminRole;
}

export interface OperatorsParts {
  /** The tokens that hold now: asked at each request, so a token that was replaced is of no use from then on. */
  tokens(): Promise<readonly AdminToken[]>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Knows operators by their tokens. */
export interface Operators {
  /** Throws `Refused` with `unauthorized` or `too-many-attempts`. `address`: where the request comes from. */
  authenticate(token: string | undefined, address: string | undefined): Promise<Operator>;
}

/** From one address so many wrong tokens are compared in a minute. */
const maxFailures = 10;
const forgetAfterMs = 60_000;
/** Addresses that are remembered: a flood from many must not eat the memory. */
const maxAddresses = 10_000;

export function createOperators({ tokens, clock, log }: OperatorsParts): Operators {
  const failures = new Map<string, { count: number; sinceMs: number }>();

  function failuresOf(address: string) {
    const found = failures.get(address);
    if (found && clock.monotonicMs() - found.sinceMs < forgetAfterMs) return found;
    const [oldest] = failures.keys();
    if (failures.size >= maxAddresses && oldest !== undefined) failures.delete(oldest);
    const fresh = { count: 0, sinceMs: clock.monotonicMs() };
    failures.delete(address);
    failures.set(address, fresh);
    return fresh;
  }

  return {
    async authenticate(token, address = 'unknown') {
      if (token === undefined)
        throw new Refused('unauthorized', 'Send an administrative token: `authorization: Bearer …`.');
      const before = failures.get(address);
      const isBlocked = before && before.count >= maxFailures && clock.monotonicMs() - before.sinceMs < forgetAfterMs;
      if (isBlocked)
        throw new Refused('too-many-attempts', 'Too many wrong tokens came from this address. Wait a minute.');
      const operator = findToken(await tokens(), token);
      if (operator) return { name: operator.name, role: operator.role };
      const failed = failuresOf(address);
      failed.count += 1;
      log.warn('a wrong administrative token was sent', { address, failures: failed.count });
      throw new Refused('unauthorized', 'This administrative token is not known.');
    },
  };
}

/** Compares all of them, whole: the time that it takes tells nothing. */
function findToken(known: readonly AdminToken[], shown: string): AdminToken | undefined {
  const digest = sha256(shown);
  let found: AdminToken | undefined;
  for (const token of known) {
    if (timingSafeEqual(sha256(token.value.reveal()), digest)) found ??= token;
  }
  return found;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
