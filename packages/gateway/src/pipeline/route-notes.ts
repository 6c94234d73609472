import {
  type ExcludedRecord,
  type ExclusionReason,
  maxExcluded,
  type NameStep,
  type RouteRecord,
  type RuleNote,
} from '@turnpike/contract/route-record';
import type { Deployment } from '../routing/plan.ts';
import { placeOf } from './place-of.ts';

/** Gathers why a request goes where it goes, while that is decided. */
export interface RouteNotes {
  readonly names: NameStep[];
  readonly rules: RuleNote[];
  readonly excluded: ExcludedRecord[];
  parameters?: RouteRecord['parameters'];
  candidates: number;
  /** As they would be tried. */
  order: readonly Deployment[];
  notice?: string;
}

export function startRouteNotes(): RouteNotes {
  return { names: [], rules: [], excluded: [], candidates: 0, order: [] };
}

/** Those who are in `all` and no longer in `left` are noted as left out. Does nothing where nobody is: then both are the same list. */
export function noteExcluded(
  notes: RouteNotes,
  why: (deployment: Deployment) => ExclusionReason,
  { all, left }: { readonly all: readonly Deployment[]; readonly left: readonly Deployment[] },
): void {
  if (all === left || all.length === left.length) return;
  const kept = new Set(left);
  for (const each of all) if (!kept.has(each)) notes.excluded.push({ ...placeOf(each), why: why(each) });
}

/** So many places of an order are written down: hardly ever are more tried. */
const maxOrder = 8;

/** What is worth keeping of it: nothing where a name has led to the one place that it means. */
export function routeRecordOf(notes: RouteNotes): RouteRecord | undefined {
  const { names, rules, excluded, parameters, candidates, order, notice } = notes;
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
    ...(notice === undefined ? {} : { notice }),
  };
}

/** `openai/gpt-5.5 openai#2`. */
function nameOf({ provider, model, credential }: Deployment): string {
  return `${provider.name}/${model} ${credential.id}`;
}
