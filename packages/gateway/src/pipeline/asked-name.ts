import type { Snapshot } from '../config/snapshot.ts';
import type { Principal } from '../identity/principal.ts';
import { checkAccess, mayUse } from '../policy/access.ts';
import { type Destination, planOf, resolveName } from '../routing/names.ts';
import type { Plan } from '../routing/plan.ts';
import type { Inbound } from './inbound.ts';
import { reachablePlan } from './reachable-plan.ts';
import type { RouteNotes } from './route-notes.ts';

/** Who asks for a name. */
export interface NameAsker {
  readonly inbound: Pick<Inbound, 'receivedAt'>;
  readonly principal: Principal;
  readonly snapshot: Snapshot;
  /** What the request is for, where that matters. */
  readonly kind?: Inbound['requestKind'] | undefined;
}

/** What a name comes to that the caller asks for. Throws `model-forbidden` where it may not. */
export function askedName(asked: string, { inbound, principal, snapshot, kind }: NameAsker): Destination {
  const { overlays } = principal;
  const mayAsk = (model: string) => mayUse(principal, model);
  const destination = resolveName({ asked, kind, overlays, nowMs: inbound.receivedAt, mayUse: mayAsk }, snapshot);
  checkAccess(principal, destination.claimed);
  return destination;
}

/** What a name comes to that an operator has written: the caller need not be allowed it, but it means to the caller what it always does. */
export function chosenName(name: string, { inbound, principal, snapshot, kind }: NameAsker): Destination {
  return resolveName({ asked: name, kind, overlays: principal.overlays, nowMs: inbound.receivedAt }, snapshot);
}

/** Where a destination leads, as far as the caller may go there. Notes how it came to that. */
export function reachableFrom(destination: Destination, { principal, snapshot }: NameAsker, notes: RouteNotes): Plan {
  noteDestination(destination, notes);
  const mayAsk = (model: string) => mayUse(principal, model);
  const all = planOf(destination, snapshot, { mayUse: mayAsk, overlays: principal.overlays });
  notes.candidates += all.length;
  return reachablePlan(all, { principal, snapshot }, destination.claimed, notes);
}

export function noteDestination({ steps, notice }: Destination, notes: Pick<RouteNotes, 'names' | 'notice'>): void {
  notes.names.push(...steps);
  if (notice) notes.notice = notice;
}
