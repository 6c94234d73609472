import type { Budget } from '@turnpike/contract/resources/budget';
import type { RateLimit } from '@turnpike/contract/resources/rate-limit';
import type { Json, JsonObject } from '../../core/json.ts';
import { createCalendar } from '../../ledger/calendar.ts';
import { notationOf } from './durations.ts';
import { softOf } from './budget-changes.ts';
import type { LimitSlots } from './limit-slots.ts';

/** The limits of an owner in LiteLLM's fields. All of them are there: its clients read `null` as none. */
export function describeLimits(slots: LimitSlots, nowMs: number): JsonObject {
  const { budget, softBudget, windowBudgets, modelBudgets, rates } = slots;
  const temporary = budget?.increases.find(
    ({ reason, until }) => reason === 'temp_budget_increase' && Date.parse(until) > nowMs,
  );
  return {
    max_budget: dollarsOf(budget),
    soft_budget: softOf(slots) ?? null,
    budget_duration: durationOf(budget ?? softBudget),
    budget_reset_at: resetOf(budget, nowMs),
    ...(temporary && { temp_budget_increase: Number(temporary.dollars), temp_budget_expiry: temporary.until }),
    budget_limits: [...windowBudgets.values()].map((each) => ({
      max_budget: dollarsOf(each),
      budget_duration: durationOf(each),
      reset_at: resetOf(each, nowMs),
    })),
    model_max_budget: mapped(modelBudgets, (each) => ({
      budget_limit: dollarsOf(each),
      time_period: durationOf(each),
    })),
    tpm_limit: rates.get('tpm')?.tokens ?? null,
    rpm_limit: rates.get('rpm')?.requests ?? null,
    max_parallel_requests: rates.get('parallel')?.concurrent_requests ?? null,
    model_tpm_limit: mapped(slots.modelTokens, ({ tokens }: RateLimit) => tokens ?? null),
    model_rpm_limit: mapped(slots.modelRequests, ({ requests }: RateLimit) => requests ?? null),
  };
}

/** Whether there is any limit at all. */
export function hasLimits({
  budget,
  softBudget,
  windowBudgets,
  modelBudgets,
  rates,
  modelTokens,
  modelRequests,
}: LimitSlots): boolean {
  const many = [windowBudgets, modelBudgets, rates, modelTokens, modelRequests];
  return budget !== undefined || softBudget !== undefined || many.some(({ size }) => size > 0);
}

function dollarsOf(budget: Budget | undefined): number | null {
  return budget?.dollars === undefined ? null : Number(budget.dollars);
}

function durationOf(budget: Budget | undefined): string | null {
  return budget ? notationOf(budget.every, budget.metadata['budget_duration']) : null;
}

/** When a window of the calendar ends. Rolling ones never start anew. */
function resetOf(budget: Budget | undefined, nowMs: number): string | null {
  if (!budget || budget.rolling) return null;
  const endsAtMs = createCalendar(budget.every, budget.time_zone)(nowMs).endsAtMs;
  return endsAtMs === undefined ? null : new Date(endsAtMs).toISOString();
}

function mapped<Value>(map: ReadonlyMap<string, Value>, describe: (value: Value) => Json): JsonObject {
  return Object.fromEntries([...map].map(([name, value]) => [name, describe(value)]));
}
