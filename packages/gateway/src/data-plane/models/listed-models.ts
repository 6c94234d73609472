import type { ModelFacts } from '../../catalog/catalog.ts';
import type { Target } from '../../config/deployment.ts';
import type { Snapshot } from '../../config/snapshot.ts';
import { Failure } from '../../core/failure.ts';
import { fillStar, type StarPattern, starOf, starPatterns } from '../../core/star-pattern.ts';
import type { Principal } from '../../identity/principal.ts';
import { mayReach, mayUse } from '../../policy/access.ts';
import { type Destination, resolveName, targetsAt } from '../../routing/names.ts';
import type { Notice } from '../../routing/notice.ts';
import { factsOf } from '../../routing/plan.ts';
import { utilityModels } from '../../routing/utility-models.ts';
import { factsAsSet } from './facts-as-set.ts';

/** A name that a caller may ask for. */
export interface ListedModel {
  readonly name: string;
  /** Where the name leads first. */
  readonly target: Target;
  /** What it can do there, as far as requests for the name may say it. */
  readonly facts: ModelFacts;
  /** False: another name of a model that is offered already, for agents that look up what they ask for, or one that is gone. */
  readonly offered: boolean;
  /** What there is to say of the name. */
  readonly notice?: Notice;
}

/**
 * Names that a caller may ask for: its own and configured ones first, then `provider/model`, then the same models' own names and agents' hidden ones. In place of a
 * pattern stands what is known of its targets. Agents live by tools, so a model that is known to have none is left out.
 */
export function listModels(principal: Principal, snapshot: Snapshot, nowMs: number): readonly ListedModel[] {
  const models = new Map<string, ListedModel>();

  function add(name: string, offered: boolean): void {
    if (models.has(name)) return;
    const destination = destinationOf(name, { principal, snapshot, nowMs });
    if (!destination) return;
    const target = targetsAt(destination, snapshot)?.find((place) => mayReach(principal, place));
    if (!target) return;
    const facts = factsAsSet(factsOf(target, snapshot) ?? {}, target.parameters);
    if (facts.tools === false) return;
    const { notice } = destination;
    const isThere = offered && notice?.hasGone !== true;
    models.set(name, { name, target, facts, offered: isThere, ...(notice ? { notice } : {}) });
  }

  const { aliases, names } = snapshot;
  const known = knownTargets(snapshot);
  for (const { names: own } of principal.overlays ?? []) for (const name of ownNames(own, known)) add(name, true);
  for (const name of [...aliases.keys(), ...names.redirects.keys()]) add(name, true);
  for (const pattern of names.patterns) for (const name of namesFitting(pattern, known)) add(name, true);
  for (const target of known) add(qualified(target), true);
  for (const { chain } of aliases.values()) for (const target of chain) add(qualified(target), false);
  for (const { model } of known) add(model, false);
  for (const name of utilityModels) add(name, false);
  return [...models.values()];
}

interface Reader {
  readonly principal: Principal;
  readonly snapshot: Snapshot;
  readonly nowMs: number;
}

/** Undefined where the caller may not ask for the name, or it leads to a place that is there no more. */
function destinationOf(asked: string, { principal, snapshot, nowMs }: Reader): Destination | undefined {
  const mayAsk = (name: string): boolean => mayUse(principal, name);
  try {
    const destination = resolveName({ asked, overlays: principal.overlays, nowMs, mayUse: mayAsk }, snapshot);
    return mayAsk(destination.claimed) ? destination : undefined;
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}

type Own = NonNullable<Principal['overlays']>[number]['names'];

function ownNames(names: Own, known: readonly Target[]): readonly string[] {
  const entries = Object.entries(names);
  const patterns = starPatterns(
    entries.flatMap(([name, value]) => (typeof value === 'string' ? [] : [[name, value] as const])),
  );
  return [
    ...entries.flatMap(([name]) => (name.includes('*') ? [] : [name])),
    ...patterns.flatMap((pattern) => namesFitting(pattern, known)),
  ];
}

/** The names that a pattern can have for models that are known: what the `*` of a target is there, put into the pattern's. */
function namesFitting(pattern: StarPattern<Pick<Entry, 'targets'>>, known: readonly Target[]): readonly string[] {
  const templates = starPatterns(placesIn(pattern.value.targets).map((place) => [place, place]));
  return templates.flatMap((template) =>
    known.flatMap((target) => {
      const star = starOf(template, qualified(target));
      return star === undefined ? [] : [fillStar(pattern.pattern, star)];
    }),
  );
}

type Entry = Snapshot['names']['patterns'][number]['value'];

function placesIn(targets: Entry['targets']): readonly string[] {
  return targets.flatMap((written) => {
    if (typeof written === 'string') return [written];
    return written.target === undefined ? placesIn(written.targets ?? []) : [written.target];
  });
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
