import type { Change } from '../resources/change.ts';
import { budgetChanges } from './budget-changes.ts';
import type { LimitFields } from './fields.ts';
import { modelBudgetChanges, windowBudgetChanges } from './more-budget-changes.ts';
import type { Owner } from './owner.ts';
import { modelRateChanges, rateChanges } from './rate-changes.ts';
import type { LiteLlmTools } from './route.ts';

/** What has to be done so that an owner has these limits. What is not named stays; null takes a limit away. */
export function setLimits(owner: Owner, fields: LimitFields, { limits, clock }: LiteLlmTools): readonly Change[] {
  const change = { owner, slots: limits.slotsOf(owner), fields, nowMs: clock.now() };
  return [
    ...budgetChanges(change),
    ...windowBudgetChanges(change),
    ...modelBudgetChanges(change),
    ...rateChanges(change),
    ...modelRateChanges(change, 'tpm'),
    ...modelRateChanges(change, 'rpm'),
  ];
}
