import type { Principal } from '../identity/principal.ts';
import { permittedPlan, whyUnreachable } from '../policy/access.ts';
import type { Plan } from '../routing/plan.ts';
import { noteExcluded, type RouteNotes } from './route-notes.ts';

/** The deployments that the caller may reach; notes the others. `asked` is what led to them. Throws what refuses where none is left. */
export function reachablePlan(all: Plan, principal: Principal, asked: string, notes: RouteNotes): Plan {
  const left = permittedPlan(principal, all, asked);
  noteExcluded(notes, (each) => whyUnreachable(principal, each), { all, left });
  return left;
}
