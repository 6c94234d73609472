import type { RestReason } from '@turnpike/contract/exchange-record';
import { deploymentsOf } from '../config/deployment.ts';
import type { Snapshot } from '../config/snapshot.ts';
import type { Provider } from '../providers/provider.ts';
import type { Availability } from './availability.ts';
import type { Standing } from './breaker.ts';
import { deploymentName } from './deployment-name.ts';
import type { Health, HealthRow } from './health.ts';
import { type Deployment, targetsOf } from './plan.ts';
import type { Vitals } from './vitals.ts';

/** A deployment and all that is known of how it is. */
export interface Surveyed {
  readonly provider: string;
  /** Absent: the key itself, where no model is known that is asked with it. */
  readonly model?: string;
  readonly credential: string;
  /** Names of the configuration that lead there. */
  readonly names: readonly string[];
  readonly state: Standing['state'] | 'draining' | 'disabled';
  /** Of bad health. */
  readonly why?: RestReason;
  /** An operator's words. */
  readonly reason?: string;
  /** Milliseconds since 1970. */
  readonly untilMs?: number;
  readonly failuresInARow: number;
  /** Requests that run there. Absent, with what follows: it was not asked lately. */
  readonly inFlight?: number;
  readonly firstTokenMs?: number;
  readonly tokensPerSecond?: number;
}

interface SurveyParts {
  readonly snapshot: Snapshot;
  readonly health: Pick<Health, 'look' | 'view'>;
  readonly availability: Availability;
  readonly vitals: Pick<Vitals, 'of' | 'view'>;
  readonly nowMs: number;
}

/** Where requests can go, as far as that is known: by the configuration, by what was asked lately, and every key at least once. */
export function surveyDeployments(parts: SurveyParts): readonly Surveyed[] {
  const found = new Map<string, { readonly deployment: Deployment; readonly names: Set<string> }>();
  const add = (deployment: Deployment, name?: string) => {
    const id = `${deployment.credential.id} ${deployment.model}`;
    const known = found.get(id) ?? { deployment, names: new Set() };
    if (name !== undefined) known.names.add(name);
    found.set(id, known);
  };
  for (const { name, plan } of parts.snapshot.aliases.values()) for (const each of plan) add(each, name);
  for (const place of placesBesides(parts)) for (const each of deploymentsAt(place, parts.snapshot)) add(each);
  const used = new Set([...found.values()].map(({ deployment }) => deployment.credential.id));
  for (const provider of parts.snapshot.providers.values())
    for (const each of bareKeysOf(provider)) if (!used.has(each.credential.id)) add(each);
  return [...found.values()].map(({ deployment, names }) => surveyed(deployment, [...names], parts));
}

/** Places that no alias names: those of other settings, and those that plain names have led to. */
function* placesBesides({ snapshot, health, vitals }: SurveyParts): Generator<string> {
  const { utilityModel, compaction } = snapshot;
  for (const name of [utilityModel, compaction.model]) if (name !== undefined) yield name;
  for (const { deployment } of vitals.view()) yield placeIn(deployment);
  for (const row of health.view()) if (isPlace(row)) yield `${row.provider}/${row.model}`;
}

/** `provider/model` of a deployment's name. */
function placeIn(deployment: string): string {
  return deployment.slice(0, deployment.lastIndexOf(' '));
}

function isPlace({ model }: HealthRow): boolean {
  return model !== undefined && model !== '';
}

function deploymentsAt(place: string, snapshot: Snapshot): readonly Deployment[] {
  if (snapshot.aliases.has(place)) return [];
  return (targetsOf(place, snapshot) ?? []).flatMap(deploymentsOf);
}

function bareKeysOf(provider: Provider): readonly Deployment[] {
  return provider.credentials.map((credential) => ({ provider, model: '', credential }));
}

function surveyed(deployment: Deployment, names: readonly string[], parts: SurveyParts): Surveyed {
  const { provider, model, credential } = deployment;
  return {
    provider: provider.name,
    ...(model === '' ? {} : { model }),
    credential: credential.id,
    names,
    ...stateOf(deployment, parts),
    ...parts.vitals.of(deploymentName(deployment)),
  };
}

function stateOf(deployment: Deployment, { health, availability, nowMs }: SurveyParts) {
  const { standing, failuresInARow } = health.look(deployment, nowMs);
  const closure = availability.of(deployment, nowMs);
  if (closure) {
    const { state, reason, untilMs } = closure;
    return { state, failuresInARow, ...(reason === undefined ? {} : { reason }), ...until(untilMs) };
  }
  if (standing.state === 'ready') return { state: standing.state, failuresInARow };
  const { state, why } = standing;
  return { state, why, failuresInARow, ...(standing.state === 'resting' ? until(standing.untilMs) : {}) };
}

function until(untilMs: number | undefined) {
  return untilMs === undefined ? {} : { untilMs };
}
