import type { Reach, Snapshot } from '../config/snapshot.ts';
import type { Principal } from '../identity/principal.ts';
import { mayReach, permittedPlan, whyUnreachable } from '../policy/access.ts';
import type { Plan } from '../routing/plan.ts';
import { excludedPlaces, type RouteNotes } from './route-notes.ts';

interface Asker {
  readonly principal: Principal;
  readonly snapshot: Snapshot;
}

/**
 * The deployments that the caller may reach; notes the others. `asked` is what led to them. Worked out once for a caller and a plan, and then always
 * the same array. Throws what refuses where none is left.
 */
export function reachablePlan(all: Plan, asker: Asker, asked: string, notes: RouteNotes): Plan {
  const { principal, snapshot } = asker;
  if (principal.grants.length === 0 && principal.demands.length === 0) return all;
  const known = snapshot.reaches.get(principal) ?? new WeakMap<Plan, Reach>();
  snapshot.reaches.set(principal, known);
  const reach = known.get(all) ?? reachOf(all, principal);
  known.set(all, reach);
  notes.excluded.push(...reach.excluded);
  // Where nobody is left, it says why.
  return reach.plan ?? permittedPlan(principal, all, asked);
}

function reachOf(all: Plan, principal: Principal): Reach {
  const [first, ...rest] = all.filter((each) => mayReach(principal, each));
  const beyond = all.filter((each) => !mayReach(principal, each));
  return {
    ...(first ? { plan: beyond.length === 0 ? all : [first, ...rest] } : {}),
    excluded: excludedPlaces(beyond.map((each) => ({ deployment: each, ...whyUnreachable(principal, each) }))),
  };
}
