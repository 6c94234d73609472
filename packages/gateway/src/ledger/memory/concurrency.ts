import type { ClaimState, RunningClaim, SessionClaim } from '../counters.ts';

/** Requests that run and sessions that are active. */
export interface Concurrency {
  look(claim: RunningClaim | SessionClaim, nowMs: number): ClaimState;
  take(claim: RunningClaim | SessionClaim, nowMs: number): void;
  release(claim: RunningClaim): void;
  /** Forgets sessions that are no longer active. */
  sweep(nowMs: number): void;
}

interface Sessions {
  readonly idleMs: number;
  /** When each was last seen. */
  readonly seenMs: Map<string, number>;
}

export function createConcurrency(): Concurrency {
  const running = new Map<string, number>();
  const sessions = new Map<string, Sessions>();

  function activeIn({ account, idleMs }: SessionClaim, nowMs: number): Map<string, number> {
    const seenMs = sessions.get(account)?.seenMs ?? new Map<string, number>();
    forgetIdle({ idleMs, seenMs }, nowMs);
    return seenMs;
  }

  function lookAtSession(claim: SessionClaim, nowMs: number): ClaimState {
    const seenMs = activeIn(claim, nowMs);
    const used = BigInt(seenMs.size);
    if (seenMs.has(claim.session) || used + 1n <= claim.limit) return { fits: true, used, held: 0n };
    return { fits: false, used, held: 0n, waitMs: Math.min(...seenMs.values()) + claim.idleMs - nowMs };
  }

  return {
    look(claim, nowMs) {
      if (claim.kind === 'session') return lookAtSession(claim, nowMs);
      const used = BigInt(running.get(claim.account) ?? 0);
      return { fits: used + 1n <= claim.limit, used, held: 0n };
    },
    take(claim, nowMs) {
      if (claim.kind === 'running') {
        running.set(claim.account, (running.get(claim.account) ?? 0) + 1);
        return;
      }
      const seenMs = activeIn(claim, nowMs);
      seenMs.set(claim.session, Math.max(nowMs, seenMs.get(claim.session) ?? 0));
      sessions.set(claim.account, { idleMs: claim.idleMs, seenMs });
    },
    release({ account }) {
      const left = (running.get(account) ?? 0) - 1;
      if (left > 0) running.set(account, left);
      else running.delete(account);
    },
    sweep(nowMs) {
      for (const [account, each] of sessions) {
        forgetIdle(each, nowMs);
        if (each.seenMs.size === 0) sessions.delete(account);
      }
    },
  };
}

function forgetIdle({ idleMs, seenMs }: Sessions, nowMs: number): void {
  for (const [session, atMs] of seenMs) if (atMs + idleMs <= nowMs) seenMs.delete(session);
}
