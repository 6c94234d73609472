import type { Clock } from '../core/clock.ts';
import { dialects } from '../dialects/registry.ts';
import type { Principal } from '../identity/principal.ts';
import type { Availability } from '../routing/availability.ts';
import type { Health } from '../routing/health.ts';
import { openDeployments } from '../routing/open-deployments.ts';
import { orderPlan } from '../routing/order-plan.ts';
import type { Deployment, Plan } from '../routing/plan.ts';
import { turnStateOf } from '../routing/turn-state.ts';
import type { Inbound } from './inbound.ts';
import type { RouteTrace } from './route.ts';

/** Whose request it is. */
interface Asker {
  readonly inbound: Inbound;
  readonly principal: Principal;
}

export interface ArrangePorts {
  readonly health: Health;
  /** What operators say of deployments now. */
  availability(): Availability;
  readonly clock: Clock;
}

/** What of the plan is open to this caller's session, in the order in which it will try it. Notes who was left out and who was set back. */
export function arrange(
  plan: Plan,
  { inbound, principal }: Asker,
  { health, availability, clock }: ArrangePorts,
  trace: RouteTrace,
): Plan {
  const session = inbound.session ?? inbound.thread ?? principal.id;
  const [state, nowMs] = [turnState(inbound), clock.now()];
  const isThere = (deployment: Deployment) => state !== undefined && turnStateOf(deployment) === state;
  const { plan: open, excluded } = openDeployments(plan, { availability: availability(), nowMs, isThere });
  trace.route.excluded.push(...excluded);
  const ordered = orderPlan(open, { session, turnState: state, health, nowMs });
  trace.skipped.push(...ordered.skipped);
  return ordered.plan;
}

/** What the agent brought back from the turn's last step. */
function turnState({ dialect, headers }: Inbound): string | undefined {
  const { turnStateHeader } = dialects[dialect];
  const value = turnStateHeader === undefined ? undefined : headers[turnStateHeader];
  return typeof value === 'string' ? value : undefined;
}
