import type { ConfigDocument } from '@turnpike/contract/config';
import type { NamesByKind } from '@turnpike/contract/config-names';
import type { Catalog } from '../catalog/catalog.ts';
import { starOf, type StarPattern } from '../core/star-pattern.ts';
import type { OverlayNames } from '../identity/overlay.ts';
import type { Provider } from '../providers/provider.ts';
import { type AliasEntry, buildAlias } from './build-aliases.ts';
import { checkDeprecated } from './deprecated-name.ts';
import type { NameBook } from './name-book.ts';
import { hintForName } from './nearest-name.ts';
import type { Finding, Path } from './problem.ts';

/** What names can be checked against. */
export interface NameGround {
  readonly document: ConfigDocument;
  readonly names: Pick<NameBook, 'patterns'>;
  tell(finding: Finding): void;
}

interface Whole extends NameGround {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly catalog: Catalog;
}

/** Tells where the document names models that lead nowhere. Such a name must be as good as one that an agent may ask for. */
export function checkNames(ground: Whole): void {
  const { document, names, tell } = ground;
  checkModelName(document.utility_model, ['utility_model'], ground);
  checkModelName(document.compaction.model, ['compaction', 'model'], ground);
  for (const [name, { for: kinds, deprecated }] of Object.entries(document.models)) {
    checkKinds(kinds, ['models', name, 'for'], ground);
    if (!deprecated) continue;
    const path = ['models', name, 'deprecated'];
    if (name.includes('*')) tell({ path, message: 'is of a pattern; only a whole name can be deprecated' });
    if (deprecated.use === name) tell({ path: [...path, 'use'], message: 'is the name itself' });
    else checkModelName(deprecated.use, [...path, 'use'], ground);
  }
  for (const pattern of names.patterns) checkStar(pattern, ground);
}

/** Checks names of somebody's own, at paths that begin with the name. */
export type CheckOverlay = (names: OverlayNames, tell: (finding: Finding) => void) => void;

/** Tells where names of somebody's own lead nowhere. What another name means further out, only requests can tell, so of that there is a warning at most. */
export function overlayChecker(ground: Omit<Whole, 'tell'>): CheckOverlay {
  return (names, tell) => {
    for (const [name, meaning] of Object.entries(names)) {
      if (typeof meaning === 'string') checkOwnName(meaning, [name], names, { ...ground, tell });
      else {
        buildAlias(name, { entry: meaning, path: [name] }, { ...ground, tell });
        checkKinds(meaning.for, [name, 'for'], { ...ground, tell });
      }
    }
  };
}

function checkOwnName(name: string, path: Path, siblings: OverlayNames, ground: Whole): void {
  const { catalog, providers } = ground;
  // What a `*` will stand for, nobody knows yet.
  if (name.includes('*')) return;
  const isKnown = [...providers.values()].some((provider) => modelsOf(provider, catalog).includes(name));
  if (isKnown || ground.document.models[name]?.deprecated) return;
  const severity = name.includes('/') ? {} : { severity: 'warning' as const };
  const hint = Object.hasOwn(siblings, name)
    ? { hint: 'names beside it are not looked up, only those further out' }
    : {};
  checkModelName(name, path, { ...ground, tell: (finding) => ground.tell({ ...finding, ...severity, ...hint }) });
}

function checkKinds(kinds: NamesByKind | undefined, path: Path, ground: NameGround): void {
  for (const [kind, name] of Object.entries(kinds ?? {})) checkModelName(name, [...path, kind], ground);
}

/** More than this nobody reads at the end of a line. */
const mostNamed = 12;

/** Tells when a name of a model, if there is one, leads nowhere, or will. */
export function checkModelName(
  name: string | undefined,
  path: Path,
  { document, names: { patterns }, tell }: NameGround,
): void {
  const { models } = document;
  if (name === undefined) return;
  checkDeprecated(name, path, { document, tell });
  if (Object.hasOwn(models, name) || patterns.some((pattern) => starOf(pattern, name) !== undefined)) return;
  const slash = name.indexOf('/');
  const providers = Object.keys(document.providers ?? {});
  if (slash > 0 && slash < name.length - 1) {
    const provider = name.slice(0, slash);
    if (providers.includes(provider)) return;
    const hint = hintForName(provider, providers);
    tell({ path, message: `there is no provider \`${provider}\``, ...(hint ? { hint } : {}) });
    return;
  }
  const hint = hintForName(name, Object.keys(models), mostNamed) ?? 'or write `provider/model`';
  tell({ path, message: `\`${name}\` is neither a name of \`models\` nor \`provider/model\``, hint });
}

/** `claude-*` to `anthropic/*` would ask Anthropic for `opus-5`: most often the whole name was meant. */
function checkStar({ pattern, head, tail, value }: StarPattern<AliasEntry>, ground: Whole): void {
  if (head === '' && tail === '') return;
  for (const [index, written] of value.targets.entries()) {
    const target = typeof written === 'string' ? written : written.target;
    if (!target?.endsWith('/*')) continue;
    const provider = ground.providers.get(target.slice(0, -2));
    if (!provider || !modelsOf(provider, ground.catalog).some((model) => starOf({ head, tail }, model) !== undefined))
      continue;
    const path = ['models', pattern, 'targets', index];
    const message = `asks for what the \`*\` of \`${pattern}\` stands for, without the rest of the name`;
    ground.tell({ path, message, hint: `perhaps \`${provider.name}/${pattern}\``, severity: 'warning' });
  }
}

function modelsOf({ name, vendor }: Provider, catalog: Catalog): readonly string[] {
  return [...catalog.declared(name), ...(vendor.priceId === undefined ? [] : catalog.models(vendor.priceId))];
}
