import {
  type Estimate,
  type EstimateQuestion,
  likelyEstimate,
  type Room,
  shrinkToFit,
  type UpperBound,
  upperBound,
} from '../../catalog/estimate.ts';
import type { Price } from '../../catalog/price.ts';
import type { PriceBook } from '../../catalog/price-book.ts';
import type { Snapshot } from '../../config/snapshot.ts';
import { Failure } from '../../core/failure.ts';
import type { CountersRefusal, Refusal } from '../../ledger/refusal.ts';
import type { Reservation, Tab } from '../../ledger/tab.ts';
import { type Deployment, factsOf } from '../../routing/plan.ts';
import type { Pricing } from './bill.ts';
import { refused } from './refused.ts';
import type { Measured } from './request-size.ts';

/** Somewhere to try, and the name under which it is asked. */
export interface Aim {
  readonly deployment: Deployment;
  readonly modelAsked: string;
}

/** What reservations are made of. */
export interface Reserving {
  readonly tab: Tab;
  readonly book: PriceBook;
  readonly snapshot: Snapshot;
  readonly measured: Measured;
  /** Nothing is asked of a model: tokens and money are not at stake. */
  readonly free: boolean;
  readonly organization: string | undefined;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Room for one attempt. */
export interface Reserved {
  readonly reservation: Reservation;
  readonly pricing: Pricing;
  /** The longest answer that fits into it. Absent: whatever the caller allows. */
  readonly outputTokens?: number;
}

const nothing: Estimate = { inputTokens: 0, outputTokens: 0, nanoDollars: 0n };

/**
 * Reserves the most that an attempt can cost. Where a budget cannot hold that, it reserves less and limits the answer to it, as long as
 * a usual one fits (docs/decisions/0013). Throws what refuses.
 */
export async function reserve(aim: Aim, parts: Reserving): Promise<Reserved> {
  const { price, dearest } = pricesOf(aim.deployment, parts);
  const { circumstances } = parts.measured;
  if (parts.free) {
    const reservation = await granted(aim, { estimate: nothing, likely: nothing }, parts);
    return { reservation, pricing: { price, circumstances, bound: nothing } };
  }
  const { bound, likely, atMost } = estimatesAt({ price, dearest }, aim.deployment, parts);
  const first = await ask(aim, { estimate: bound, likely }, parts);
  if (!isRefusal(first)) return { reservation: first, pricing: { price, circumstances, bound } };
  const room = roomIn(first);
  const smaller = room && shrinkToFit(likely, bound, room, atMost);
  if (smaller === undefined) throw refused(first);
  const reservation = await granted(aim, { estimate: smaller, likely }, parts);
  // The limit that is sent holds for each answer.
  const outputTokens = Math.floor(smaller.outputTokens / (parts.measured.size.answers ?? 1));
  return { reservation, pricing: { price, circumstances, bound: smaller }, outputTokens };
}

/** What an attempt will hardly exceed, and the most that it can come to. Without money where the price is not known. */
export function estimatesOf(deployment: Deployment, parts: Reserving): Pick<Estimates, 'bound' | 'likely'> {
  return estimatesAt(knownPrices(deployment, parts), deployment, parts);
}

interface Estimates {
  readonly bound: UpperBound;
  readonly likely: Estimate;
  /** What the upper bound was asked by. */
  readonly atMost: EstimateQuestion;
}

function estimatesAt({ price, dearest }: Prices, deployment: Deployment, { measured, snapshot }: Reserving): Estimates {
  const question: EstimateQuestion = { ...measured, facts: factsOf(deployment, snapshot), price };
  const atMost = { ...question, price: dearest };
  return { bound: upperBound(atMost), likely: likelyEstimate(question), atMost };
}

type Prices = Readonly<Record<'price' | 'dearest', Price | undefined>>;

function knownPrices(deployment: Deployment, { book, organization, nowMs }: Reserving): Prices {
  const answer = book.priceOf(deployment, { organization, at: nowMs });
  return { price: answer?.price, dearest: answer?.dearest };
}

function pricesOf(deployment: Deployment, parts: Reserving): Prices {
  const prices = knownPrices(deployment, parts);
  if (prices.price === undefined && parts.book.unpriced === 'refuse') throw unpriced(deployment);
  return prices;
}

function unpriced({ provider, model }: Deployment): Failure {
  return new Failure(
    'price-unknown',
    `The price of "${provider.name}/${model}" is not known, and this gateway answers only with models whose price is. ` +
      'Whoever runs it can set one under `prices`.',
  );
}

interface Wanted {
  readonly estimate: Estimate;
  readonly likely: Estimate;
}

async function ask({ deployment, modelAsked }: Aim, wanted: Wanted, { tab, signal }: Reserving) {
  const { provider, model, credential } = deployment;
  const place = { provider: provider.name, model, credential: credential.id };
  return tab.reserve({ modelAsked, place, ...wanted }, signal);
}

async function granted(aim: Aim, wanted: Wanted, parts: Reserving): Promise<Reservation> {
  const answer = await ask(aim, wanted, parts);
  if (isRefusal(answer)) throw refused(answer);
  return answer;
}

function isRefusal(answer: Reservation | Refusal | CountersRefusal): answer is Refusal | CountersRefusal {
  return answer.refused === true;
}

/** What is left of the budget that refuses. Where another model answers instead, nobody is to make do with less. */
function roomIn(refusal: Refusal | CountersRefusal): Room | undefined {
  if (refusal.why !== 'limit' || refusal.kind !== 'budget' || refusal.fallbackModel !== undefined) return undefined;
  const { unit, remaining } = refusal;
  return unit === 'nano-dollars' || unit === 'tokens' ? { unit, remaining } : undefined;
}
