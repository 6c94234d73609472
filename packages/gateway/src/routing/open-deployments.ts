import type { ExcludedRecord } from '@turnpike/contract/route-record';
import { Failure } from '../core/failure.ts';
import type { Availability, Closed } from './availability.ts';
import type { Deployment, Plan } from './plan.ts';

export interface OpenParts {
  readonly availability: Availability;
  readonly nowMs: number;
  /** Whether the session has been served there before, so that it may go on. */
  isThere(deployment: Deployment): boolean;
}

/** What is left of a plan, and what is not. */
export interface OpenPlan {
  readonly plan: Plan;
  readonly excluded: readonly ExcludedRecord[];
}

/**
 * The deployments of a plan that operators leave open to this session; the same array for all sessions that are at none which is draining. Unlike bad
 * health, what people say is final: where nothing is left, it throws `not-ready`.
 */
export function openDeployments(plan: Plan, { availability, nowMs, isThere }: OpenParts): OpenPlan {
  const { open, closed } = availability.divide(plan, nowMs);
  const kept = new Set(closed.filter((each) => each.closure.state === 'draining' && isThere(each.deployment)));
  const left = closed.filter((each) => !kept.has(each));
  if (left.length === 0) return { plan, excluded: [] };
  const gone = new Set(left.map(({ deployment }) => deployment));
  const usable = kept.size === 0 ? open : plan.filter((each) => !gone.has(each));
  if (!isPlan(usable)) throw nothingOpen(left, nowMs);
  return { plan: usable, excluded: left.map(excludedRecord) };
}

function isPlan(deployments: readonly Deployment[]): deployments is Plan {
  return deployments.length > 0;
}

function excludedRecord({ deployment: { provider, model, credential }, closure }: Closed): ExcludedRecord {
  const { state: why, reason } = closure;
  return {
    provider: provider.name,
    model,
    credential: credential.id,
    why,
    ...(reason === undefined ? {} : { detail: reason }),
  };
}

const toldAtMost = 3;

function nothingOpen(closed: readonly Closed[], nowMs: number): Failure {
  const told = [...new Set(closed.map(inWords))];
  const more = told.length > toldAtMost ? `, and ${told.length - toldAtMost} more` : '';
  const ends = closed.flatMap(({ closure }) => closure.untilMs ?? []);
  return new Failure(
    'not-ready',
    `Nobody can answer right now: ${told.slice(0, toldAtMost).join(', ')}${more}. Ask whoever runs the gateway, or for another model.`,
    ends.length === 0 ? {} : { retryAfterMs: Math.min(...ends) - nowMs },
  );
}

function inWords({ deployment: { provider, model }, closure: { state, reason } }: Closed): string {
  const what = state === 'disabled' ? 'was disabled' : 'takes no new sessions';
  return `"${provider.name}/${model}" ${what}${reason === undefined ? '' : ` (${reason})`}`;
}
