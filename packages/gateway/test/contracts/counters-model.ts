import type { Claim, ClaimState, WindowClaim } from '../../src/ledger/counters.ts';
import { oldestBucketMs, slotOf } from '../../src/ledger/window.ts';

interface Booked {
  readonly account: string;
  readonly startsAtMs: number;
  readonly amount: bigint;
}

interface OpenHold {
  readonly claims: readonly Claim[];
}

/** The same rules as counters keep, said as simply as can be: everything is recomputed from all that ever happened. */
export function createCountersModel() {
  const booked: Booked[] = [];
  const holds = new Map<string, OpenHold>();
  const running = new Map<string, readonly Claim[]>();

  const openClaims = () => [...holds.values()].flatMap(({ claims }) => claims);

  function windowState(claim: WindowClaim, more: bigint, nowMs: number): ClaimState {
    const { window, account } = claim;
    const counts = ({ startsAtMs }: Booked) =>
      window.kind === 'rolling' ? startsAtMs >= oldestBucketMs(window, nowMs) : startsAtMs === window.startsAtMs;
    const used = sum(booked.filter((each) => each.account === account && counts(each)).map(({ amount }) => amount));
    const same = (other: Claim): bigint => {
      if (other.kind !== 'window' || other.account !== account) return 0n;
      if (window.kind === 'rolling' || other.window.kind === 'rolling') return other.amount;
      return other.window.startsAtMs === window.startsAtMs ? other.amount : 0n;
    };
    const held = sum(openClaims().map(same));
    return { fits: used + held + more <= claim.limit, used, held };
  }

  function runningState({ account, limit }: Claim): ClaimState {
    const claims = [...openClaims(), ...[...running.values()].flat()];
    const used = BigInt(claims.filter((each) => each.kind === 'running' && each.account === account).length);
    return { fits: used < limit, used, held: 0n };
  }

  const look = (claim: Claim, more: bigint, nowMs: number) =>
    claim.kind === 'window' ? windowState(claim, more, nowMs) : runningState(claim);

  return {
    holds,
    running,
    look,
    wouldGrant: (claims: readonly Claim[], mores: readonly bigint[], nowMs: number) =>
      claims.every((claim, index) => !claim.enforced || look(claim, mores[index] ?? 0n, nowMs).fits),
    hold: (id: string, claims: readonly Claim[]) => holds.set(id, { claims }),
    settle(id: string, amounts: readonly bigint[], keepRunning: boolean, nowMs: number) {
      const claims = holds.get(id)?.claims ?? [];
      holds.delete(id);
      const kept = claims.filter((claim) => keepRunning && claim.kind === 'running' && claim.carried);
      if (kept.length > 0) running.set(id, kept);
      for (const [index, claim] of claims.entries()) {
        if (claim.kind !== 'window') continue;
        const { startsAtMs } = slotOf(claim.window, nowMs);
        booked.push({ account: claim.account, startsAtMs, amount: amounts[index] ?? 0n });
      }
    },
    booked: () => booked,
  };
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
