import type { Budget } from '@turnpike/contract/resources/budget';
import type { JsonObject } from '../../core/json.ts';
import type { Change } from '../resources/change.ts';
import { momentAfter, notationOf, windowOf } from './durations.ts';
import type { LimitSlots } from './limit-slots.ts';
import { keptOf, type LimitChange, putLimit, refusal, removal } from './put-limit.ts';

const ofBudget = [
  'max_budget',
  'soft_budget',
  'budget_duration',
  'temp_budget_increase',
  'temp_budget_expiry',
] as const;

/** The budget that LiteLLM means by `max_budget`, or the alert that is left of it without one. */
export function budgetChanges(change: LimitChange): readonly Change[] {
  const { owner, slots, fields } = change;
  if (ofBudget.every((field) => fields[field] === undefined)) return [];
  const { budget: before, softBudget } = slots;
  const max = fields.max_budget === undefined ? numberOf(before?.dollars) : (fields.max_budget ?? undefined);
  const soft = fields.soft_budget === undefined ? softOf(slots) : (fields.soft_budget ?? undefined);
  const window = windowAfter(change);
  if (max === undefined) {
    if (fields.temp_budget_increase) throw refusal('temp_budget_increase', 'needs a `max_budget` to increase');
    if (fields.budget_duration && soft === undefined) throw refusal('budget_duration', 'needs a `max_budget`');
    const id = softBudget?.id ?? `${owner.prefix}:soft-budget`;
    const alert = soft === undefined ? undefined : putLimit('budgets', softBody(soft, window, id), owner);
    return [...removal('budgets', before), ...(alert ? [alert] : removal('budgets', softBudget))];
  }
  const id = before?.id ?? `${owner.prefix}:budget`;
  const body: JsonObject = {
    ...keptOf(before),
    id,
    dollars: max,
    ...window,
    warn_at: warningsOf(max, soft, before),
    increases: increasesOf(change),
    metadata: { ...before?.metadata, ...window.metadata, soft_budget: soft ?? null },
  };
  return [putLimit('budgets', body, owner), ...removal('budgets', softBudget)];
}

/** The window, and how it was said. */
function windowAfter({ slots, fields }: LimitChange) {
  const before = slots.budget ?? slots.softBudget;
  if (fields.budget_duration === undefined && before) {
    return {
      every: before.every,
      metadata: { budget_duration: notationOf(before.every, before.metadata['budget_duration']) },
    };
  }
  const every = windowOf(fields.budget_duration);
  return { every, metadata: { budget_duration: fields.budget_duration ?? null } };
}

/** The soft budget as it was said. */
export function softOf({ budget, softBudget }: LimitSlots): number | undefined {
  const said = budget?.metadata['soft_budget'];
  return typeof said === 'number' ? said : numberOf(softBudget?.dollars);
}

function softBody(soft: number, window: ReturnType<typeof windowAfter>, id: string): JsonObject {
  return { id, dollars: soft, ...window, mode: 'shadow', warn_at: [1] };
}

function warningsOf(max: number, soft: number | undefined, before: Budget | undefined): readonly number[] {
  if (soft === undefined) return softWasSaid(before) ? [0.8] : [...(before?.warn_at ?? [0.8])];
  if (soft > max || soft <= 0) throw refusal('soft_budget', 'must be more than nothing and no more than `max_budget`');
  return [soft / max];
}

function softWasSaid(before: Budget | undefined): boolean {
  return typeof before?.metadata['soft_budget'] === 'number';
}

const temporary = 'temp_budget_increase';

function increasesOf({ slots, fields, nowMs }: LimitChange): JsonObject[] {
  const { temp_budget_increase: amount, temp_budget_expiry: expiry } = fields;
  const before = (slots.budget?.increases ?? []).map((each): JsonObject => ({ ...each }));
  if (amount === undefined && expiry === undefined) return before;
  const others = before.filter(({ reason }) => reason !== temporary);
  if (amount === null && expiry === null) return others;
  if (typeof amount !== 'number' || typeof expiry !== 'string')
    throw refusal(temporary, 'and `temp_budget_expiry` must be set together');
  return [...others, { dollars: amount, until: untilOf(expiry, nowMs), reason: temporary }];
}

/** A moment, or how long from now. */
function untilOf(expiry: string, nowMs: number): string {
  const moment = /^\d+(s|m|h|d|w|mo)$/.test(expiry)
    ? momentAfter(expiry, nowMs, 'temp_budget_expiry')
    : Date.parse(utc(expiry));
  if (Number.isNaN(moment))
    throw refusal('temp_budget_expiry', 'must be a moment such as 2027-01-31T18:00:00Z, or 10d');
  return new Date(moment).toISOString();
}

/** Python's moments have no zone unless one is given, and mean UTC. */
function utc(moment: string): string {
  return /T[\d:.]+$/.test(moment) ? `${moment}Z` : moment;
}

function numberOf(dollars: Budget['dollars'] | undefined): number | undefined {
  return dollars === undefined ? undefined : Number(dollars);
}
