import type { PriceOverride } from '@turnpike/contract/resources/price-override';
import { matchesPattern } from '../core/name-pattern.ts';
import { freePrice, type Price } from './price.ts';
import { priceOfEntry } from './price-of-entry.ts';
import { factor, type Factor } from './rates.ts';

/** A price override, ready to be looked up. */
export interface PriceRule {
  readonly id: string;
  /** A provider's name or a pattern. */
  readonly provider: string;
  /** A provider's own name of a model or a pattern. */
  readonly model: string;
  readonly organization?: string;
  /** Milliseconds since 1970. */
  readonly from?: number;
  readonly until?: number;
  /** What the model costs, or how many times what it would cost without this rule. */
  readonly effect: { readonly price: Price } | { readonly times: Factor };
}

/** Overrides as rules, the most specific first. */
export function priceRules(overrides: Iterable<PriceOverride>): readonly PriceRule[] {
  return inOrder([...overrides].map(ruleOf));
}

/** The most specific first; those alike in the order given. */
export function inOrder(rules: readonly PriceRule[]): readonly PriceRule[] {
  return rules.toSorted(bySpecificity);
}

function ruleOf(override: PriceOverride): PriceRule {
  const { id, provider = '*', model, organization, from, until } = override;
  return {
    id,
    provider,
    model,
    ...(organization === undefined ? {} : { organization }),
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
    effect: effectOf(override),
  };
}

function effectOf({ price, multiplier }: PriceOverride): PriceRule['effect'] {
  if (multiplier !== undefined) return { times: factor(multiplier) };
  return { price: price === undefined ? freePrice : priceOfEntry(price) };
}

/** Whose: an organization's before everybody's. What: the more exact model, then the more exact provider. When: dates before none. */
function bySpecificity(a: PriceRule, b: PriceRule): number {
  const [first, second] = [specificity(a), specificity(b)];
  const at = first.findIndex((weight, index) => weight !== second[index]);
  return at === -1 ? 0 : (second[at] ?? 0) - (first[at] ?? 0);
}

function specificity({ organization, model, provider, from, until }: PriceRule): readonly number[] {
  return [
    Number(organization !== undefined),
    exactness(model),
    exactness(provider),
    Number((from ?? until) !== undefined),
  ];
}

/** A whole name before any pattern, a pattern with more letters before one with fewer. */
function exactness(pattern: string): number {
  const letters = pattern.replaceAll('*', '').length;
  return letters === pattern.length ? Number.POSITIVE_INFINITY : letters;
}

/** Pairs of rules of which nobody could say which one holds: equally specific, and some request fits both. */
export function tiesOf(rules: readonly PriceRule[]): readonly (readonly [PriceRule, PriceRule])[] {
  return rules.flatMap((rule, at) =>
    rules
      .slice(at + 1)
      .filter((other) => bySpecificity(rule, other) === 0 && mayMeet(rule, other))
      .map((other) => [rule, other] as const),
  );
}

function mayMeet(a: PriceRule, b: PriceRule): boolean {
  const always = Number.POSITIVE_INFINITY;
  return (
    a.organization === b.organization &&
    patternsMeet(a.model, b.model) &&
    patternsMeet(a.provider, b.provider) &&
    (a.from ?? -always) < (b.until ?? always) &&
    (b.from ?? -always) < (a.until ?? always)
  );
}

/** Whether some name fits both patterns. */
export function patternsMeet(a: string, b: string): boolean {
  if (!a.includes('*')) return matchesPattern(b, a);
  if (!b.includes('*')) return matchesPattern(a, b);
  // Between the fixed ends of two patterns that both have a `*`, each can hold whatever the other wants.
  const [headA, headB] = [a.slice(0, a.indexOf('*')), b.slice(0, b.indexOf('*'))];
  const [tailA, tailB] = [a.slice(a.lastIndexOf('*') + 1), b.slice(b.lastIndexOf('*') + 1)];
  return (headA.startsWith(headB) || headB.startsWith(headA)) && (tailA.endsWith(tailB) || tailB.endsWith(tailA));
}
