import { budget } from '@turnpike/contract/resources/budget';
import { rateLimit } from '@turnpike/contract/resources/rate-limit';
import type { z } from 'zod';
import type { BudgetAlert } from '../../src/ledger/alerts.ts';
import { createLimitBook, type LimitBook } from '../../src/ledger/applicable.ts';
import type { Counters } from '../../src/ledger/counters.ts';
import { createLedger, type Ledger } from '../../src/ledger/ledger.ts';
import { compileLimits } from '../../src/ledger/limits.ts';
import { createMemoryCounters } from '../../src/ledger/memory/memory-counters.ts';
import type { Actual, Attempt, Payer } from '../../src/ledger/request.ts';
import type { CountersRefusal, Refusal } from '../../src/ledger/refusal.ts';
import type { Reservation } from '../../src/ledger/tab.ts';

/** Budgets and rate limits as people write them. */
export interface WrittenLimits {
  readonly budgets?: readonly z.input<typeof budget>[];
  readonly rateLimits?: readonly z.input<typeof rateLimit>[];
}

export function limitBookOf({ budgets = [], rateLimits = [] }: WrittenLimits): LimitBook {
  return createLimitBook(
    compileLimits(
      budgets.map((each) => budget.parse(each)),
      rateLimits.map((each) => rateLimit.parse(each)),
    ),
  );
}

export interface TestLedger {
  readonly ledger: Ledger;
  readonly counters: Counters;
  readonly clock: { nowMs: number; now(): number; monotonicMs(): number };
  readonly alerts: readonly BudgetAlert[];
  /** Changes the limits, as operators do. */
  replace(limits: WrittenLimits): void;
}

/** A Saturday in November, an hour before midnight in UTC. */
export const testStartMs = Date.UTC(2026, 10, 21, 23);

export function openTestLedger(limits: WrittenLimits, counters?: Counters): TestLedger {
  const clock = { nowMs: testStartMs, now: () => clock.nowMs, monotonicMs: () => clock.nowMs };
  const counting = counters ?? createMemoryCounters({ nowMs: clock.nowMs });
  const alerts: BudgetAlert[] = [];
  let book = limitBookOf(limits);
  let ids = 0;
  const ledger = createLedger({
    limits: () => book,
    counters: counting,
    clock,
    newId: (prefix) => `${prefix}${ids++}`,
    onAlert: (alert) => alerts.push(alert),
  });
  return { ledger, counters: counting, clock, alerts, replace: (next) => (book = limitBookOf(next)) };
}

export const ann: Payer = {
  key: 'ann-laptop',
  user: 'ann',
  team: 'platform',
  organization: 'acme',
  tags: ['ci'],
  contact: '#ai-platform',
};

/** An attempt that may cost so many dollars and tokens. */
export function attemptOf(dollars: number, more: Partial<Attempt> & { readonly tokens?: number } = {}): Attempt {
  const { tokens = 0, ...rest } = more;
  const estimate = { nanoDollars: nano(dollars), inputTokens: 0, outputTokens: tokens };
  return { modelAsked: 'fast', place: { provider: 'openai', model: 'gpt' }, estimate, ...rest };
}

export function actualOf(dollars: number, tokens = 0): Actual {
  return { nanoDollars: nano(dollars), inputTokens: 0, outputTokens: tokens, estimated: false };
}

export function nano(dollars: number): bigint {
  return BigInt(Math.round(dollars * 1e9));
}

/** The reservation, where the test knows that there is one. */
export function granted(answer: Reservation | Refusal | CountersRefusal): Reservation {
  if (answer.refused)
    throw new Error(`refused: ${JSON.stringify(answer, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v))}`);
  return answer;
}

/** The refusal, where the test knows that there is one. */
export function refused(answer: Reservation | Refusal | CountersRefusal): Refusal {
  if (!answer.refused || answer.why === 'counters-unreachable') throw new Error('it was let through');
  return answer;
}
