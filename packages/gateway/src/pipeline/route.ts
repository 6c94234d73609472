import type { Snapshot } from '../config/snapshot.ts';
import type { Principal } from '../identity/principal.ts';
import type { Itinerary } from '../routing/itinerary.ts';
import { layParameters } from '../routing/lay-parameters.ts';
import type { Plan } from '../routing/plan.ts';
import { ablePlan } from './able-plan.ts';
import { applyRules, type Steering } from './apply-rules.ts';
import { arrange, type ArrangePorts } from './arrange.ts';
import type { Envelope } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import { type CompactionPlan, planCompaction } from './plan-compaction.ts';
import type { Tries } from './failover/tour.ts';
import { reachablePlan } from './reachable-plan.ts';
import type { RouteNotes } from './route-notes.ts';
import { ruleFacts } from './rule-facts.ts';
import { planChosen } from './routing-wishes.ts';
import { steeredPlan } from './steered-plan.ts';
import type { SkippedRecord } from '@turnpike/contract/exchange-record';

/** A request as far as its way depends on it. */
export interface RouteQuestion {
  readonly inbound: Inbound;
  readonly envelope: Envelope;
  readonly principal: Principal;
  readonly snapshot: Snapshot;
  /** What is asked for where that is no answer: `search`, `tokens.count`. */
  readonly operation?: string;
  /** How much is used of the caller's fullest budget, as `withBudgetUsed` found it. Absent: no rule asks for it, or it is not known. */
  readonly budgetUsed?: number;
  /** What rules want of its way. Absent: nothing, or they were not asked. */
  readonly steering?: Steering;
}

/** What the decision is written down in. */
export interface RouteTrace {
  readonly route: RouteNotes;
  readonly skipped: SkippedRecord[];
}

/** Where a request goes. */
export interface Route {
  readonly itinerary: Itinerary;
  /** The question as rules have left it: what else is planned for it must keep to what they say. */
  readonly question: RouteQuestion;
  readonly compaction?: CompactionPlan;
}

/**
 * Decides where a request goes, in stages: what rules say of it, what its names lead to and the caller may reach, who condenses it if that is what it
 * asks for, who of them can serve it, and in which order the places are tried. Sends nothing, so a hypothetical request is explained by the same
 * steps. Throws whatever refuses the request.
 */
export function routeRequest(asked: RouteQuestion, ports: ArrangePorts, trace: RouteTrace): Route {
  const question = applyRules(asked, () => ruleFacts(asked, ports.clock), trace.route);
  const wanted = steeredPlan(question, ports, trace.route);
  const compaction = planCompaction({ ...question, plan: wanted, notes: trace.route });
  const willing = compaction ? reachablePlan(compaction.plan, question, question.envelope.model, trace.route) : wanted;
  const itinerary = itineraryOf(willing, question, ports, trace);
  return { itinerary, question, ...(compaction ? { compaction } : {}) };
}

/** Where a model leads that a budget names. The caller need not be allowed its name, for it was not the caller who chose it. */
export function routeStandIn(model: string, question: RouteQuestion, ports: ArrangePorts, trace: RouteTrace): Tries {
  trace.route.names.push({ from: question.envelope.model, to: model, by: 'budget' });
  const willing = planChosen(model, question, trace.route);
  return { itinerary: itineraryOf(willing, question, ports, trace), asked: model };
}

function itineraryOf(willing: Plan, question: RouteQuestion, ports: ArrangePorts, trace: RouteTrace): Itinerary {
  const able = ablePlan(willing, question, trace.route);
  return arrange(layParameters(able, question.steering?.parameters, question.snapshot), question, ports, trace);
}
