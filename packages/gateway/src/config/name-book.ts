import type { ModelAliasEntry, TargetEntry } from '@turnpike/contract/config-models';
import type { Catalog } from '../catalog/catalog.ts';
import { createMemo, type Memo } from '../core/memo.ts';
import { fillStar, type StarPattern, starPatterns } from '../core/star-pattern.ts';
import type { OverlayNames } from '../identity/overlay.ts';
import { type AliasEntry, buildAlias } from './build-aliases.ts';
import type { Known } from './build-targets.ts';
import { type CheckOverlay, overlayChecker } from './check-names.ts';
import type { ModelAlias } from './snapshot.ts';

/** A name that is going. */
export interface Redirect {
  /** The name that takes its place. */
  readonly use: string;
  /** When it begins to lead there, in milliseconds since 1970. Absent: it does already. */
  readonly fromMs?: number;
  readonly notice?: string;
}

/** Names that lead elsewhere than an alias of their own does. Aliases that depend on who asks, and for what, are made when they are asked for. */
export interface NameBook {
  /** Names with a `*`, the most specific first. */
  readonly patterns: readonly StarPattern<AliasEntry>[];
  readonly redirects: ReadonlyMap<string, Redirect>;
  /** An entry made ready for a name, with what its `*` stands for. Undefined: none of its places exists. Always the same object for the same name. */
  aliasOf(entry: AliasEntry, name: string, star?: string): ModelAlias | undefined;
  /** Tells where names of somebody's own lead nowhere. */
  readonly check: CheckOverlay;
  /** The patterns among somebody's own names. */
  patternsOf(names: OverlayNames): readonly StarPattern<OverlayNames[string]>[];
}

/** Callers may invent names for patterns. */
const mostNames = 1024;

export function createNameBook(
  entries: Readonly<Record<string, ModelAliasEntry>>,
  known: Omit<Known, 'tell'> & { readonly catalog: Catalog },
): NameBook {
  const made = new WeakMap<AliasEntry, Memo<ModelAlias | undefined>>();
  const found = new WeakMap<OverlayNames, readonly StarPattern<OverlayNames[string]>[]>();

  const patterns = starPatterns(Object.entries(entries));

  return {
    patterns,
    check: overlayChecker({ ...known, names: { patterns } }),
    redirects: redirectsOf(entries),
    aliasOf(entry, name, star) {
      let byName = made.get(entry);
      if (!byName) made.set(entry, (byName = createMemo(mostNames)));
      const filled = () => (star === undefined ? entry : withStar(entry, star));
      return byName.of(name, () => buildAlias(name, { entry: filled(), path: [] }, { ...known, tell: () => {} }));
    },
    patternsOf(names) {
      let own = found.get(names);
      if (!own) found.set(names, (own = starPatterns(Object.entries(names))));
      return own;
    },
  };
}

function redirectsOf(entries: Readonly<Record<string, ModelAliasEntry>>): ReadonlyMap<string, Redirect> {
  return new Map(
    Object.entries(entries).flatMap(([name, { deprecated }]): [string, Redirect][] => {
      if (!deprecated) return [];
      const { use, from, notice } = deprecated;
      const redirect = {
        use,
        ...(from === undefined ? {} : { fromMs: Date.parse(from) }),
        ...(notice === undefined ? {} : { notice }),
      };
      return [[name, Object.freeze(redirect)]];
    }),
  );
}

function withStar(entry: AliasEntry, star: string): AliasEntry {
  return {
    ...entry,
    targets: entry.targets.map((target) => targetWithStar(target, star)),
    fallbacks: entry.fallbacks.map((text) => fillStar(text, star)),
  };
}

function targetWithStar(written: TargetEntry, star: string): TargetEntry {
  if (typeof written === 'string') return fillStar(written, star);
  const { target, targets } = written;
  return {
    ...written,
    ...(target === undefined ? {} : { target: fillStar(target, star) }),
    ...(targets === undefined ? {} : { targets: targets.map((each) => targetWithStar(each, star)) }),
  };
}
