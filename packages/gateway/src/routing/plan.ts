import type { ModelFacts } from '../catalog/catalog.ts';
import { type Deployment, deploymentsOf, type Plan, type Target } from '../config/deployment.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { Failure } from '../core/failure.ts';
import type { Provider } from '../providers/provider.ts';
import { type NameSeeker, unknownModel } from './unknown-model.ts';

export type { Deployment, Plan };

/**
 * Where a name leads that stands for itself: an alias's targets and fallbacks, or the one place that a plain name means. Always the same array while
 * a snapshot lasts. Throws `model-unknown`.
 */
export function planRoute(model: string, snapshot: Snapshot, seeker?: NameSeeker): Plan {
  const alias = snapshot.aliases.get(model);
  if (alias) return alias.plan;
  return snapshot.plans.of(model, () =>
    planTargets(targetsOf(model, snapshot) ?? failUnknown(model, snapshot, seeker)),
  );
}

/** Places as deployments, in their order. Throws `model-unknown` where no key is for any of them. */
export function planTargets(targets: readonly [Target, ...Target[]]): Plan {
  const [first, ...rest] = targets.flatMap(deploymentsOf);
  if (first) return [first, ...rest];
  const [{ provider, model }] = targets;
  throw new Failure('model-unknown', `No key of the provider "${provider.name}" is for the model "${model}".`);
}

/** The places that a name of `models`, `provider/model` or a model's own name means, in order of preference, or undefined when nobody knows it. */
export function targetsOf(model: string, snapshot: Snapshot): readonly [Target, ...Target[]] | undefined {
  const alias = snapshot.aliases.get(model);
  if (alias) return alias.chain;
  const target = qualifiedTarget(model, snapshot) ?? bareTarget(model, snapshot);
  return target && [target];
}

/** Whether a name is `provider/model`, of a provider that is here. */
export function isQualified(model: string, snapshot: Snapshot): boolean {
  return qualifiedTarget(model, snapshot) !== undefined;
}

/** What is known of a model at a place: what the asked name's configuration says first, then the catalog. */
export function factsOf(place: Target, { catalog }: Pick<Snapshot, 'catalog'>): ModelFacts | undefined {
  const facts = catalog.facts(factsKey(place.provider), place.model);
  return place.abilities ? { ...facts, ...place.abilities } : facts;
}

/** `provider/model`. The model part may hold slashes of its own. */
function qualifiedTarget(model: string, snapshot: Snapshot): Target | undefined {
  const slash = model.indexOf('/');
  if (slash <= 0 || slash === model.length - 1) return undefined;
  const provider = snapshot.providers.get(model.slice(0, slash));
  return provider && { provider, model: model.slice(slash + 1) };
}

/** A bare name: the first configured provider that is known to offer it, its maker first; else a lone provider whose models nobody can list. */
function bareTarget(model: string, snapshot: Snapshot): Target | undefined {
  const providers = [...snapshot.providers.values()];
  for (const priceId of snapshot.catalog.offeredBy(model)) {
    const provider = providers.find((candidate) => candidate.vendor.priceId === priceId);
    if (provider) return { provider, model };
  }
  const declared = providers.find((candidate) => snapshot.catalog.facts(factsKey(candidate), model));
  if (declared) return { provider: declared, model };
  const [only, ...others] = providers;
  return only && others.length === 0 && !listsModels(only, snapshot) ? { provider: only, model } : undefined;
}

function listsModels({ vendor }: Provider, { catalog }: Snapshot): boolean {
  return vendor.priceId !== undefined && catalog.models(vendor.priceId).length > 0;
}

/** How the catalog knows a provider. */
function factsKey(provider: Provider): { name: string; priceId?: string } {
  const { priceId } = provider.vendor;
  return priceId === undefined ? { name: provider.name } : { name: provider.name, priceId };
}

function failUnknown(model: string, snapshot: Snapshot, seeker?: NameSeeker): never {
  throw unknownModel(model, snapshot, seeker);
}
