import { createMemo } from '../core/memo.ts';
import { matchesPattern } from '../core/name-pattern.ts';
import type { Catalog, ModelFacts } from './catalog.ts';
import { comparablePrice } from './comparable-price.ts';
import { dearest } from './dearest.ts';
import { namesFor } from './model-names.ts';
import { holdsAt, type Price } from './price.ts';
import type { PriceRule } from './price-rules.ts';
import type { Factor } from './rates.ts';

/** Where a model runs, as far as its price depends on it. A deployment is one. */
export interface PricedPlace {
  readonly provider: { readonly name: string; readonly vendor: { readonly priceId?: string } };
  /** The provider's own name of the model. */
  readonly model: string;
}

export interface PriceQuestion {
  /** Whose request it is. */
  readonly organization?: string | undefined;
  /** When: milliseconds since 1970. */
  readonly at: number;
}

/** `catalog`: the bundled data. `override`: the configuration. `fallback`: what an unknown model is taken to cost. */
export interface PriceAnswer {
  readonly price: Price;
  readonly source: 'catalog' | 'override' | 'fallback';
  /** The same with each kind of token at its dearest rate, for upper bounds. */
  readonly dearest: Price;
}

/** What to do with a model that has no price. `refuse-if-budgeted`: only where a budget in dollars applies. */
export type UnpricedPolicy = 'refuse' | 'refuse-if-budgeted';

/** Knows what everything costs. Immutable: made anew when the configuration or an override changes. */
export interface PriceBook {
  /** Undefined: nobody knows, which is never to be taken for free. */
  priceOf(place: PricedPlace, question: PriceQuestion): PriceAnswer | undefined;
  /** Prices to compare, as of the minute: the same function as long as they are the same, so that what is worked out by it can be kept with it. */
  comparison(question: PriceQuestion): Comparison;
  readonly unpriced: UnpricedPolicy;
}

/** What a place costs, as a number to compare it with others by. Undefined: nobody knows. */
export type Comparison = (place: PricedPlace) => number | undefined;

export interface PriceBookParts {
  readonly catalog: Pick<Catalog, 'facts'>;
  /** The most specific first, as `priceRules` gives them. */
  readonly rules: readonly PriceRule[];
  /** What a model without a price is taken to cost. */
  readonly fallback?: Price | undefined;
  readonly unpriced?: UnpricedPolicy | undefined;
}

/** Something that may say the price, in order. */
type Candidate = Pick<PriceRule, 'from' | 'until'> & {
  readonly daily?: { readonly from: number; readonly until: number };
  readonly effect: { readonly answer: PriceAnswer } | { readonly times: Factor };
};

/** Names come from requests: what is remembered of them must not grow without end. */
const mostPlaces = 4096;

export function createPriceBook({
  catalog,
  rules,
  fallback,
  unpriced = 'refuse-if-budgeted',
}: PriceBookParts): PriceBook {
  const known = new Map<string, (at: number) => PriceAnswer | undefined>();
  const last: readonly Candidate[] =
    fallback === undefined ? [] : [{ effect: { answer: answerWith(fallback, 'fallback') } }];

  function read(place: PricedPlace, organization: string | undefined): (at: number) => PriceAnswer | undefined {
    const { name, vendor } = place.provider;
    const names = namesFor(place.model, vendor.priceId);
    const fitting = rules.filter(
      (rule) =>
        (rule.organization === undefined || rule.organization === organization) &&
        matchesPattern(rule.provider, name) &&
        names.some((each) => matchesPattern(rule.model, each)),
    );
    const provider = vendor.priceId === undefined ? { name } : { name, priceId: vendor.priceId };
    return answering([...fitting.map(candidateOf), ...candidatesOf(catalog.facts(provider, place.model)), ...last]);
  }

  function priceOf(place: PricedPlace, { organization, at }: PriceQuestion): PriceAnswer | undefined {
    const key = `${place.provider.name}\n${place.model}\n${organization ?? ''}`;
    let answer = known.get(key);
    if (answer === undefined) {
      if (known.size >= mostPlaces) known.clear();
      answer = read(place, organization);
      known.set(key, answer);
    }
    return answer(at);
  }

  return { unpriced, priceOf, comparison: createComparisons(priceOf) };
}

const minuteMs = 60_000;
/** Organizations that ask in the same minute. */
const mostAskers = 1_000;

function createComparisons(priceOf: PriceBook['priceOf']): PriceBook['comparison'] {
  let minute = { at: 0, comparisons: createMemo<Comparison>(mostAskers) };
  return ({ organization, at: nowMs }) => {
    const at = nowMs - (nowMs % minuteMs);
    if (minute.at !== at) minute = { at, comparisons: createMemo(mostAskers) };
    return minute.comparisons.of(organization ?? '', () => (place) => {
      const answer = priceOf(place, { organization, at });
      return answer && comparablePrice(answer.price);
    });
  };
}

/** Where no candidate depends on the time, the answer is worked out once. */
function answering(candidates: readonly Candidate[]): (at: number) => PriceAnswer | undefined {
  const timeless = candidates.every(({ from, until, daily }) => (from ?? until ?? daily) === undefined);
  if (!timeless) return (at) => answerOf(candidates.filter((each) => holdsAt(each, at)));
  const answer = answerOf(candidates);
  return () => answer;
}

/** The first that names a price, times all factors that stand before it. */
function answerOf([first, ...others]: readonly Candidate[]): PriceAnswer | undefined {
  if (first === undefined) return undefined;
  const { effect } = first;
  if ('answer' in effect) return effect.answer;
  const base = answerOf(others);
  return base && answerWith(multiplied(base.price, effect.times), 'override');
}

function answerWith(price: Price, source: PriceAnswer['source']): PriceAnswer {
  return { price, source, dearest: dearest(price) };
}

const million = 1_000_000n;

function multiplied(price: Price, times: Factor): Price {
  if (price.factor === undefined) return { ...price, factor: times };
  const product = price.factor * times;
  // Up, so that factors of a millionth never come to nothing.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a factor times a factor, back in millionths
  return { ...price, factor: ((product + million - 1n) / million) as Factor };
}

function candidateOf({ from, until, effect }: PriceRule): Candidate {
  return {
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    effect: 'times' in effect ? effect : { answer: answerWith(effect.price, 'override') },
  };
}

/** Of dated prices that hold at the same time, the last is meant. */
function candidatesOf(facts: ModelFacts | undefined): readonly Candidate[] {
  const dated = (facts?.datedPrices ?? []).toReversed().map(({ price, ...when }): Candidate => {
    return { ...when, effect: { answer: answerWith(price, 'catalog') } };
  });
  return facts?.price === undefined ? dated : [...dated, { effect: { answer: answerWith(facts.price, 'catalog') } }];
}
