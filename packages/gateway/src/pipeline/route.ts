import type { Snapshot } from '../config/snapshot.ts';
import type { Principal } from '../identity/principal.ts';
import type { Itinerary } from '../routing/itinerary.ts';
import { ablePlan } from './able-plan.ts';
import { arrange, type ArrangePorts } from './arrange.ts';
import type { Envelope } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import { type CompactionPlan, planCompaction } from './plan-compaction.ts';
import type { Tries } from './failover/tour.ts';
import { reachablePlan } from './reachable-plan.ts';
import type { RouteNotes } from './route-notes.ts';
import { planAsked, planChosen } from './routing-wishes.ts';
import type { SkippedRecord } from '@turnpike/contract/exchange-record';

/** A request as far as its way depends on it. */
export interface RouteQuestion {
  readonly inbound: Inbound;
  readonly envelope: Envelope;
  readonly principal: Principal;
  readonly snapshot: Snapshot;
}

/** What the decision is written down in. */
export interface RouteTrace {
  readonly route: RouteNotes;
  readonly skipped: SkippedRecord[];
}

/** Where a request goes. */
export interface Route {
  readonly itinerary: Itinerary;
  readonly compaction?: CompactionPlan;
}

/**
 * Decides where a request goes, in stages: what its names lead to and the caller may reach, who condenses it if that is what it asks for, and in which
 * order the places are tried. Sends nothing, so a hypothetical request is explained by the same steps. Throws whatever refuses the request.
 */
export function routeRequest(question: RouteQuestion, ports: ArrangePorts, trace: RouteTrace): Route {
  const asked = planAsked(question, trace.route);
  const compaction = planCompaction({ ...question, plan: asked, notes: trace.route });
  const willing = compaction ? reachablePlan(compaction.plan, question, question.envelope.model, trace.route) : asked;
  const itinerary = arrange(ablePlan(willing, question, trace.route), question, ports, trace);
  return { itinerary, ...(compaction ? { compaction } : {}) };
}

/** Where a model leads that a budget names. The caller need not be allowed its name, for it was not the caller who chose it. */
export function routeStandIn(model: string, question: RouteQuestion, ports: ArrangePorts, trace: RouteTrace): Tries {
  trace.route.names.push({ from: question.envelope.model, to: model, by: 'budget' });
  const willing = planChosen(model, question, trace.route);
  return { itinerary: arrange(ablePlan(willing, question, trace.route), question, ports, trace), asked: model };
}
