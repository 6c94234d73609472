import type { ConfigDocument } from '@turnpike/contract/config';
import type { ModelAbilitiesEntry, ModelFactsEntry } from '@turnpike/contract/config-provider';
import type { ModelFacts } from '../catalog/catalog.ts';
import type { FactsOverride } from '../catalog/create-catalog.ts';
import { freePrice, type Price } from '../catalog/price.ts';
import { tokenRate } from '../catalog/rates.ts';

/** What the document says of models, in the catalog's terms. */
export function catalogOverrides(document: ConfigDocument): FactsOverride[] {
  return Object.entries(document.providers ?? {}).flatMap(([provider, entry]) =>
    Object.entries(entry.models).map(([model, facts]) => ({ provider, model, facts: factsOf(facts) })),
  );
}

function factsOf(entry: ModelFactsEntry): ModelFacts {
  const price = priceOf(entry);
  return { ...abilitiesOf(entry), ...(price === undefined ? {} : { price }) };
}

/** What the document says that a model can do. */
export function abilitiesOf(entry: ModelAbilitiesEntry): ModelFacts {
  return {
    ...(entry.context_window === undefined ? {} : { contextWindow: entry.context_window }),
    ...(entry.max_output_tokens === undefined ? {} : { maxOutputTokens: entry.max_output_tokens }),
    ...(entry.tools === undefined ? {} : { tools: entry.tools }),
    ...(entry.images === undefined ? {} : { images: entry.images }),
    ...(entry.reasoning_efforts === undefined
      ? {}
      : { reasoning: entry.reasoning_efforts.length > 0, reasoningEfforts: entry.reasoning_efforts }),
  };
}

function priceOf({ free, price }: ModelFactsEntry): Price | undefined {
  if (free) return freePrice;
  if (price === undefined) return undefined;
  return {
    tiers: [
      {
        fromInputTokens: 0,
        input: tokenRate(price.input),
        output: tokenRate(price.output),
        ...(price.cached_input === undefined ? {} : { cachedInput: tokenRate(price.cached_input) }),
        ...(price.cache_write === undefined ? {} : { cacheWrite: tokenRate(price.cache_write) }),
      },
    ],
  };
}
