import type { ModelFacts } from '../../catalog/catalog.ts';
import type { Target } from '../../config/deployment.ts';
import type { Snapshot } from '../../config/snapshot.ts';
import type { Principal } from '../../identity/principal.ts';
import { mayReach, mayUse } from '../../policy/access.ts';
import { factsOf, targetsOf } from '../../routing/plan.ts';
import { servedName, utilityModels } from '../../routing/utility.ts';

/** A name that a caller may ask for. */
export interface ListedModel {
  readonly name: string;
  /** Where the name leads first. */
  readonly target: Target;
  readonly facts: ModelFacts;
  /** False: another name of a model that is offered already, for agents that look up what they ask for. */
  readonly offered: boolean;
}

/**
 * Names that a caller may ask for: configured models first, then `provider/model`, then the same models' own names and agents' hidden ones.
 * Agents live by tools, so a model that is known to have none is left out.
 */
export function listModels(principal: Principal, snapshot: Snapshot): readonly ListedModel[] {
  const models = new Map<string, ListedModel>();
  const allowed = (name: string): boolean => mayUse(principal, name);

  function add(name: string, offered: boolean, served = name): void {
    if (models.has(name) || !allowed(served)) return;
    const target = targetsOf(served, snapshot)?.find((place) => mayReach(principal, place));
    if (!target) return;
    const abilities = snapshot.aliases.get(served)?.abilities;
    const facts = factsOf(abilities ? { ...target, abilities } : target, snapshot) ?? {};
    if (facts.tools !== false) models.set(name, { name, target, facts, offered });
  }

  const { aliases } = snapshot;
  const known = knownTargets(snapshot);
  for (const name of aliases.keys()) add(name, true);
  for (const target of known) add(qualified(target), true);
  for (const { chain } of aliases.values()) for (const target of chain) add(qualified(target), false);
  for (const { model } of known) add(model, false);
  for (const name of utilityModels) add(name, false, servedName(name, snapshot, allowed));
  return [...models.values()];
}

function qualified({ provider, model }: Target): string {
  return `${provider.name}/${model}`;
}

/** Models that the configuration tells of, and those in the bundled data. */
function knownTargets({ providers, catalog }: Snapshot): readonly Target[] {
  return [...providers.values()].flatMap((provider) => {
    const { priceId } = provider.vendor;
    const names = [...catalog.declared(provider.name), ...(priceId === undefined ? [] : catalog.models(priceId))];
    return [...new Set(names)].map((model) => ({ provider, model }));
  });
}
