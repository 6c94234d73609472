import type { ModelPriceEntry } from '@turnpike/contract/model-price';
import type { Price, PriceTier, ServicePrice, UnitRates } from './price.ts';
import { factor, tokenRate, type TokenRate, unitRate, type UnitRate } from './rates.ts';

/** A price as the configuration says it, in the catalog's terms. */
export function priceOfEntry(entry: ModelPriceEntry): Price {
  const services = Object.entries(entry.service_tiers ?? {}).map(([name, each]) => [name, serviceOf(each)] as const);
  return {
    tiers: [tierOf(0, entry), ...(entry.tiers ?? []).map((tier) => tierOf(tier.from_input_tokens, tier))],
    ...(entry.units === undefined ? {} : { units: unitsOf(entry.units) }),
    ...(services.length === 0 ? {} : { serviceTiers: Object.fromEntries(services) }),
  };
}

function serviceOf(entry: NonNullable<ModelPriceEntry['service_tiers']>[string]): ServicePrice {
  return 'multiplier' in entry ? { factor: factor(entry.multiplier) } : { tiers: [tierOf(0, entry)] };
}

type RateEntry = Omit<ModelPriceEntry, 'units' | 'tiers' | 'service_tiers'>;

function tierOf(fromInputTokens: number, entry: RateEntry): PriceTier {
  return {
    fromInputTokens,
    input: tokenRate(entry.input),
    output: tokenRate(entry.output),
    ...rate('cachedInput', entry.cached_input),
    ...rate('cacheWrite', entry.cache_write),
    ...rate('cacheWriteLong', entry.cache_write_1h),
    ...rate('reasoning', entry.reasoning),
    ...rate('inputAudio', entry.input_audio),
    ...rate('cachedAudio', entry.cached_audio),
    ...rate('outputAudio', entry.output_audio),
    ...rate('inputImage', entry.input_image),
    ...rate('cachedImage', entry.cached_image),
    ...rate('outputImage', entry.output_image),
  };
}

function rate<Name extends keyof PriceTier>(
  name: Name,
  dollars: number | string | undefined,
): { [N in Name]?: TokenRate } {
  const field: { [N in Name]?: TokenRate } = {};
  if (dollars !== undefined) field[name] = tokenRate(dollars);
  return field;
}

function unitsOf(entry: NonNullable<ModelPriceEntry['units']>): UnitRates {
  const { web_search, ...others } = entry;
  const named = Object.entries({ ...others, 'web-search': web_search });
  return Object.fromEntries(
    named.flatMap(([unit, dollars]): [string, UnitRate][] =>
      dollars === undefined ? [] : [[unit, unitRate(dollars)]],
    ),
  );
}
