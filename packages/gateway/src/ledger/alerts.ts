import type { LimitOwner } from './refusal.ts';
import { type StandingClaim, standingOf } from './standing.ts';

/** What was spent of a budget has just passed one of its `warn_at` shares. Raised once for each crossing, by whoever crosses. */
export interface BudgetAlert {
  readonly budgetId: string;
  readonly budgetName: string;
  readonly owner: LimitOwner;
  readonly share: number;
  /** In the budget's unit: nano-dollars or tokens. */
  readonly unit: 'nano-dollars' | 'tokens';
  readonly used: bigint;
  readonly limit: bigint;
  readonly resetsAtMs?: number;
}

const none: readonly BudgetAlert[] = [];

/** Shares are compared in millionths: exact, and finer than anyone warns. */
const millionths = 1_000_000;

/** Alerts for a claim after so much was booked on it. */
export function alertsOf(settled: StandingClaim, booked: bigint, nowMs: number): readonly BudgetAlert[] {
  const { applicable, claim, state } = settled;
  const { limit } = applicable;
  if (limit.kind !== 'budget' || booked <= 0n) return none;
  const crossed = limit.warnAt.filter((share) => {
    const threshold = (claim.limit * BigInt(Math.round(share * millionths))) / BigInt(millionths);
    return state.used >= threshold && state.used - booked < threshold;
  });
  if (crossed.length === 0) return none;
  const { resetsAtMs, owner } = standingOf(settled, nowMs);
  return crossed.map((share) => ({
    budgetId: limit.id,
    budgetName: limit.name,
    owner,
    share,
    unit: limit.unit === 'tokens' ? 'tokens' : 'nano-dollars',
    used: state.used,
    limit: claim.limit,
    ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
  }));
}
