import type { NanoDollars } from '../core/money.ts';
import { noUsage } from '../core/usage.ts';
import type { ModelFacts } from './catalog.ts';
import { type CostCircumstances, costOf } from './cost.ts';
import type { InlineMedia } from './find-media.ts';
import type { Price } from './price.ts';

/** A request as far as its size matters. */
export interface RequestSize {
  readonly bodyBytes: number;
  /** Absent: none. */
  readonly media?: InlineMedia;
  /** What the caller allows, for each answer. */
  readonly maxOutputTokens?: number;
  /** How many answers are wanted. Absent: one. */
  readonly answers?: number;
  /** Images that are named by id or address. */
  readonly namedImages?: number;
  /** The provider may run tools of its own and read what they find. */
  readonly findings?: boolean;
  /** The provider will read what is not in the body: an earlier answer or a file by its id. Then no size of the body bounds the input. */
  readonly openEnded?: boolean;
}

/** How many tokens, and what they cost where the price is known. */
export interface Estimate {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly nanoDollars?: NanoDollars;
}

export interface UpperBound extends Estimate {
  /** False: something could still cost more, because it is not in the request or nobody says how many tokens it has. */
  readonly certain: boolean;
}

export interface EstimateQuestion {
  readonly size: RequestSize;
  readonly facts: Pick<ModelFacts, 'contextWindow' | 'maxOutputTokens'> | undefined;
  readonly price: Price | undefined;
  readonly circumstances?: CostCircumstances;
}

/** What providers put around messages and tools of their own: role marks, and the prompts that explain tools (Anthropic's: up to 0.6k). */
const templateTokens = 1_024;
/** The most that a vendor documents for one image: gpt-4o-mini counts 2,833 and 5,667 for each of up to eight tiles. */
const mostImageTokens = 49_152;
/** Room for what a provider's tools find, where it has some: a few searches. No number bounds it; see docs/decisions/0013. */
const findingsTokens = 32_768;
/** A model of which nothing is known. No model writes more in one answer, and none reads more. */
const mostOutputTokens = 128_000;
const mostContextTokens = 2_000_000;

/**
 * The most that a request can cost, as long as the provider keeps to the output limit that it is sent: a token is at least a byte of text.
 * `price` must be one whose every rate is the dearest of its kind (`dearest`), because nobody knows what will be read from a cache.
 */
export function upperBound({ size, facts, price, circumstances }: EstimateQuestion): UpperBound {
  const { images = 0, others = 0, bytes = 0 } = size.media ?? {};
  const window = facts?.contextWindow ?? mostContextTokens;
  const pictures = images + (size.namedImages ?? 0);
  const inBody = size.bodyBytes - bytes + pictures * mostImageTokens + (others > 0 ? window : 0) + templateTokens;
  const read = inBody + (size.findings === true ? findingsTokens : 0);
  const inputTokens = size.openEnded === true ? window : Math.min(window, read);
  const answer = Math.min(size.maxOutputTokens ?? Number.POSITIVE_INFINITY, facts?.maxOutputTokens ?? mostOutputTokens);
  const outputTokens = answer * (size.answers ?? 1);
  return {
    ...priced(inputTokens, outputTokens, { price, ...(circumstances && { circumstances }) }),
    certain: size.openEnded !== true && size.findings !== true && (others === 0 || facts?.contextWindow !== undefined),
  };
}

/** Three bytes a token is more tokens than agents' requests have in practice; see docs/decisions/0013. */
const bytesPerToken = 3;
const usualImageTokens = 2_000;
/** Documents are packed: more tokens for their bytes than text. */
const mediaBytesPerToken = 10;
const usualOutputTokens = 8_192;

/** What a request will hardly exceed. */
export function likelyEstimate(question: EstimateQuestion): Estimate {
  const { size, facts } = question;
  const bound = upperBound({ size, facts, price: undefined });
  const inputTokens = Math.min(bound.inputTokens, likelyInput(size));
  return priced(inputTokens, Math.min(bound.outputTokens, usualOutputTokens * (size.answers ?? 1)), question);
}

function likelyInput({ bodyBytes, media }: RequestSize): number {
  const { images = 0, others = 0, bytes = 0 } = media ?? {};
  const files = others > 0 ? bytes / mediaBytesPerToken : 0;
  return Math.ceil((bodyBytes - bytes) / bytesPerToken + images * usualImageTokens + files);
}

/** How a limit stands against which the upper bound did not fit. Money in nano-dollars. */
export interface Room {
  readonly unit: 'nano-dollars' | 'tokens' | 'input-tokens' | 'output-tokens';
  readonly remaining: bigint;
}

/** Each takes at most this part of what is left, so that others find room, too. */
const share = 4n;

/**
 * An estimate between the likely one and the upper bound that leaves room for others: its output tokens must become the request's limit,
 * which makes it an upper bound, too. Undefined where not even the likely one fits.
 */
export function shrinkToFit(
  likely: Estimate,
  bound: UpperBound,
  room: Room,
  question: EstimateQuestion,
): Estimate | undefined {
  const part = room.remaining / share;
  const fits = (outputTokens: number, available: bigint) => {
    const amount = amountOf({ ...priced(bound.inputTokens, outputTokens, question) }, room.unit);
    return amount !== undefined && amount <= available;
  };
  const least = Math.min(likely.outputTokens, bound.outputTokens);
  if (!fits(least, room.remaining)) return undefined;
  let [low, high] = [least, bound.outputTokens];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle, part)) low = middle;
    else high = middle - 1;
  }
  return priced(bound.inputTokens, low, question);
}

function amountOf(estimate: Estimate, unit: Room['unit']): bigint | undefined {
  switch (unit) {
    case 'nano-dollars':
      return estimate.nanoDollars;
    case 'input-tokens':
      return BigInt(estimate.inputTokens);
    case 'output-tokens':
      return BigInt(estimate.outputTokens);
    default:
      return BigInt(estimate.inputTokens + estimate.outputTokens);
  }
}

function priced(
  inputTokens: number,
  outputTokens: number,
  { price, circumstances }: Pick<EstimateQuestion, 'price' | 'circumstances'>,
): Estimate {
  const nanoDollars = costOf(price, { ...noUsage, inputTokens, outputTokens }, circumstances);
  return { inputTokens, outputTokens, ...(nanoDollars === undefined ? {} : { nanoDollars }) };
}
