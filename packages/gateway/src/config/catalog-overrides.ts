import type { ConfigDocument } from '@turnpike/contract/config';
import type { ModelAbilitiesEntry, ModelFactsEntry } from '@turnpike/contract/config-provider';
import type { ModelFacts } from '../catalog/catalog.ts';
import type { FactsOverride } from '../catalog/create-catalog.ts';
import { freePrice, type Price } from '../catalog/price.ts';
import { priceOfEntry } from '../catalog/price-of-entry.ts';
import type { PriceRule } from '../catalog/price-rules.ts';

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
    ...(entry.pdfs === undefined ? {} : { pdfs: entry.pdfs }),
    ...(entry.audio === undefined ? {} : { audio: entry.audio }),
    ...(entry.structured_output === undefined ? {} : { structuredOutput: entry.structured_output }),
    ...(entry.reasoning_efforts === undefined
      ? {}
      : { reasoning: entry.reasoning_efforts.length > 0, reasoningEfforts: entry.reasoning_efforts }),
  };
}

function priceOf({ free, price }: ModelFactsEntry): Price | undefined {
  if (free) return freePrice;
  return price && priceOfEntry(price);
}

/** The prices that the document gives for single models of its providers, as rules: they stand against those of `prices`. */
export function modelPriceRules(document: ConfigDocument): PriceRule[] {
  return Object.entries(document.providers ?? {}).flatMap(([provider, { models }]) =>
    Object.entries(models).flatMap(([model, entry]): PriceRule[] => {
      const price = priceOf(entry);
      return price === undefined
        ? []
        : [{ id: `providers.${provider}.models.${model}`, provider, model, effect: { price } }];
    }),
  );
}
