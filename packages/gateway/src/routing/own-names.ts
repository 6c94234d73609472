import type { NameStep } from '@turnpike/contract/route-record';
import type { AliasEntry } from '../config/build-aliases.ts';
import type { ModelAlias, Snapshot } from '../config/snapshot.ts';
import { Failure } from '../core/failure.ts';
import { fillStar, starOf } from '../core/star-pattern.ts';
import type { Overlay } from '../identity/overlay.ts';
import { isQualified } from './plan.ts';

/** What a name means to a caller. */
export interface OwnMeaning {
  readonly name: string;
  /** Set where it is an alias of somebody's own. */
  readonly alias?: ModelAlias;
}

/** What a name means to a caller: level by level, outwards, each once, so it cannot go in circles. An alias of somebody's own is the end of it. Throws `model-unknown`. */
export function ownMeaning(
  asked: string,
  overlays: readonly Overlay[],
  snapshot: Snapshot,
  steps: NameStep[],
): OwnMeaning {
  let name = asked;
  for (const { holder, names } of overlays) {
    const meaning = meaningIn(names, name, snapshot);
    if (!meaning) continue;
    const { value, star } = meaning;
    if (typeof value !== 'string') return ownAlias({ name, entry: value, star, holder }, snapshot, steps);
    const to = star === undefined ? value : fillStar(value, star);
    if (to === name) continue;
    steps.push({ from: name, to, by: 'overlay', of: holder });
    name = to;
  }
  return { name };
}

/** Whether a name means something of its own at any level. */
export function hasOwnMeaning(name: string, overlays: readonly Overlay[], snapshot: Snapshot): boolean {
  return overlays.some(({ names }) => meaningIn(names, name, snapshot) !== undefined);
}

interface Meaning {
  readonly value: string | AliasEntry;
  /** What the `*` stands for, where a pattern fits. */
  readonly star?: string;
}

/** The name itself, or else the pattern that fits it best. */
function meaningIn(names: Overlay['names'], name: string, snapshot: Snapshot): Meaning | undefined {
  const value = Object.hasOwn(names, name) ? names[name] : undefined;
  if (value !== undefined) return { value };
  for (const pattern of snapshot.names.patternsOf(names)) {
    const star = starOf(pattern, name);
    if (star !== undefined && !isQualified(name, snapshot)) return { value: pattern.value, star };
  }
  return undefined;
}

interface OwnEntry {
  readonly name: string;
  readonly entry: AliasEntry;
  readonly star: string | undefined;
  readonly holder: string;
}

function ownAlias({ name, entry, star, holder }: OwnEntry, snapshot: Snapshot, steps: NameStep[]): OwnMeaning {
  const alias = snapshot.names.aliasOf(entry, name, star);
  if (!alias) throw nowhere(name, holder);
  steps.push({ from: name, to: firstPlace(alias), by: 'overlay', of: holder });
  return { name, alias };
}

/** `provider/model`, where an alias leads first. */
export function firstPlace({ chain: [{ provider, model }] }: ModelAlias): string {
  return `${provider.name}/${model}`;
}

/** It was checked when it was written: since then its providers have gone, or their keys. */
function nowhere(name: string, holder: string): Failure {
  return new Failure(
    'model-unknown',
    `What "${name}" means to the ${holder} leads to no provider that is here. Whoever manages it can change its \`model_aliases\`.`,
  );
}
