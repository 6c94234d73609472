import type { Clock } from '../core/clock.ts';
import type { Aim, Applicable, LimitBook } from './applicable.ts';
import { claimOf, isClaimedOnce } from './claims.ts';
import type { Claim, Entry, Hold, Verdict } from './counters.ts';
import { refusalOf } from './refuse.ts';
import type { Refusal } from './refusal.ts';
import type { Attempt, Caller } from './request.ts';
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
  const ifLapsed = entryOf({ caller, attempt, hold: { id, atMs: nowMs } }, attempt.estimate, 'lapsed');
  return { attempt, aim, applicable, hold: { id, claims, ifLapsed }, nowMs };
}

/** A line of the ledger for what an attempt has cost. Its payer is the caller's own object: whoever writes it down picks what entries keep. */
export function entryOf({ caller, attempt, hold }: EntryParts, cost: Cost, kind: Entry['kind']): Entry {
  return {
    id: hold.id,
    payer: caller.payer,
    exchangeId: caller.exchangeId,
    atMs: hold.atMs,
    modelAsked: attempt.modelAsked,
    provider: attempt.place.provider,
    model: attempt.place.model,
    nanoDollars: cost.nanoDollars,
    inputTokens: cost.inputTokens,
    outputTokens: cost.outputTokens,
    estimated: cost.estimated !== false || cost.nanoDollars === undefined,
    overdraft: false,
    kind,
  };
}

/** What something costs or may cost. Without `estimated` it is an estimate. */
export interface Cost {
  readonly nanoDollars?: bigint | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly estimated?: boolean;
}

export interface EntryParts {
  readonly caller: Caller;
  readonly attempt: Attempt;
  readonly hold: { readonly id: string; readonly atMs: number };
}

/** How the claims of a wish stand, each with its limit. */
export function standingClaims(
  { applicable }: Wish,
  claims: readonly Claim[],
  states: Verdict['states'],
): readonly StandingClaim[] {
  const standing: StandingClaim[] = [];
  for (const [index, each] of applicable.entries()) {
    const claim = claims[index];
    const state = states[index];
    if (claim && state) standing.push({ applicable: each, claim, state });
  }
  return standing;
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
