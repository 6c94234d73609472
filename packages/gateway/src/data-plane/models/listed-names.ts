import type { Snapshot } from '../../config/snapshot.ts';
import { starPatterns } from '../../core/star-pattern.ts';
import type { Overlay } from '../../identity/overlay.ts';
import type { Principal } from '../../identity/principal.ts';
import { utilityModels } from '../../routing/utility-models.ts';
import { type KnownPlace, knownPlaces, namesFitting } from './known-places.ts';

/** The names of which lists are made, in their order. Whether a caller may ask for them is another question. */
export interface ListedNames {
  /** What the configuration knows by its whole name, as far as anything is known of it. */
  place(name: string): KnownPlace | undefined;
  /**
   * Names to choose from: a caller's own and configured ones first, in place of a pattern what fits it, then `provider/model`, each model of a vendor at the first
   * of its entries where the list has it. Entries that the configuration or a grant names are no repetition.
   */
  offered(caller: Principal, list: Listed): Generator<string>;
  /** The same models under other names, for agents that look up what they ask for. */
  hidden(list: Listed): Generator<string>;
}

/** The list as it grows. */
type Listed = Pick<ReadonlyMap<string, unknown>, 'has' | 'size'>;

/**
 * So long may a list become by names of places that repeat others: Codex is told 3.4 KB of each name and gives up after five seconds, and of
 * a fleet's entries there are thousands.
 */
const mostNames = 500;

/** What lists of one configuration are made of: worked out when the first of them is. */
export function createListedNames(snapshot: Snapshot): ListedNames {
  const { aliases, names } = snapshot;
  const places = knownPlaces(snapshot);
  const byName = new Map(places.map((place) => [place.name, place]));
  const models = [...new Set(places.map(({ target }) => target.model))];
  const configured = [
    ...aliases.keys(),
    ...names.redirects.keys(),
    ...names.patterns.flatMap((pattern) => namesFitting(pattern, places)),
  ];

  function* offeredPlaces(caller: Principal, list: Listed): Generator<string> {
    const named = providersNamed(caller);
    const seen = new Set<string>();
    for (const { name, target, isDeclared, product } of places) {
      if (seen.has(product) && !isDeclared && !named.has(target.provider.name)) continue;
      yield name;
      if (list.has(name)) seen.add(product);
    }
  }

  function* repetitions(): Generator<string> {
    for (const { chain } of aliases.values())
      for (const { provider, model } of chain) yield `${provider.name}/${model}`;
    for (const { name } of places) yield name;
  }

  return {
    place: (name) => byName.get(name),
    *offered(caller, list) {
      for (const overlay of caller.overlays ?? []) yield* ownNames(overlay, places);
      yield* configured;
      yield* offeredPlaces(caller, list);
    },
    *hidden(list) {
      yield* utilityModels;
      yield* models;
      for (const name of repetitions()) {
        if (list.size >= mostNames) return;
        yield name;
      }
    },
  };
}

function ownNames({ names }: Overlay, places: readonly KnownPlace[]): readonly string[] {
  const entries = Object.entries(names);
  const patterns = starPatterns(
    entries.flatMap(([name, value]) => (typeof value === 'string' ? [] : [[name, value] as const])),
  );
  return [
    ...entries.flatMap(([name]) => (name.includes('*') ? [] : [name])),
    ...patterns.flatMap((pattern) => namesFitting(pattern, places)),
  ];
}

/** Providers that somebody had in mind who wrote what the caller may use: `openai-7` of `openai-7/*`. */
function providersNamed({ grants }: Principal): ReadonlySet<string> {
  return new Set(
    grants.flatMap(({ models }) =>
      models.flatMap((name) => (name.includes('/') ? [name.slice(0, name.indexOf('/'))] : [])),
    ),
  );
}
