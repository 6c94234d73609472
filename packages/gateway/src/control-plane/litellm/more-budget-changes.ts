import type { Budget } from '@turnpike/contract/resources/budget';
import type { JsonObject } from '../../core/json.ts';
import type { Change } from '../resources/change.ts';
import { windowOf } from './durations.ts';
import { exchanged, idFor, keptOf, type LimitChange, refusal } from './put-limit.ts';

/** Budgets of other windows: `budget_limits`. */
export function windowBudgetChanges({ owner, slots, fields }: LimitChange): readonly Change[] {
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

/** Budgets of single models: `model_max_budget`. */
export function modelBudgetChanges({ owner, slots, fields }: LimitChange): readonly Change[] {
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
