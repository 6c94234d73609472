/** Words for how hard to think, weakest first. Vendors know some of them; callers may use others. */
export const effortWords: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'];

/** The asked effort where it is taken, else the nearest weaker one, else the nearest stronger one. Undefined for a word that nobody knows. */
export function nearestEffort(asked: string, taken: readonly string[]): string | undefined {
  if (taken.includes(asked)) return asked;
  const rank = effortWords.indexOf(asked);
  if (rank === -1) return undefined;
  const below = effortWords.slice(0, rank).findLast((word) => taken.includes(word));
  // "none" switches thinking off, which is no smaller amount of it.
  if (below !== undefined && (below !== 'none' || asked === 'minimal')) return below;
  return effortWords.slice(rank + 1).find((word) => taken.includes(word));
}

/** A budget in tokens as the word that vendors themselves give it. A negative one leaves it to the model. */
export function effortOfBudget(budgetTokens: number | undefined): string | undefined {
  if (budgetTokens === undefined || budgetTokens < 0) return undefined;
  if (budgetTokens === 0) return 'none';
  if (budgetTokens <= 4_096) return 'low';
  return budgetTokens <= 16_384 ? 'medium' : 'high';
}
