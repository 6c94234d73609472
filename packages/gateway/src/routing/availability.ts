import type { DeploymentState } from '@turnpike/contract/resources/deployment-state';
import { matchesPattern } from '../core/name-pattern.ts';
import type { Deployment } from './plan.ts';

/** What operators say of deployments by hand. */
export interface Availability {
  /** Nobody has said anything, so there is no need to ask. */
  readonly isEmpty: boolean;
  /** Why a deployment is not open to everybody. Undefined: it is. */
  of(deployment: NamedDeployment, nowMs: number): Closure | undefined;
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

interface Rule extends Closure {
  readonly model: string;
  readonly credential: string | undefined;
}

/** Where everything is open. */
export const allOpen: Availability = { isEmpty: true, of: () => undefined };

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
  return {
    isEmpty: false,
    of: (deployment, nowMs) =>
      byProvider.get(deployment.provider.name)?.find((rule) => fits(rule, deployment) && isNow(rule, nowMs)),
  };
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
