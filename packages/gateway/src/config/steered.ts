import type { ExcludedRecord } from '@turnpike/contract/route-record';
import { createMemo, createPairMemo, type Memo, type PairMemo } from '../core/memo.ts';
import type { Principal } from '../identity/principal.ts';
import type { Plan } from './deployment.ts';

/** What rules have made of plans and callers, once they have: always the same objects, so that what is worked out of them further on can be kept, too. */
export interface Steered {
  /** Of a plan, by the name of a group. */
  readonly groups: WeakMap<Plan, Map<string, OfGroup>>;
  /** Of a plan and another that was put behind it. */
  readonly appended: PairMemo<Plan, Plan, Plan>;
  /** Of a caller, by what rules demand besides. */
  readonly callers: WeakMap<Principal, Memo<Principal>>;
}

/** What of a plan is in a group. */
export interface OfGroup {
  /** Undefined: nothing. */
  readonly plan: Plan | undefined;
  readonly excluded: readonly ExcludedRecord[];
}

/** Many rules of a chain may demand something, each by itself. */
const mostDemands = 64;

export function createSteered(): Steered {
  return { groups: new WeakMap(), appended: createPairMemo(), callers: new WeakMap() };
}

/** The memo of a caller. */
export function demandsOf({ callers }: Steered, principal: Principal): Memo<Principal> {
  let known = callers.get(principal);
  if (!known) callers.set(principal, (known = createMemo(mostDemands)));
  return known;
}
