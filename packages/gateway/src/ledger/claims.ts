import { type Applicable, sessionOf } from './applicable.ts';
import type { Claim, Unit } from './counters.ts';
import type { Attempt, Caller, Estimate } from './request.ts';

/** What a request takes of a limit that it must keep. */
export function claimOf(
  { limit, account }: Applicable,
  caller: Caller,
  { estimate, likely = estimate }: Pick<Attempt, 'estimate' | 'likely'>,
  nowMs: number,
): Claim {
  const { unit, enforced } = limit;
  const amount = amountOf(unit, limit.kind === 'budget' ? estimate : likely);
  switch (limit.kind) {
    case 'budget': {
      const window = limit.windowAt(nowMs);
      return { kind: 'window', account, unit, limit: limit.limitAt(nowMs), enforced, window, amount };
    }
    case 'rate': {
      const { burst, refill, refillMs } = limit;
      return { kind: 'rate', account, unit, limit: burst, enforced, refill, refillMs, amount };
    }
    default: {
      const base = { account, unit, limit: limit.limit, enforced };
      if (unit === 'concurrent-requests') return { kind: 'running', ...base, carried: isOfExchange(limit) };
      return { kind: 'session', ...base, session: sessionOf(caller), idleMs: limit.sessionIdleMs };
    }
  }
}

/** Whether one claim serves all attempts of an exchange: how many requests there are does not depend on how often we try. */
export function isClaimedOnce({ limit }: Applicable): boolean {
  return limit.kind === 'concurrency' || limit.unit === 'requests';
}

/** A limit of a provider, of its key or of a model as served is of the attempt: the next one may go elsewhere. */
function isOfExchange({ scope, per }: Applicable['limit']): boolean {
  const ofPlace = scope.provider ?? scope.credential ?? scope.model;
  return ofPlace === undefined && per !== 'provider' && per !== 'model';
}

/** The claims of a hold with other amounts. */
export function withEstimate(claims: readonly Claim[], estimate: Estimate): readonly Claim[] {
  return claims.map((claim) =>
    claim.kind === 'window' ? { ...claim, amount: amountOf(claim.unit, estimate) } : claim,
  );
}

/** What something costs in a unit. An unknown price is none here: whoever must know it asks before. */
export function amountOf(unit: Unit, { nanoDollars, inputTokens, outputTokens }: Estimate): bigint {
  switch (unit) {
    case 'nano-dollars':
      return nanoDollars ?? 0n;
    case 'tokens':
      return BigInt(inputTokens + outputTokens);
    case 'input-tokens':
      return BigInt(inputTokens);
    case 'output-tokens':
      return BigInt(outputTokens);
    default:
      return 1n;
  }
}
