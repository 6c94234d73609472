import {
  type ExcludedRecord,
  type ExclusionReason,
  maxExcluded,
  type NameStep,
  type RouteRecord,
  type RuleNote,
} from '@turnpike/contract/route-record';
import { writtenParameters } from '../core/parameters.ts';
import type { Notice } from '../routing/notice.ts';
import type { Deployment } from '../routing/plan.ts';

/** Gathers why a request goes where it goes, while that is decided. */
export interface RouteNotes {
  readonly names: NameStep[];
  readonly rules: RuleNote[];
  readonly excluded: ExcludedRecord[];
  candidates: number;
  /** As they would be tried. */
  order: readonly Deployment[];
  /** What the caller is to be told of the name. */
  notice?: Notice;
}

export function startRouteNotes(): RouteNotes {
  return { names: [], rules: [], excluded: [], candidates: 0, order: [] };
}

/** A deployment that is left out of a plan, whatever its key. */
export interface LeftOut {
  readonly deployment: Deployment;
  readonly why: ExclusionReason;
  readonly detail?: string;
}

/** Those who are left out as records tell it: each model at a provider once. */
export function excludedPlaces(leftOut: readonly LeftOut[]): readonly ExcludedRecord[] {
  const places = new Map<string, ExcludedRecord>();
  for (const { deployment, ...reason } of leftOut) {
    const { provider, model } = deployment;
    places.set(`${provider.name}/${model}`, { provider: provider.name, model, ...reason });
  }
  return [...places.values()];
}

/** So many places of an order are written down: hardly ever are more tried. */
const maxOrder = 8;

/** What is worth keeping of it: nothing where a name has led to the one place that it means. */
export function routeRecordOf(notes: RouteNotes, served?: Deployment): RouteRecord | undefined {
  const { names, rules, excluded, candidates, order, notice } = notes;
  const set = (served ?? order[0])?.parameters;
  const parameters = set && writtenParameters(set);
  const decided = names.length + rules.length + excluded.length > 0 || candidates > 1;
  if (!decided && parameters === undefined && notice === undefined) return undefined;
  const more = excluded.length - maxExcluded;
  return {
    ...(names.length === 0 ? {} : { names }),
    ...(rules.length === 0 ? {} : { rules }),
    ...(parameters === undefined ? {} : { parameters }),
    candidates,
    ...(excluded.length === 0 ? {} : { excluded: excluded.slice(0, maxExcluded) }),
    ...(more > 0 ? { excludedMore: more } : {}),
    order: order.slice(0, maxOrder).map(nameOf),
    ...(notice === undefined ? {} : { notice: notice.text, deprecated: notice.name }),
  };
}

/** `openai/gpt-5.5 openai#2`. */
function nameOf({ provider, model, credential }: Deployment): string {
  return `${provider.name}/${model} ${credential.id}`;
}
