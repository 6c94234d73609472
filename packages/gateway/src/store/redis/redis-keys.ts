import type { Claim } from '../../ledger/counters.ts';

/**
 * Names of keys. The part in braces is the same in all of them: a cluster keeps them on one node, so that a script may use
 * any of them at once.
 */
export interface RedisKeys {
  /** Says that the counters are filled. Whoever finds it missing fills them from the store. */
  readonly epoch: string;
  /** Held while they are being filled. */
  readonly filling: string;
  /** Replicas by when they were last heard of. */
  readonly replicas: string;
  /** Entries on their way to the store. */
  readonly outbox: string;
  /** Which replica carries them. */
  readonly drainer: string;
  /** Open holds of a replica. */
  holds(replica: string): string;
  /** How a hold ended. */
  done(holdId: string): string;
  /** What is counted for a claim. */
  account(claim: Claim): string;
  balance(account: string, startsAtMs: number): string;
}

export function createRedisKeys(name: string): RedisKeys {
  const prefix = `{${name}}:`;
  const balance = (account: string, startsAtMs: number) =>
    isRolling(account) ? `${prefix}rolling:${account}` : `${prefix}window:${account}:${startsAtMs}`;
  return {
    epoch: `${prefix}epoch`,
    filling: `${prefix}filling`,
    replicas: `${prefix}replicas`,
    outbox: `${prefix}outbox`,
    drainer: `${prefix}drainer`,
    holds: (replica) => `${prefix}holds:${replica}`,
    done: (holdId) => `${prefix}done:${holdId}`,
    account(claim) {
      if (claim.kind !== 'window') return `${prefix}${claim.kind}:${claim.account}`;
      return balance(claim.account, claim.window.kind === 'rolling' ? 0 : claim.window.startsAtMs);
    },
    balance,
  };
}

/** Accounts are named after their unit and their window. */
export function isRolling(account: string): boolean {
  return /^[a-z-]+\/rolling-/.test(account);
}
