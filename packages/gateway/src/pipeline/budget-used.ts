import { CountersUnreachable } from '../ledger/counters.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Standing } from '../ledger/refusal.ts';
import type { RouteQuestion } from './route.ts';

/** The question with how much of the caller's budgets is used, where a rule asks for it: other processes may have to be asked, and rules do not wait. */
export async function withBudgetUsed(
  question: RouteQuestion,
  ledger: Pick<Ledger, 'standings'>,
): Promise<RouteQuestion> {
  if (!question.snapshot.rules.asks('budget_used')) return question;
  try {
    return { ...question, budgetUsed: fullest(await ledger.standings(question.principal)) };
  } catch (error) {
    if (error instanceof CountersUnreachable) return question;
    throw error;
  }
}

function fullest(standings: readonly Standing[]): number {
  return Math.max(0, ...standings.filter(({ kind }) => kind === 'budget').map(shareOf));
}

function shareOf({ used, held, limit }: Standing): number {
  return limit > 0n ? Number(used + held) / Number(limit) : 1;
}
