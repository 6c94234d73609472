import type { NanoDollars } from '../core/money.ts';
import { type BilledUnit, billedUnits, type Usage } from '../core/usage.ts';
import type { Price, PriceTier, ServicePrice, Tiers, UnitRates } from './price.ts';

/** What a request asked for that changes its price, as far as the answer does not tell. */
export interface CostCircumstances {
  /** The service tier asked for. What the provider says that it served wins. */
  readonly serviceTier?: string;
}

const million = 1_000_000n;

/**
 * Exact cost of an exchange. Undefined when the price is unknown, or by the piece where nobody counted the pieces: never zero by accident.
 *
 * A fraction of a nano-dollar is rounded up, once, at the end. Up, because then what is booked is never less than what the provider
 * charges, nothing that has a price costs nothing, and splitting work never makes it cheaper; once, so that the error of an
 * exchange stays under a billionth of a dollar.
 */
export function costOf(
  price: Price | undefined,
  usage: Usage,
  circumstances: CostCircumstances = {},
): NanoDollars | undefined {
  if (price === undefined) return undefined;
  if (price.free) return 0n;
  const service = servicePrice(price, usage, circumstances);
  const tiers = service !== undefined && 'tiers' in service ? service.tiers : price.tiers;
  const times = service !== undefined && 'factor' in service ? service.factor : million;
  const rates = tierOf(tiers, usage.inputTokens);
  const inMillionMillionths = tokenCost(usage, rates) * times + unitCost(usage, price.units);
  if (inMillionMillionths === 0n && rates.input === 0n && rates.output === 0n) return undefined;
  return price.factor === undefined
    ? divideUp(inMillionMillionths, million * million)
    : divideUp(inMillionMillionths * price.factor, million * million * million);
}

/** What of an exchange the price has no word for, so that its cost is too low: pieces, and service tiers that are not the usual one. */
export function unpricedParts(price: Price, usage: Usage, circumstances: CostCircumstances = {}): readonly string[] {
  if (price.free) return [];
  const pieces = unitsOf(usage).filter(([unit, count]) => count > 0 && price.units?.[unit] === undefined);
  const tier = usage.serviceTier ?? circumstances.serviceTier;
  const strangeTier =
    tier !== undefined && !usualTiers.has(tier) && servicePrice(price, usage, circumstances) === undefined;
  return [...pieces.map(([unit]) => unit), ...(strangeTier ? [`service tier ${tier}`] : [])];
}

/** Providers' words for being served as usual. */
const usualTiers: ReadonlySet<string> = new Set(['default', 'standard', 'standard_only', 'on_demand', 'auto']);

function servicePrice(price: Price, usage: Usage, asked: CostCircumstances): ServicePrice | undefined {
  const tier = usage.serviceTier ?? asked.serviceTier;
  const known = price.serviceTiers;
  return tier !== undefined && known !== undefined && Object.hasOwn(known, tier) ? known[tier] : undefined;
}

function tierOf(tiers: Tiers, inputTokens: number): PriceTier {
  return tiers.findLast((tier) => tier.fromInputTokens <= inputTokens) ?? tiers[0];
}

function tokenCost(usage: Usage, rates: PriceTier): bigint {
  return inputCost(usage, rates) + outputCost(usage, rates);
}

/** Every input token once. Providers' counts are not always consistent, so no part may take more than is left. */
function inputCost(usage: Usage, rates: PriceTier): bigint {
  const input = count(usage.inputTokens);
  const cached = atMost(count(usage.cachedInputTokens), input);
  const written = atMost(count(usage.cacheWriteTokens), input - cached);
  const writtenLong = atMost(count(usage.cacheWriteLongTokens), written);
  const cachedAudio = atMost(count(usage.cachedAudioTokens), cached);
  const cachedImage = atMost(count(usage.cachedImageTokens), cached - cachedAudio);
  const fresh = input - cached - written;
  const audio = atMost(difference(count(usage.inputAudioTokens), cachedAudio), fresh);
  const image = atMost(difference(count(usage.inputImageTokens), cachedImage), fresh - audio);

  const cachedRate = rates.cachedInput ?? rates.input;
  const writeRate = rates.cacheWrite ?? rates.input;
  return (
    (fresh - audio - image) * rates.input +
    audio * (rates.inputAudio ?? rates.input) +
    image * (rates.inputImage ?? rates.input) +
    (cached - cachedAudio - cachedImage) * cachedRate +
    cachedAudio * (rates.cachedAudio ?? rates.inputAudio ?? cachedRate) +
    cachedImage * (rates.cachedImage ?? rates.inputImage ?? cachedRate) +
    (written - writtenLong) * writeRate +
    writtenLong * (rates.cacheWriteLong ?? writeRate)
  );
}

/** Every output token once. */
function outputCost(usage: Usage, rates: PriceTier): bigint {
  const output = count(usage.outputTokens);
  const reasoning = atMost(count(usage.reasoningTokens), output);
  const audio = atMost(count(usage.outputAudioTokens), output - reasoning);
  const image = atMost(count(usage.outputImageTokens), output - reasoning - audio);
  return (
    (output - reasoning - audio - image) * rates.output +
    reasoning * (rates.reasoning ?? rates.output) +
    audio * (rates.outputAudio ?? rates.output) +
    image * (rates.outputImage ?? rates.output)
  );
}

/** Pieces are counted in millionths, because seconds have fractions. */
function unitCost(usage: Usage, rates: UnitRates | undefined): bigint {
  if (rates === undefined) return 0n;
  let total = 0n;
  for (const [unit, pieces] of unitsOf(usage)) total += count(pieces * 1_000_000) * (rates[unit] ?? 0n);
  // Nobody counts requests: one that was answered is one.
  if (rates.request !== undefined && usage.units?.request === undefined) total += million * rates.request;
  return total;
}

function unitsOf({ units }: Usage): readonly (readonly [BilledUnit, number])[] {
  return units === undefined ? [] : billedUnits.map((unit) => [unit, units[unit] ?? 0] as const);
}

/** A provider's number as a count. What is none must not become a refund or an exception after the answer was given. */
function count(number: number | undefined): bigint {
  return number !== undefined && Number.isFinite(number) && number > 0 ? BigInt(Math.round(number)) : 0n;
}

function atMost(wanted: bigint, available: bigint): bigint {
  return wanted < available ? wanted : available;
}

function difference(whole: bigint, part: bigint): bigint {
  return whole > part ? whole - part : 0n;
}

function divideUp(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by;
}
