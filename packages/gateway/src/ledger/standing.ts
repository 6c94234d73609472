import { matchesPattern } from '../core/name-pattern.ts';
import { type Aim, type Applicable, servedName } from './applicable.ts';
import type { Claim, ClaimState } from './counters.ts';
import type { Limit } from './limits.ts';
import type { LimitOwner, Standing } from './refusal.ts';

/** A claim with the limit it is made on and how it stands. */
export interface StandingClaim {
  readonly applicable: Applicable;
  readonly claim: Claim;
  readonly state: ClaimState;
}

/** How a limit stands, in the words of people and headers. */
export function standingOf({ applicable, claim, state }: StandingClaim, nowMs: number): Standing {
  const { limit } = applicable;
  const { used, held } = state;
  const left = claim.limit - used - held;
  const resetsAtMs = resetOf(claim, state, nowMs);
  return {
    kind: limit.kind,
    limitId: limit.id,
    limitName: limit.name,
    owner: ownerOf(applicable),
    where: whereOf(limit),
    unit: limit.unit,
    ...(limit.kind === 'concurrency' ? {} : { every: limit.every }),
    ...(limit.kind === 'budget' ? { timeZone: limit.timeZone } : {}),
    ...(limit.kind === 'budget' && limit.rolling ? { rolling: true as const } : {}),
    enforced: limit.enforced,
    limit: claim.limit,
    used,
    held,
    remaining: left > 0n ? left : 0n,
    ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
  };
}

/** When a window begins anew, a bucket is empty, or room is known to come. */
function resetOf(claim: Claim, { used, waitMs }: ClaimState, nowMs: number): number | undefined {
  if (claim.kind === 'window' && claim.window.kind === 'calendar') return claim.window.endsAtMs;
  if (claim.kind === 'rate') return nowMs + Math.ceil((Number(used) * claim.refillMs) / Number(claim.refill));
  return waitMs === undefined ? undefined : nowMs + Math.ceil(waitMs);
}

/** Fields of scopes from the narrowest level to the widest. */
const levels = ['key', 'user', 'team', 'organization', 'tag', 'model', 'credential', 'provider'] as const;

/** Whose limit it is: of one of those it counts apart for, else the narrowest that its scope names. */
function ownerOf({ limit, owner }: Applicable): LimitOwner {
  if (limit.per !== undefined && owner !== undefined) return { level: limit.per, name: owner };
  for (const level of levels) {
    const name = limit.scope[level];
    if (name !== undefined) return { level, name };
  }
  return { level: 'gateway' };
}

/** What else its scope names. */
function whereOf({ scope, per }: Limit): string | undefined {
  const named = levels.filter((level) => scope[level] !== undefined && level !== per);
  const others = per === undefined ? named.slice(1) : named;
  return others.length === 0 ? undefined : others.map((level) => `${level} ${scope[level]}`).join(', ');
}

/** Whether another deployment may be free of this limit: it is of a provider, of its key, or of a model as it is served. */
export function isOfDeployment({ scope, per }: Limit, { modelAsked, place }: Aim): boolean {
  if ((scope.provider ?? scope.credential) !== undefined || per === 'provider' || per === 'model') return true;
  if (scope.model === undefined || matchesPattern(scope.model, modelAsked)) return false;
  return matchesPattern(scope.model, servedName(place));
}
