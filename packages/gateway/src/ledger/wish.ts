import type { Clock } from '../core/clock.ts';
import type { Aim, Applicable, LimitBook } from './applicable.ts';
import { claimOf, isClaimedOnce } from './claims.ts';
import type { Claim, Entry, Hold, Verdict } from './counters.ts';
import { refusalOf } from './refuse.ts';
import type { Refusal } from './refusal.ts';
import type { Actual, Attempt, Caller, Estimate } from './request.ts';
import type { StandingClaim } from './standing.ts';

/** What an attempt wants to reserve. */
export interface Wish {
  readonly attempt: Attempt;
  readonly aim: Aim;
  readonly applicable: readonly Applicable[];
  readonly hold: Hold;
  readonly nowMs: number;
}

export interface WishParts {
  limits(): LimitBook;
  readonly clock: Clock;
  newId(prefix: string): string;
}

/** Which limits the attempt must keep, and what it takes of each. What its exchange has claimed already is left out. */
export function wishOf(caller: Caller, attempt: Attempt, carried: ReadonlySet<string>, parts: WishParts): Wish {
  const nowMs = parts.clock.now();
  const aim: Aim = { caller, modelAsked: attempt.modelAsked, place: attempt.place };
  const all = parts.limits().applicable(aim);
  const applicable =
    carried.size === 0 ? all : all.filter((each) => !(carried.has(each.account) && isClaimedOnce(each)));
  const claims = applicable.map((each) => claimOf(each, caller, attempt, nowMs));
  const id = claims.length === 0 ? '' : parts.newId('hold_');
  const lapsed: Entry = { ...entryOf(caller, attempt, attempt.estimate), id, atMs: nowMs, kind: 'lapsed' };
  return { attempt, aim, applicable, hold: { id, claims, ifLapsed: lapsed }, nowMs };
}

/** A line of the ledger for what an attempt has cost, still without id and time. */
export function entryOf(
  { payer: { contact: _contact, ...who }, exchangeId }: Caller,
  { modelAsked, place }: Attempt,
  cost: Estimate | Actual,
): Omit<Entry, 'id' | 'atMs'> {
  const { nanoDollars, inputTokens, outputTokens } = cost;
  return {
    ...who,
    exchangeId,
    modelAsked,
    provider: place.provider,
    model: place.model,
    ...(nanoDollars === undefined ? {} : { nanoDollars }),
    inputTokens,
    outputTokens,
    estimated: !('estimated' in cost) || cost.estimated,
  };
}

/** Claims with their limits and states. */
export function standingClaims({ applicable }: Wish, claims: readonly Claim[], states: Verdict['states']) {
  return applicable.flatMap((each, index): readonly StandingClaim[] => {
    const [claim, state] = [claims[index], states[index]];
    return claim && state ? [{ applicable: each, claim, state }] : [];
  });
}

/** A budget in dollars cannot hold what has no known price: the first such one refuses. */
export function refuseUnpriced({ applicable, hold, aim, attempt, nowMs }: Wish): Refusal | undefined {
  if (attempt.estimate.nanoDollars !== undefined) return undefined;
  const index = hold.claims.findIndex(({ unit, enforced }) => enforced && unit === 'nano-dollars');
  const [first, claim] = [applicable[index], hold.claims[index]];
  if (!first || !claim) return undefined;
  const state = { fits: false, used: 0n, held: 0n };
  const refusal = refusalOf({ applicable: first, claim, state }, aim, nowMs);
  const { retryAfterMs: _retry, resetsAtMs: _reset, ...unpriced } = refusal;
  return { ...unpriced, why: 'unpriced', elsewhere: true };
}
