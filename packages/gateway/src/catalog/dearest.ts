import type { Price, PriceTier, ServicePrice, Tiers } from './price.ts';
import type { TokenRate } from './rates.ts';

/**
 * A price under which any tokens cost at least what they cost under the given one, whatever their kind and wherever in the tiers they
 * fall: for upper bounds.
 */
export function dearest(price: Price): Price {
  if (price.free) return price;
  const { serviceTiers } = price;
  if (serviceTiers === undefined) return { ...price, tiers: dearestTiers(price.tiers) };
  const services = Object.entries(serviceTiers).map(([name, each]) => [name, dearestService(each)] as const);
  return { ...price, tiers: dearestTiers(price.tiers), serviceTiers: Object.fromEntries(services) };
}

function dearestService(service: ServicePrice): ServicePrice {
  return 'factor' in service ? service : { tiers: dearestTiers(service.tiers) };
}

/** A tier is no cheaper than those before it: fewer tokens must not cost more than the bound. */
function dearestTiers(tiers: Tiers): Tiers {
  const [first, ...others] = tiers;
  const raised: [PriceTier, ...PriceTier[]] = [flat(first)];
  for (const tier of others) {
    const before = raised.at(-1) ?? raised[0];
    const { fromInputTokens, input, output } = flat(tier);
    raised.push({ fromInputTokens, input: most(input, before.input), output: most(output, before.output) });
  }
  return raised;
}

function flat(tier: PriceTier): PriceTier {
  const { input, cachedInput, cacheWrite, cacheWriteLong, inputAudio, inputImage, cachedAudio, cachedImage } = tier;
  return {
    fromInputTokens: tier.fromInputTokens,
    input: most(input, cachedInput, cacheWrite, cacheWriteLong, inputAudio, inputImage, cachedAudio, cachedImage),
    output: most(tier.output, tier.reasoning, tier.outputAudio, tier.outputImage),
  };
}

function most(first: TokenRate, ...others: readonly (TokenRate | undefined)[]): TokenRate {
  return others.reduce<TokenRate>((top, rate) => (rate !== undefined && rate > top ? rate : top), first);
}
