import type { ModelFacts } from '../../catalog/catalog.ts';
import type { Target } from '../../config/deployment.ts';
import type { Snapshot } from '../../config/snapshot.ts';
import type { Notice } from '../../routing/notice.ts';
import { factsOf } from '../../routing/plan.ts';
import { factsAsSet } from './facts-as-set.ts';
import { createListedNames } from './listed-names.ts';
import { createWays, firstOpen, type Reader, type Way } from './ways.ts';

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

/** The lists of one configuration. What does not depend on who reads is worked out once; a model that readers share is one object. */
export interface Listing {
  /** Names that the reader may ask for; see `ListedNames` for which, and in what order. In steps, between which others get their turn. */
  models(reader: Reader): Generator<void, readonly ListedModel[]>;
  /** One name, listed or not, if something is known of it. */
  model(name: string, reader: Reader): ListedModel | undefined;
}

/** Names that are looked at in one step: most of the time they are known, and a millisecond is enough for hundreds. */
const namesPerStep = 16;

export function createListing(snapshot: Snapshot): Listing {
  const names = createListedNames(snapshot);
  const ways = createWays(snapshot, names);
  const described = new WeakMap<Target, Map<string, ListedModel | undefined>>();

  /** Agents live by tools, so a model that is known to have none is left out. */
  function describe({ name, way: { notice }, target, offered }: Found): ListedModel | undefined {
    const facts = factsAsSet(factsOf(target, snapshot) ?? {}, target.parameters);
    if (facts.tools === false) return undefined;
    const isThere = offered && notice?.hasGone !== true;
    return { name, target, facts, offered: isThere, ...(notice ? { notice } : {}) };
  }

  function describeOnce(found: Found): ListedModel | undefined {
    const { name, way, target, offered } = found;
    let ofTarget = described.get(target);
    if (!ofTarget) described.set(target, (ofTarget = new Map()));
    const key = `${offered} ${way.notice?.text ?? ''} ${name}`;
    if (!ofTarget.has(key)) ofTarget.set(key, describe(found));
    return ofTarget.get(key);
  }

  function isKnown({ isConfigured }: Way, target: Target): boolean {
    if (isConfigured || factsOf(target, snapshot)) return true;
    const chains = [...snapshot.aliases.values()].flatMap(({ chain }) => chain);
    return chains.some(({ provider, model }) => provider === target.provider && model === target.model);
  }

  return {
    *models(reader) {
      const list = new Map<string, ListedModel>();
      let looked = 0;
      function* add(all: Iterable<string>, offered: boolean): Generator<void> {
        for (const name of all) {
          if ((looked += 1) % namesPerStep === 0) yield;
          if (list.has(name)) continue;
          const way = ways.ofListed(name, reader);
          const target = way && firstOpen(way, reader);
          const model = target && describeOnce({ name, way, target, offered });
          if (model) list.set(name, model);
        }
      }
      yield* add(names.offered(reader.principal, list), true);
      yield* add(names.hidden(list), false);
      return [...list.values()];
    },
    model(name, reader) {
      const way = ways.of(name, reader);
      const target = way && firstOpen(way, reader);
      return target && isKnown(way, target) ? describe({ name, way, target, offered: true }) : undefined;
    },
  };
}

interface Found {
  readonly name: string;
  readonly way: Way;
  readonly target: Target;
  readonly offered: boolean;
}
