import type { PriceBook } from '../catalog/price-book.ts';
import type { Snapshot } from '../config/snapshot.ts';
import type { Clock } from '../core/clock.ts';
import { dialects } from '../dialects/registry.ts';
import type { Principal } from '../identity/principal.ts';
import type { Availability } from '../routing/availability.ts';
import { deploymentName } from '../routing/deployment-name.ts';
import type { Health } from '../routing/health.ts';
import type { Itineraries } from '../routing/itineraries.ts';
import type { Itinerary } from '../routing/itinerary.ts';
import { openDeployments } from '../routing/open-deployments.ts';
import type { Deployment, Plan } from '../routing/plan.ts';
import type { SessionMemory } from '../routing/session-memory.ts';
import type { Vitals } from '../routing/vitals.ts';
import { turnStateOf } from '../routing/turn-state.ts';
import type { Envelope } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import type { RouteTrace } from './route.ts';

/** Whose request it is. */
export interface Asker {
  readonly inbound: Inbound;
  /** Absent where it is not a model that is to answer. */
  readonly envelope?: Pick<Envelope, 'bodyBytes'>;
  readonly principal: Principal;
  readonly snapshot: Snapshot;
}

export interface ArrangePorts {
  readonly health: Health;
  /** What operators say of deployments now. */
  availability(): Availability;
  readonly itineraries: Itineraries;
  readonly memory: SessionMemory;
  /** How deployments do. */
  readonly vitals: Pick<Vitals, 'of'>;
  /** What everything costs now, for an exchange that began with this snapshot. */
  prices(snapshot: Snapshot): PriceBook;
  readonly clock: Clock;
}

/** So many places of an order are written down: hardly ever are more tried. */
const maxOrder = 5;

/** What of the plan is open to this caller's session, in the order in which it will try it. Notes that order, and who was left out and who was set back. */
export function arrange(plan: Plan, asker: Asker, ports: ArrangePorts, trace: RouteTrace): Itinerary {
  const { inbound, principal, snapshot } = asker;
  const { availability, itineraries, memory, clock } = ports;
  const session = sessionOf(inbound, principal);
  const nowMs = clock.now();
  const turnState = turnStateIn(inbound);
  // Another replica may have served it, or this one before it was started anew.
  const isThere = (deployment: Deployment) =>
    memory.isThere(session, deploymentName(deployment)) || turnStateOf(deployment) === turnState;
  const { plan: open, excluded } = openDeployments(plan, { availability: availability(), nowMs, isThere });
  trace.route.excluded.push(...excluded);
  const price = ports.prices(snapshot).comparison({ organization: principal.organization, at: nowMs });
  const bytes = asker.envelope?.bodyBytes;
  const itinerary = itineraries.start(open, { session, request: inbound.id, turnState, bytes, price }, trace.skipped);
  // Where others would go who are new does not matter to whoever is at home, and it takes a look at all of them.
  trace.route.order = open.length === 1 ? open : itinerary.preview(itinerary.isAtHome ? 1 : maxOrder);
  return itinerary;
}

/** The key of a caller's session, for all that is remembered of it. */
export function sessionOf({ session, thread }: Inbound, { id }: Principal): string {
  return session ?? thread ?? id;
}

/** What the agent brought back from the turn's last step. */
function turnStateIn({ dialect, headers }: Inbound): string | undefined {
  const { turnStateHeader } = dialects[dialect];
  const value = turnStateHeader === undefined ? undefined : headers[turnStateHeader];
  return typeof value === 'string' ? value : undefined;
}
