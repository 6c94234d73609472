import type { ReasoningSettings } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { given } from '../shared/given.ts';
import type { EncodeScope } from './types.ts';

/** Tokens for the words by which callers say how hard to think. Stronger ones need no limit. */
const budgets: Readonly<Record<string, number>> = { low: 4_096, medium: 16_384 };

/**
 * How hard to think (https://docs.cohere.com/docs/reasoning): on or off, with a budget. Models that do not reason refuse the field,
 * so it is sent only to those that are known to.
 */
export function encodeThinking(settings: ReasoningSettings, { target, losses }: EncodeScope): JsonObject {
  const { effort, budgetTokens, summary } = settings;
  if (summary !== undefined && summary !== 'none')
    losses.hint('reasoning.summary', 'Cohere has no setting for it; readable thoughts come as they come');
  if (effort === undefined && budgetTokens === undefined) return {};
  if (target.abilities.reasoning !== true) {
    losses.hint('reasoning.effort', `${target.model} is not known to reason`);
    return {};
  }
  if (effort === 'none' || effort === 'minimal' || budgetTokens === 0) return { thinking: { type: 'disabled' } };
  const budget = budgetTokens ?? (effort === undefined ? undefined : budgets[effort]);
  return { thinking: { type: 'enabled', ...given('token_budget', budget) } };
}
