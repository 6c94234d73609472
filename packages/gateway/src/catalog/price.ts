import type { BilledUnit } from '../core/usage.ts';
import { type Factor, type TokenRate, tokenRate, type UnitRate } from './rates.ts';

/** What a model costs: tokens by their kind, and pieces. Tiers apply to the whole request by its input size. */
export interface Price {
  readonly tiers: Tiers;
  /** What one of each costs, where the provider bills it by the piece. */
  readonly units?: UnitRates;
  /** What the provider charges for other ways to serve, by its word for them: `flex`, `priority`, `batch`, `fast`. Others cost as usual. */
  readonly serviceTiers?: Readonly<Record<string, ServicePrice>>;
  /** Times everything. Absent: once. */
  readonly factor?: Factor;
  /** Declared free: the only way to cost nothing. */
  readonly free?: true;
}

export type Tiers = readonly [PriceTier, ...PriceTier[]];

export type UnitRates = Readonly<Partial<Record<BilledUnit, UnitRate>>>;

/** Tokens served in another way: as many times the usual rates, or rates of their own. Pieces cost the same. */
export type ServicePrice = { readonly factor: Factor } | { readonly tiers: Tiers };

/** Rates per kind of token. Audio and image tokens are parts of the input and the output. */
export interface PriceTier {
  /** The tier holds from this many input tokens on. The first tier has 0. */
  readonly fromInputTokens: number;
  readonly input: TokenRate;
  readonly output: TokenRate;
  /** Absent: as `input`. */
  readonly cachedInput?: TokenRate;
  /** Written to a cache for minutes. Absent: as `input`. */
  readonly cacheWrite?: TokenRate;
  /** Written to a cache for an hour. Absent: as `cacheWrite`. */
  readonly cacheWriteLong?: TokenRate;
  /** Part of the output. Absent: as `output`. */
  readonly reasoning?: TokenRate;
  /** Absent: as `input`. */
  readonly inputAudio?: TokenRate;
  readonly inputImage?: TokenRate;
  /** Absent: as fresh input of its kind where that has a rate of its own, else as `cachedInput`. */
  readonly cachedAudio?: TokenRate;
  readonly cachedImage?: TokenRate;
  /** Absent: as `output`. */
  readonly outputAudio?: TokenRate;
  readonly outputImage?: TokenRate;
}

/** A price that holds for a time only. */
export interface DatedPrice {
  /** Milliseconds since 1970: from here on. Absent: from ever. */
  readonly from?: number;
  /** Up to here, exclusive. Absent: for ever. */
  readonly until?: number;
  /** Only at this time of day: milliseconds since midnight UTC, the end exclusive. */
  readonly daily?: { readonly from: number; readonly until: number };
  readonly price: Price;
}

/** A model that costs nothing, declared so. */
export const freePrice: Price = {
  tiers: [{ fromInputTokens: 0, input: tokenRate('0'), output: tokenRate('0') }],
  free: true,
};

const dayMs = 86_400_000;

/** Whether a dated price holds at a moment (milliseconds since 1970). */
export function holdsAt({ from, until, daily }: Pick<DatedPrice, 'from' | 'until' | 'daily'>, at: number): boolean {
  if (from !== undefined && at < from) return false;
  if (until !== undefined && at >= until) return false;
  return daily === undefined || (at % dayMs >= daily.from && at % dayMs < daily.until);
}
