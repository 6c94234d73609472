import type { Snapshot } from '../config/snapshot.ts';
import { Failure } from '../core/failure.ts';
import { deploymentName, placeName } from './deployment-name.ts';
import { type Deployment, factsOf, type Plan } from './plan.ts';
import type { Vitals } from './vitals.ts';
import type { RoutingWishes, Sort } from './wishes.ts';

/** Where one name of a request leads. */
export interface NamedPlan {
  readonly name: string;
  readonly plan: Plan;
  /** From the name's own ending: `:floor`, `:nitro`. */
  readonly sort?: Sort;
}

/** What is known of deployments. */
export interface WishParts {
  readonly snapshot: Snapshot;
  readonly vitals: Pick<Vitals, 'of'>;
}

/** The plans of a request's names as its wishes want them: name after name, fewer or in another order, never more. Throws `model-unknown` where nothing is left. */
export function applyWishes(named: readonly NamedPlan[], wishes: RoutingWishes, parts: WishParts): Plan {
  const wanted = named.map((each) => wantedOf(each, wishes, parts));
  const all = wishes.sortsAll ? inOrder(sorted(wanted.flat(), wishes.sort, parts), wishes) : wanted.flat();
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

function wantedOf({ plan, sort }: NamedPlan, wishes: RoutingWishes, parts: WishParts): readonly Deployment[] {
  const kept = plan.filter(
    (each) => isWanted(each, plan, wishes) && (judgesItself(each) || isCheapEnough(each, wishes, parts.snapshot)),
  );
  const by = sort ?? wishes.sort;
  const ordered = inOrder(asSorted(sorted(kept, by, parts), by !== undefined), wishes);
  return wishes.allowFallbacks ? ordered : withoutFallbacks(ordered, wishes);
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

/** The cheapest or the fastest places first, the unknown last; equals in the order they had. */
function sorted(deployments: readonly Deployment[], sort: Sort | undefined, parts: WishParts): readonly Deployment[] {
  if (sort === undefined) return deployments;
  // The keys of a place stay together: which of them it is, is the session's.
  const ranks = new Map<string, number>();
  for (const deployment of deployments) {
    const place = placeName(deployment);
    ranks.set(place, Math.min(ranks.get(place) ?? Infinity, rankBy[sort](deployment, parts) ?? Infinity));
  }
  const rank = (deployment: Deployment) => ranks.get(placeName(deployment)) ?? Infinity;
  return deployments.toSorted((one, other) => (rank(one) === rank(other) ? 0 : rank(one) - rank(other)));
}

/** The less, the earlier. */
const rankBy: Readonly<Record<Sort, (deployment: Deployment, parts: WishParts) => number | undefined>> = {
  /** By a token in and a token out. */
  price(deployment, { snapshot }) {
    const [tier] = factsOf(deployment, snapshot)?.price?.tiers ?? [];
    return tier && Number(tier.input + tier.output);
  },
  latency: (deployment, { vitals }) => inSteps(vitals.of(deploymentName(deployment))?.firstTokenMs),
  throughput(deployment, { vitals }) {
    const steps = inSteps(vitals.of(deploymentName(deployment))?.tokensPerSecond);
    return steps === undefined ? undefined : -steps;
  },
};

/** So much more is the same: sessions are not to wander with every answer that was a little quicker. */
const same = Math.log(1.2);

function inSteps(measured: number | undefined): number | undefined {
  return measured === undefined ? undefined : Math.round(Math.log(Math.max(measured, 1)) / same);
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
