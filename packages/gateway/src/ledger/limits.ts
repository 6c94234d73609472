import type { Budget } from '@turnpike/contract/resources/budget';
import type { RateLimit } from '@turnpike/contract/resources/rate-limit';
import type { Scope } from '@turnpike/contract/resources/scope';
import { nanoDollarsOf } from '../core/money.ts';
import { createCalendar } from './calendar.ts';
import type { Unit } from './counters.ts';
import { rollingWindow, type Window } from './window.ts';

/** What a limit counts apart for. */
export type Per = NonNullable<Budget['per']>;

interface LimitBase {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly per: Per | undefined;
  readonly unit: Unit;
  readonly enforced: boolean;
  /** Beginning of the names of its accounts. */
  readonly account: string;
}

/** A budget as requests meet it. */
export interface BudgetLimit extends LimitBase {
  readonly kind: 'budget';
  readonly every: Budget['every'];
  readonly rolling: boolean;
  readonly timeZone: string;
  limitAt(nowMs: number): bigint;
  windowAt(nowMs: number): Window;
  /** Shares of the limit at which an alert is raised. */
  readonly warnAt: readonly number[];
  readonly fallbackModel: string | undefined;
}

/** A rate of requests or tokens. */
export interface RateRule extends LimitBase {
  readonly kind: 'rate';
  readonly every: NonNullable<RateLimit['every']>;
  readonly burst: bigint;
  readonly refill: bigint;
  readonly refillMs: number;
  readonly queueMs: number;
}

/** How many requests or sessions there may be at a time. */
export interface ConcurrencyRule extends LimitBase {
  readonly kind: 'concurrency';
  readonly limit: bigint;
  readonly sessionIdleMs: number;
  readonly queueMs: number;
}

export type Limit = BudgetLimit | RateRule | ConcurrencyRule;

/** The budgets and rate limits that count, ready for requests. */
export function compileLimits(budgets: Iterable<Budget>, rateLimits: Iterable<RateLimit>): readonly Limit[] {
  const limits: Limit[] = [];
  for (const each of budgets) if (!each.disabled) limits.push(compileBudget(each));
  for (const each of rateLimits) if (!each.disabled) limits.push(compileRateLimit(each));
  return limits;
}

/** Fields are written one by one: with a spread among so many, an engine makes slow objects of them, and there may be 100,000. */
function compileBudget(budget: Budget): BudgetLimit {
  const { id, name, scope, per, mode, every, rolling } = budget;
  const unit: Unit = budget.dollars === undefined ? 'tokens' : 'nano-dollars';
  const base = amountOf(budget);
  const increases = budget.increases.map((each) => ({ amount: amountOf(each), untilMs: Date.parse(each.until) }));
  return {
    kind: 'budget',
    id,
    name: name ?? id,
    scope,
    per,
    unit,
    enforced: mode === 'enforce',
    account: `${unit}/${rolling ? 'rolling-' : ''}${every}/${id}`,
    every,
    rolling,
    timeZone: budget.time_zone,
    limitAt: (nowMs) =>
      increases.reduce((limit, { amount, untilMs }) => (nowMs < untilMs ? limit + amount : limit), base),
    windowAt: windowsOf(budget),
    warnAt: budget.warn_at,
    fallbackModel: budget.fallback_model,
  };
}

function windowsOf({ every, rolling, time_zone: timeZone }: Budget): (nowMs: number) => Window {
  if (!rolling || every === 'total') return createCalendar(every, timeZone);
  const window = rollingWindow(every);
  return () => window;
}

function amountOf(limit: { dollars?: number | string | undefined; tokens?: number | undefined }): bigint {
  return limit.dollars === undefined ? BigInt(limit.tokens ?? 0) : nanoDollarsOf(limit.dollars);
}

const refillMs = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

function compileRateLimit(rule: RateLimit): RateRule | ConcurrencyRule {
  const { id, name, scope, per, mode } = rule;
  const [unit, count] = countedBy(rule);
  const [enforced, account, queueMs] = [mode === 'enforce', `${unit}/${id}`, rule.queue_s * 1000];
  const common = { id, name: name ?? id, scope, per, unit, enforced, account, queueMs };
  if (rule.every === undefined) {
    return { ...common, kind: 'concurrency', limit: BigInt(count), sessionIdleMs: rule.session_idle_s * 1000 };
  }
  const burst = BigInt(rule.burst ?? count);
  return { ...common, kind: 'rate', every: rule.every, burst, refill: BigInt(count), refillMs: refillMs[rule.every] };
}

function countedBy(rule: RateLimit): readonly [Unit, number] {
  if (rule.requests !== undefined) return ['requests', rule.requests];
  if (rule.tokens !== undefined) return ['tokens', rule.tokens];
  if (rule.input_tokens !== undefined) return ['input-tokens', rule.input_tokens];
  if (rule.output_tokens !== undefined) return ['output-tokens', rule.output_tokens];
  if (rule.concurrent_requests !== undefined) return ['concurrent-requests', rule.concurrent_requests];
  return ['concurrent-sessions', rule.concurrent_sessions ?? 0];
}
