import type { NanoDollars } from '../core/money.ts';
import type { Usage } from '../core/usage.ts';
import type { TokenRate } from './token-rate.ts';

/** What is known of a model at a provider. Absent fields are unknown, not false. */
export interface ModelFacts {
  /** Tokens of input and output together. */
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  readonly tools?: boolean;
  readonly images?: boolean;
  readonly reasoning?: boolean;
  /** Effort words it takes, weakest first. */
  readonly reasoningEfforts?: readonly string[];
  readonly price?: Price;
}

/** What a model's tokens cost, by kind of token. Tiers apply to the whole request by its input size. */
export interface Price {
  readonly tiers: readonly [PriceTier, ...PriceTier[]];
  /** Declared free: the only way to cost nothing. */
  readonly free?: true;
}

export interface PriceTier {
  /** The tier holds from this many input tokens on. The first tier has 0. */
  readonly fromInputTokens: number;
  readonly input: TokenRate;
  readonly output: TokenRate;
  /** Absent: as `input`. */
  readonly cachedInput?: TokenRate;
  /** Absent: as `input`. */
  readonly cacheWrite?: TokenRate;
  /** Absent: as `cacheWrite`. */
  readonly cacheWriteLong?: TokenRate;
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

/** Exact cost of an answer. Undefined when the price is unknown: never zero by accident. */
export type CostOf = (price: Price | undefined, usage: Usage) => NanoDollars | undefined;
