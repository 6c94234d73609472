import type { Clock } from '../core/clock.ts';
import { dialects } from '../dialects/registry.ts';
import type { Principal } from '../identity/principal.ts';
import type { Health } from '../routing/health.ts';
import { orderPlan } from '../routing/order-plan.ts';
import type { Plan } from '../routing/plan.ts';
import type { Inbound } from './inbound.ts';
import type { RouteTrace } from './route.ts';

/** Whose request it is. */
interface Asker {
  readonly inbound: Inbound;
  readonly principal: Principal;
}

export interface ArrangePorts {
  readonly health: Health;
  readonly clock: Clock;
}

/** The plan in the order in which this caller's session will try it. Notes who was set back. */
export function arrange(
  plan: Plan,
  { inbound, principal }: Asker,
  { health, clock }: ArrangePorts,
  trace: Pick<RouteTrace, 'skipped'>,
): Plan {
  const session = inbound.session ?? inbound.thread ?? principal.id;
  const ordered = orderPlan(plan, { session, turnState: turnState(inbound), health, nowMs: clock.now() });
  trace.skipped.push(...ordered.skipped);
  return ordered.plan;
}

/** What the agent brought back from the turn's last step. */
function turnState({ dialect, headers }: Inbound): string | undefined {
  const { turnStateHeader } = dialects[dialect];
  const value = turnStateHeader === undefined ? undefined : headers[turnStateHeader];
  return typeof value === 'string' ? value : undefined;
}
