import type { Snapshot } from '../config/snapshot.ts';
import { Failure } from '../core/failure.ts';
import { type Deployment, factsOf, type Plan } from './plan.ts';
import type { RoutingWishes } from './wishes.ts';

/** Where one name of a request leads. */
export interface NamedPlan {
  readonly name: string;
  readonly plan: Plan;
  /** From the name's own ending, `:floor`. */
  readonly byPrice: boolean;
}

/** The plans of a request's names as its wishes want them: name after name, fewer or in another order, never more. Throws `model-unknown` where nothing is left. */
export function applyWishes(named: readonly NamedPlan[], wishes: RoutingWishes, snapshot: Snapshot): Plan {
  const wanted = named.map((each) => wantedOf(each, wishes, snapshot));
  const all = wishes.sortsAll ? inOrder(byPrice(wanted.flat(), snapshot), wishes) : wanted.flat();
  const isSorted = wishes.sortsAll || wishes.order.length > 0;
  const [first, ...rest] = asSorted([...new Set(all)], isSorted);
  if (first) return [first, ...rest];
  const names = named.map(({ name }) => `"${name}"`).join(', ');
  throw new Failure(
    'model-unknown',
    `None of the providers of ${names} is left by what the request’s \`provider\` field says. They are: ${providersOf(named)}.`,
  );
}

/** An order that was asked for is no longer a choice among equals, but for the keys of each. */
function asSorted(deployments: readonly Deployment[], isSorted: boolean): readonly Deployment[] {
  return isSorted ? deployments.map(({ group: _group, ...deployment }) => deployment) : deployments;
}

function wantedOf(
  { plan, byPrice: floor }: NamedPlan,
  wishes: RoutingWishes,
  snapshot: Snapshot,
): readonly Deployment[] {
  const kept = plan.filter(
    (each) => isWanted(each, plan, wishes) && (judgesItself(each) || isCheapEnough(each, wishes, snapshot)),
  );
  const isByPrice = floor || wishes.sort === 'price';
  const sorted = inOrder(isByPrice ? asSorted(byPrice(kept, snapshot), true) : kept, wishes);
  return wishes.allowFallbacks ? sorted : withoutFallbacks(sorted, wishes);
}

/** OpenRouter is given the same wishes and applies them to the providers behind it. */
function judgesItself({ provider }: Deployment): boolean {
  return provider.vendor.takesRoutingFields === true;
}

function isWanted(deployment: Deployment, plan: Plan, { only, ignore }: RoutingWishes): boolean {
  if (isNamed(deployment, ignore)) return false;
  if (only === undefined || isNamed(deployment, only)) return true;
  // Names that mean none of ours can only mean providers behind that one.
  return judgesItself(deployment) && !plan.some((each) => isNamed(each, only));
}

/** By its name here, or its vendor's; what follows a slash is a variant that only OpenRouter has. */
function isNamed(deployment: Deployment, names: readonly string[]): boolean {
  return rankIn(deployment, names) >= 0;
}

function rankIn({ provider }: Deployment, names: readonly string[]): number {
  const own = [provider.name.toLowerCase(), provider.vendor.kind];
  return names.findIndex((name) => own.includes(name.toLowerCase().split('/')[0] ?? ''));
}

/** A price that is not known is not known to be low enough. */
function isCheapEnough(deployment: Deployment, { maxPrice }: RoutingWishes, snapshot: Snapshot): boolean {
  if (!maxPrice) return true;
  const [tier] = factsOf(deployment, snapshot)?.price?.tiers ?? [];
  if (!tier) return false;
  const { input = tier.input, output = tier.output } = maxPrice;
  return tier.input <= input && tier.output <= output;
}

/** Cheapest first, by a token in and a token out; the unknown last; equals in the order they had. */
function byPrice(deployments: readonly Deployment[], snapshot: Snapshot): readonly Deployment[] {
  const priced = deployments.map((deployment) => {
    const [tier] = factsOf(deployment, snapshot)?.price?.tiers ?? [];
    return { deployment, price: tier && tier.input + tier.output };
  });
  return priced.sort((one, other) => comparePrices(one.price, other.price)).map(({ deployment }) => deployment);
}

function comparePrices(one: bigint | undefined, other: bigint | undefined): number {
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
  return Number(one > other) - Number(one < other);
}

/** The named providers first, in their order. */
function inOrder(deployments: readonly Deployment[], { order }: RoutingWishes): readonly Deployment[] {
  const rank = (deployment: Deployment) => {
    const found = rankIn(deployment, order);
    return found < 0 ? order.length : found;
  };
  return deployments.toSorted((one, other) => rank(one) - rank(other));
}

/** Only providers that are named, or else the first one; each with all of its keys. */
function withoutFallbacks(deployments: readonly Deployment[], { order }: RoutingWishes): readonly Deployment[] {
  if (order.length > 0) return deployments.filter((each) => isNamed(each, order));
  const [first] = deployments;
  return deployments.filter(({ provider, model }) => provider === first?.provider && model === first.model);
}

function providersOf(named: readonly NamedPlan[]): string {
  return [...new Set(named.flatMap(({ plan }) => plan.map(({ provider }) => provider.name)))].join(', ');
}
