import type { Snapshot } from '../config/snapshot.ts';
import type { Principal } from '../identity/principal.ts';
import { CountersUnreachable } from '../ledger/counters.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Standing } from '../ledger/refusal.ts';

/** What is asked of rules, as far as budgets bear on it. */
interface Asked {
  readonly principal: Principal;
  readonly snapshot: Pick<Snapshot, 'rules'>;
}

/** The question with how much of the caller's budgets is used, where a rule asks for it: other processes may have to be asked, and rules do not wait. */
export async function withBudgetUsed<Question extends Asked>(
  question: Question,
  ledger: Pick<Ledger, 'standings'>,
): Promise<Question & { readonly budgetUsed?: number }> {
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
