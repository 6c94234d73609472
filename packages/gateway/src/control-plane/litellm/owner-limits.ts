import type { Change } from '../resources/change.ts';
import type { LimitFields } from './fields.ts';
import { limitChanges } from './limit-changes.ts';
import type { Owner } from './owner.ts';
import type { LiteLlmTools } from './route.ts';

/** What has to be done so that an owner has these limits. */
export function setLimits(owner: Owner, fields: LimitFields, { limits, clock }: LiteLlmTools): readonly Change[] {
  return limitChanges({ owner, slots: limits.slotsOf(owner), fields, nowMs: clock.now() });
}
