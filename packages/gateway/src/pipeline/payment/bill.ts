import { type CostCircumstances, costOf, unpricedParts } from '../../catalog/cost.ts';
import type { Estimate } from '../../catalog/estimate.ts';
import { estimateStreamed } from '../../catalog/estimate-streamed.ts';
import type { Price } from '../../catalog/price.ts';
import type { Failure } from '../../core/failure.ts';
import type { NanoDollars } from '../../core/money.ts';
import { noUsage, type Usage } from '../../core/usage.ts';
import type { Pump } from '../pump.ts';

/** What an attempt has used, and what that costs where the price is known. */
export interface Bill {
  readonly usage: Usage;
  readonly nanoDollars?: NanoDollars;
  /** What of it the price has no word for, so that it costs more than that. */
  readonly unpriced?: readonly string[];
}

/** The bill as an attempt's record tells it. */
export function billed({ usage, nanoDollars }: Bill) {
  return { usage, ...(nanoDollars === undefined ? {} : { costNanoDollars: nanoDollars.toString() }) };
}

/** How far an attempt has come: filled in while it runs. */
export interface Progress {
  /** The request is on its way, so the provider may bill it. */
  sent: boolean;
  /** The provider's HTTP status, once it has answered. */
  status?: number;
  /** The answer, as soon as there is one. */
  pump?: Pump;
}

/** What is needed to price an attempt. */
export interface Pricing {
  readonly price: Price | undefined;
  readonly circumstances: CostCircumstances;
  /** The most that it can have used; an estimate above it is wrong. */
  readonly bound: Estimate;
}

/** The bill of an attempt whose answer went to the client, whole or not. Undefined where nothing was counted. */
export function billOfAnswer(pump: Pump, bodyBytes: number, pricing: Pricing): Bill | undefined {
  const seen = pump.seen();
  const whole = seen.terminal === 'done' || seen.terminal === 'incomplete';
  if (seen.usage && whole) return priced(seen.usage, pricing);
  if (!seen.usage && !hasCome(pump)) return undefined;
  return priced(cutUsage(pump, bodyBytes, pricing.bound), pricing);
}

/** Providers that said no do not bill, and neither do those that were never reached. Of the rest nobody knows: they may have read the request. */
const unknownEnds: ReadonlySet<string> = new Set([
  'client-gone',
  'upstream-timeout',
  'upstream-cut',
  'upstream-garbled',
  'defect',
]);

/** The bill of an attempt that failed before its answer began. */
export function billOfFailure(
  { sent, status, pump }: Progress,
  failure: Failure,
  asked: { readonly bodyBytes: number; readonly pricing: Pricing },
): Bill | undefined {
  const { bodyBytes, pricing } = asked;
  if (pump && (pump.seen().usage || hasCome(pump))) return billOfAnswer(pump, bodyBytes, pricing);
  if (!sent || (status !== undefined && status >= 300) || !unknownEnds.has(failure.code)) return undefined;
  return priced(within(estimateStreamed({ bodyBytes, frames: 0, textBytes: 0 }), noUsage, pricing.bound), pricing);
}

/** An answer that is gathered for the client has come, too, though nothing of it has gone out. */
function hasCome(pump: Pump): boolean {
  return pump.seen().semantic || pump.weight().frames > 0;
}

function cutUsage(pump: Pump, bodyBytes: number, bound: Estimate): Usage {
  const { usage: told } = pump.seen();
  return within(estimateStreamed({ bodyBytes, told, ...pump.weight() }), told ?? noUsage, bound);
}

/** What was told is so, even above the bound; what was estimated above it was estimated wrongly. */
function within(usage: Usage, told: Usage, bound: Estimate): Usage {
  return {
    ...usage,
    inputTokens: Math.min(usage.inputTokens, Math.max(told.inputTokens, bound.inputTokens)),
    outputTokens: Math.min(usage.outputTokens, Math.max(told.outputTokens, bound.outputTokens)),
  };
}

function priced(usage: Usage, { price, circumstances }: Pricing): Bill {
  const nanoDollars = costOf(price, usage, circumstances);
  const unpriced = price ? unpricedParts(price, usage, circumstances) : [];
  return {
    usage,
    ...(nanoDollars === undefined ? {} : { nanoDollars }),
    ...(unpriced.length === 0 ? {} : { unpriced }),
  };
}
