import { createHash } from 'node:crypto';
import type { Budget } from '@turnpike/contract/resources/budget';
import type { RateLimit } from '@turnpike/contract/resources/rate-limit';
import type { JsonObject } from '../../core/json.ts';
import type { Change } from '../resources/change.ts';
import { momentAfter, notationOf, windowOf } from './durations.ts';
import { LiteLlmFailure } from './failure.ts';
import type { LimitFields } from './fields.ts';
import type { LimitSlots, RateName } from './limit-slots.ts';
import type { Owner } from './owner.ts';

/** Whose limits become what. */
export interface LimitChange {
  readonly owner: Owner;
  /** As they are. */
  readonly slots: LimitSlots;
  /** What is given changes; null takes a limit away. */
  readonly fields: LimitFields;
  readonly nowMs: number;
}

/** What has to be done so that an owner has these limits. */
export function limitChanges(change: LimitChange): readonly Change[] {
  return [
    ...budgetChanges(change),
    ...windowBudgetChanges(change),
    ...modelBudgetChanges(change),
    ...rateChanges(change),
    ...modelRateChanges(change, 'tpm'),
    ...modelRateChanges(change, 'rpm'),
  ];
}

const ofBudget = [
  'max_budget',
  'soft_budget',
  'budget_duration',
  'temp_budget_increase',
  'temp_budget_expiry',
] as const;

function budgetChanges(change: LimitChange): readonly Change[] {
  const { owner, slots, fields } = change;
  if (ofBudget.every((field) => fields[field] === undefined)) return [];
  const { budget: before, softBudget } = slots;
  const max = fields.max_budget === undefined ? numberOf(before?.dollars) : (fields.max_budget ?? undefined);
  const soft = fields.soft_budget === undefined ? softOf(slots) : (fields.soft_budget ?? undefined);
  const every = windowAfter(change);
  if (max === undefined) {
    if (fields.temp_budget_increase) throw refusal('temp_budget_increase', 'needs a `max_budget` to increase');
    const id = softBudget?.id ?? `${owner.prefix}:soft-budget`;
    const alertOnly = soft === undefined ? removal('budgets', softBudget) : [put('budgets', softBody(soft, every, id))];
    return [...removal('budgets', before), ...alertOnly.map((each) => scoped(each, owner))];
  }
  const id = before?.id ?? `${owner.prefix}:budget`;
  const body: JsonObject = {
    ...keptOf(before),
    id,
    dollars: max,
    ...every,
    warn_at: warningsOf(max, soft, before),
    increases: increasesOf(change),
    metadata: { ...before?.metadata, ...every.metadata, soft_budget: soft ?? null },
  };
  return [scoped(put('budgets', body), owner), ...removal('budgets', softBudget)];
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

function windowBudgetChanges({ owner, slots, fields }: LimitChange): readonly Change[] {
  const { budget_limits: wanted } = fields;
  if (wanted === undefined) return [];
  const windows = new Map<Budget['every'], JsonObject>();
  for (const { max_budget: dollars, budget_duration } of wanted ?? []) {
    const every = windowOf(budget_duration, 'budget_limits');
    if (windows.has(every)) throw refusal('budget_limits', `has two budgets for a ${every}`);
    const before = slots.windowBudgets.get(every);
    const id = before?.id ?? `${owner.prefix}:budget:${every}`;
    const metadata = { ...before?.metadata, budget_duration: budget_duration ?? null };
    windows.set(every, { ...keptOf(before), id, dollars, every, metadata });
  }
  return exchanged('budgets', slots.windowBudgets, windows, owner);
}

function modelBudgetChanges({ owner, slots, fields }: LimitChange): readonly Change[] {
  const { model_max_budget: wanted } = fields;
  if (wanted === undefined) return [];
  const models = new Map<string, JsonObject>();
  for (const [model, { budget_limit: dollars, time_period }] of Object.entries(wanted ?? {})) {
    if (dollars === undefined) throw refusal('model_max_budget', `has no \`budget_limit\` for ${model}`);
    const before = slots.modelBudgets.get(model);
    const id = before?.id ?? idFor(owner, 'budget-of', model);
    const every = windowOf(time_period, 'model_max_budget');
    const metadata = { ...before?.metadata, budget_duration: time_period ?? null };
    models.set(model, { ...keptOf(before), id, scope: { model }, dollars, every, metadata });
  }
  return exchanged('budgets', slots.modelBudgets, models, owner);
}

const rateFields = { tpm: 'tpm_limit', rpm: 'rpm_limit', parallel: 'max_parallel_requests' } as const;
const rateNames: readonly RateName[] = ['tpm', 'rpm', 'parallel'];

function rateChanges({ owner, slots, fields }: LimitChange): readonly Change[] {
  return rateNames.flatMap((name) => {
    const limit = fields[rateFields[name]];
    const before = slots.rates.get(name);
    if (limit === undefined) return [];
    if (limit === null) return removal('rate_limits', before);
    const id = before?.id ?? `${owner.prefix}:${name}`;
    return [scoped(put('rate_limits', { ...keptOf(before), id, ...rateBody(name, limit) }), owner)];
  });
}

function modelRateChanges({ owner, slots, fields }: LimitChange, name: 'tpm' | 'rpm'): readonly Change[] {
  const wanted = name === 'tpm' ? fields.model_tpm_limit : fields.model_rpm_limit;
  const before = name === 'tpm' ? slots.modelTokens : slots.modelRequests;
  if (wanted === undefined) return [];
  const bodies = Object.entries(wanted ?? {}).map(([model, limit]): [string, JsonObject] => {
    const rule = before.get(model);
    const id = rule?.id ?? idFor(owner, `${name}-of`, model);
    return [model, { ...keptOf(rule), id, scope: { model }, ...rateBody(name, limit) }];
  });
  return exchanged('rate_limits', before, new Map(bodies), owner);
}

function rateBody(name: RateName, limit: number): JsonObject {
  if (name === 'parallel') return { concurrent_requests: limit };
  return name === 'tpm' ? { tokens: limit, every: 'minute' } : { requests: limit, every: 'minute' };
}

/** Names of models may hold what ids may not. */
function idFor({ prefix }: Owner, what: string, model: string): string {
  return `${prefix}:${what}:${createHash('sha256').update(model).digest('hex').slice(0, 16)}`;
}

/** All of a kind are put in place of all that there were. */
function exchanged<Key>(
  kind: 'budgets' | 'rate_limits',
  before: ReadonlyMap<Key, Budget | RateLimit>,
  wanted: ReadonlyMap<Key, JsonObject>,
  owner: Owner,
): readonly Change[] {
  const gone = [...before].flatMap(([key, limit]) => (wanted.has(key) ? [] : removal(kind, limit)));
  return [...[...wanted.values()].map((body) => scoped(put(kind, body), owner)), ...gone];
}

function put(kind: 'budgets' | 'rate_limits', body: JsonObject): PutLimit {
  return { op: 'put', kind, body };
}

type PutLimit = Extract<Change, { op: 'put' }>;

function scoped(change: Change, { scope, per }: Owner): Change {
  if (change.op !== 'put') return change;
  const { scope: more } = change.body;
  const whole =
    typeof more === 'object' && more !== null && 'model' in more ? { ...scope, model: more.model } : { ...scope };
  return { ...change, body: { ...change.body, scope: whole, ...(per === undefined ? {} : { per }) } };
}

/** The fields of a limit that LiteLLM does not know stay as they are. */
function keptOf(before: Budget | RateLimit | undefined): JsonObject {
  const fields: JsonObject = before ? JSON.parse(JSON.stringify(before)) : {};
  return fields;
}

function removal(kind: 'budgets' | 'rate_limits', limit: Budget | RateLimit | undefined): Change[] {
  return limit ? [{ op: 'delete', kind, id: limit.id }] : [];
}

function numberOf(dollars: Budget['dollars'] | undefined): number | undefined {
  return dollars === undefined ? undefined : Number(dollars);
}

function refusal(field: string, message: string): LiteLlmFailure {
  return new LiteLlmFailure(400, `\`${field}\` ${message}.`, field);
}
