import type { StrategyName } from '@turnpike/contract/config-models';
import type { ModelFacts } from '../catalog/catalog.ts';
import type { Parameters } from '../core/parameters.ts';
import { type Credential, isFor, type Provider } from '../providers/provider.ts';
import type { FailoverRules } from './build-failover.ts';

/** A model at a provider, as one of the places where a name leads. */
export interface Target {
  readonly provider: Provider;
  /** The provider's own name of the model. */
  readonly model: string;
  /** What the configuration says that the asked name can do. */
  readonly abilities?: ModelFacts;
  /** What is set in its requests. */
  readonly parameters?: Parameters;
  /** The innermost group that it is in. Absent: its place in the plan is all that counts. */
  readonly group?: TargetGroup;
  /** Names of all groups that it is in, the innermost first. */
  readonly groups?: readonly string[];
  /** Its share of the group's sessions, against the others. Default: 1. */
  readonly weight?: number;
  /** What becomes of requests for the asked name when a deployment fails them. Absent: as for all names. */
  readonly failover?: FailoverRules;
}

/** Targets and groups among which a strategy chooses. Each group is one object: neighbours in a plan that hold the same one belong together. */
export interface TargetGroup {
  readonly strategy: StrategyName;
  /** Told apart from others of the same outer group by it. Absent: it is the group of a whole alias. */
  readonly name?: string;
  /** Its share within the outer group. Default: 1. */
  readonly weight?: number;
  /** `off`: each request is chosen for anew, whatever its session. It holds for all groups inside. Default: `on`. */
  readonly affinity?: 'on' | 'off';
  readonly outer?: TargetGroup;
}

/** A provider's model reached with one of its keys. */
export interface Deployment extends Target {
  readonly credential: Credential;
}

/** What may be tried, in the order of preference as far as that is known without a session. */
export type Plan = readonly [Deployment, ...Deployment[]];

/** Whether any of the provider's keys is for the model. */
export function hasKey({ provider, model }: Target): boolean {
  return provider.credentials.some((credential) => isFor(credential, model));
}

/** One deployment per credential that is for the model: a second key is the next try when the first is limited. */
export function deploymentsOf(target: Target): readonly Deployment[] {
  return target.provider.credentials
    .filter((credential) => isFor(credential, target.model))
    .map((credential) => Object.freeze({ ...target, credential }));
}
