import type { DatedPrice, Price } from './price.ts';

/** What is known of a model at a provider. Absent fields are unknown, not false. */
export interface ModelFacts {
  /** Tokens of input and output together. */
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  readonly tools?: boolean;
  readonly images?: boolean;
  /** Reads PDF documents. */
  readonly pdfs?: boolean;
  /** Hears sound. */
  readonly audio?: boolean;
  /** Keeps to a JSON Schema. */
  readonly structuredOutput?: boolean;
  readonly reasoning?: boolean;
  /** Effort words it takes, weakest first. */
  readonly reasoningEfforts?: readonly string[];
  readonly price?: Price;
  /** Prices that hold for a time only and then take the place of `price`; of those that hold, the last. */
  readonly datedPrices?: readonly DatedPrice[];
}

/** Looks models up. Built once per snapshot from the bundled data and the configuration's overrides. */
export interface Catalog {
  /** Facts of a model of a provider, or undefined when nothing is known. Exact name first, then without a date suffix. */
  facts(provider: { readonly name: string; readonly priceId?: string }, model: string): ModelFacts | undefined;
  /** Price ids of the providers known to offer a bare model name, the maker of the model first. */
  offeredBy(model: string): readonly string[];
  /** Names of the models of a price id that an agent can use, for lists. */
  models(priceId: string): readonly string[];
  /** Names of the models that the configuration tells of at a provider, by the provider's configured name. */
  declared(providerName: string): readonly string[];
}
