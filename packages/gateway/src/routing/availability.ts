import type { DeploymentState } from '@turnpike/contract/resources/deployment-state';
import { matchesPattern } from '../core/name-pattern.ts';
import type { Deployment, Plan } from './plan.ts';

/** What operators say of deployments by hand. */
export interface Availability {
  /** Nobody has said anything, so there is no need to ask. */
  readonly isEmpty: boolean;
  /** Why a deployment is not open to everybody. Undefined: it is. */
  of(deployment: NamedDeployment, nowMs: number): Closure | undefined;
  /** The same for a whole plan. Remembered for as long as the plan lives, or until one of its closures ends. */
  divide(plan: Plan, nowMs: number): Divided;
}

/** As much of a deployment as tells which one it is. */
export interface NamedDeployment {
  readonly provider: Pick<Deployment['provider'], 'name'>;
  readonly model: string;
  readonly credential: Pick<Deployment['credential'], 'id'>;
}

/** `disabled`: never tried. `draining`: only for those who are there already. */
export interface Closure {
  readonly state: DeploymentState['state'];
  /** The operator's words. */
  readonly reason?: string;
  /** Milliseconds since 1970. */
  readonly untilMs?: number;
}

/** A plan by who is open to everybody. */
export interface Divided {
  /** The plan itself where nothing is closed. */
  readonly open: readonly Deployment[];
  readonly closed: readonly Closed[];
}

export interface Closed {
  readonly deployment: Deployment;
  readonly closure: Closure;
}

interface Rule extends Closure {
  readonly model: string;
  readonly credential: string | undefined;
}

/** Where everything is open. */
export const allOpen: Availability = {
  isEmpty: true,
  of: () => undefined,
  divide: (plan) => ({ open: plan, closed: [] }),
};

/** Makes states ready to be asked for, many times for each request. */
export function createAvailability(states: Iterable<DeploymentState>): Availability {
  const byProvider = new Map<string, Rule[]>();
  for (const each of states) {
    const rules = byProvider.get(each.provider);
    if (rules) rules.push(ruleOf(each));
    else byProvider.set(each.provider, [ruleOf(each)]);
  }
  if (byProvider.size === 0) return allOpen;
  // The first that fits holds, and `disabled` is the stricter one.
  for (const rules of byProvider.values()) rules.sort((one, other) => one.state.localeCompare(other.state));
  const remembered = new WeakMap<Plan, { readonly divided: Divided; readonly untilMs: number }>();

  function of(deployment: NamedDeployment, nowMs: number): Closure | undefined {
    const rules = byProvider.get(deployment.provider.name);
    return rules?.find((rule) => fits(rule, deployment) && isNow(rule, nowMs));
  }

  function divide(plan: Plan, nowMs: number): Divided {
    const known = remembered.get(plan);
    if (known && nowMs < known.untilMs) return known.divided;
    const closed = plan.flatMap((deployment) => {
      const closure = of(deployment, nowMs);
      return closure ? [{ deployment, closure }] : [];
    });
    const gone = new Set(closed.map(({ deployment }) => deployment));
    const divided = { closed, open: closed.length === 0 ? plan : plan.filter((each) => !gone.has(each)) };
    const untilMs = Math.min(...closed.map(({ closure }) => closure.untilMs ?? Number.POSITIVE_INFINITY));
    remembered.set(plan, { divided, untilMs });
    return divided;
  }

  return { isEmpty: false, of, divide };
}

function ruleOf({ provider, model = '*', credential, state, reason, until }: DeploymentState): Rule {
  return {
    state,
    model,
    credential: credential === undefined || credential.includes('#') ? credential : `${provider}#${credential}`,
    ...(reason === undefined ? {} : { reason }),
    ...(until === undefined ? {} : { untilMs: Date.parse(until) }),
  };
}

function fits({ model, credential }: Rule, deployment: NamedDeployment): boolean {
  if (credential !== undefined && credential !== deployment.credential.id) return false;
  return matchesPattern(model, deployment.model);
}

function isNow({ untilMs }: Rule, nowMs: number): boolean {
  return untilMs === undefined || nowMs < untilMs;
}
