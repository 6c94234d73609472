import type { ModelFacts } from '../../catalog/catalog.ts';
import type { Parameters } from '../../core/parameters.ts';

/** What a model can do where the configuration sets something in its requests: an agent should offer no choice that is not one. */
export function factsAsSet(facts: ModelFacts, parameters: Parameters | undefined): ModelFacts {
  const { reasoningEffort: effort, maxOutputTokens: limit } = parameters ?? {};
  const { maxOutputTokens: most = limit } = facts;
  return {
    ...facts,
    ...(limit === undefined || most === undefined ? {} : { maxOutputTokens: Math.min(limit, most) }),
    ...(effort === undefined || facts.reasoning === false
      ? {}
      : { reasoning: effort !== 'none', reasoningEfforts: effort === 'none' ? [] : [effort] }),
  };
}
