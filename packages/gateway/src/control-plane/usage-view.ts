import type { JsonObject } from '../core/json.ts';
import { formatDollars } from '../core/money.ts';
import type { UsageField, UsageTotal } from '../store/usage-totals.ts';

/** By what sums can be made, in the API's words. */
export const groupWords: Readonly<Record<string, UsageField>> = {
  key: 'key',
  user: 'user',
  team: 'team',
  organization: 'organization',
  agent: 'agent',
  model_asked: 'modelAsked',
  provider: 'provider',
  model: 'model',
  outcome: 'outcome',
  hour: 'hour',
  day: 'day',
};

/** A sum as answers tell of it. Counts are below 2^53 for as long as there are people. */
export function shownTotal({ group, ...sums }: UsageTotal): JsonObject {
  const named = Object.entries(groupWords).flatMap(([word, field]) => {
    const value = group[field];
    return value === undefined ? [] : [[word, isTime(word) && value !== null ? timeOf(value) : value] as const];
  });
  return {
    ...Object.fromEntries(named),
    requests: Number(sums.requests),
    failed: Number(sums.failed),
    input_tokens: Number(sums.inputTokens),
    output_tokens: Number(sums.outputTokens),
    cached_input_tokens: Number(sums.cachedInputTokens),
    cache_write_tokens: Number(sums.cacheWriteTokens),
    reasoning_tokens: Number(sums.reasoningTokens),
    cost_dollars: formatDollars(sums.costNanoDollars),
    unpriced: Number(sums.unpriced),
  };
}

const isTime = (word: string) => word === 'hour' || word === 'day';

function timeOf(milliseconds: string): string {
  return new Date(Number(milliseconds)).toISOString();
}
