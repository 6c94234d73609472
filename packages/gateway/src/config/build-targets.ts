import type { ConfigDocument } from '@turnpike/contract/config';
import type { StrategyName, TargetEntry, WrittenTarget } from '@turnpike/contract/config-models';
import { mergeParameters } from '../core/parameters.ts';
import { isFor, type Provider } from '../providers/provider.ts';
import { parametersOf } from './build-parameters.ts';
import type { Target, TargetGroup } from './deployment.ts';
import { checkDeprecated } from './deprecated-name.ts';
import { asGroup } from './named-targets.ts';
import { hintForName, nearestName } from './nearest-name.ts';
import type { Finding, Path } from './problem.ts';

/** What targets are built from, and whom to tell of what is wrong. */
export interface Known {
  readonly document: ConfigDocument;
  /** Those that could be built. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly tell: (finding: Finding) => void;
  /** Where the targets of another name are built, as part of those that lead to it. */
  readonly within?: Within;
}

interface Within {
  /** The outermost first. */
  readonly names: readonly string[];
  /** Told of names that do not fit into each other. All else that is wrong is told where a name itself stands. */
  readonly complain: (message: string) => void;
}

/** Targets that stand beside each other. */
export interface Siblings {
  readonly entries: readonly TargetEntry[];
  /** Where they stand. */
  readonly path: Path;
  readonly strategy: StrategyName | undefined;
  readonly group: Omit<TargetGroup, 'strategy'>;
}

/** Nobody can follow more. */
const maxDepth = 4;

/** Targets as they were written, groups and all, in their order. `seen`: those of the same alias that came before; a target counts once. */
export function buildTargets(siblings: Siblings, seen: Set<string>, known: Known): readonly Target[] {
  const group = groupOf(siblings, known);
  const names = new Set<string>();
  return siblings.entries.flatMap((entry, index) => {
    const path = [...siblings.path, index];
    const written = typeof entry === 'string' ? { target: entry } : entry;
    if (written.group !== undefined) {
      if (names.has(written.group))
        known.tell({ path: [...path, 'group'], message: `\`${written.group}\` stands twice` });
      names.add(written.group);
      return buildGroup(written.group, written, { path, outer: group, seen, known });
    }
    const name = written.target ?? '';
    if (isName(name, known)) return buildNamed(name, written, { path, outer: group, seen, known });
    const target = buildTarget(name, path, seen, known);
    const parameters = parametersOf(written.parameters);
    return target
      ? [Object.freeze({ ...target, ...ofGroup(group, written), ...(parameters ? { parameters } : {}) })]
      : [];
  });
}

interface Around {
  readonly path: Path;
  readonly outer: TargetGroup | undefined;
  readonly seen: Set<string>;
  readonly known: Known;
}

function buildGroup(name: string, written: WrittenTarget, { path, outer, seen, known }: Around): readonly Target[] {
  if (depthOf(outer) >= maxDepth) {
    complainer(path, known)(`is nested too deep: there may be ${maxDepth} groups in each other`);
    return [];
  }
  const { targets: entries = [], strategy, weight } = written;
  const group = { name, ...(weight === undefined ? {} : { weight }), ...(outer ? { outer } : {}) };
  return buildTargets({ entries, path: [...path, 'targets'], strategy, group }, seen, known);
}

/** Patterns have no targets before somebody asks. */
function isName(text: string, { document }: Known): boolean {
  return !text.includes('*') && Object.hasOwn(document.models, text);
}

/** Another name as a target: what that name sets holds there, but for what is set here. */
function buildNamed(name: string, written: WrittenTarget, { path, outer, seen, known }: Around): readonly Target[] {
  const { document, within } = known;
  const entry = document.models[name];
  if (!entry) return [];
  const names = within?.names ?? [];
  const complain = complainer(path, known);
  if (names.includes(name)) {
    complain(`leads back to itself: ${[...names.slice(names.indexOf(name)), name].join(' > ')}`);
    return [];
  }
  checkDeprecated(name, path, known);
  const inside = { ...known, tell: () => {}, within: { names: [...names, name], complain } };
  const targets = buildGroup(name, asGroup(name, entry, written.weight), { path, outer, seen, known: inside });
  const [below, above] = [parametersOf(entry.parameters), parametersOf(written.parameters)];
  return targets.map((target): Target => {
    const parameters = mergeParameters(below, target.parameters, above);
    return Object.freeze({ ...target, ...(parameters ? { parameters } : {}) });
  });
}

function complainer(path: Path, { within, tell }: Known): Within['complain'] {
  return within?.complain ?? ((message) => tell({ path, message }));
}

function depthOf(group: TargetGroup | undefined): number {
  if (!group) return 0;
  return depthOf(group.outer) + (group.name === undefined ? 0 : 1);
}

/** Strategies that go by the order in which the targets stand. */
const inOrder: ReadonlySet<StrategyName> = new Set(['priority', 'round-robin']);

/** The group that all of the siblings are in. Undefined: a list in order of preference, in no group of its own. */
function groupOf({ entries, path, strategy, group }: Siblings, { tell }: Known): TargetGroup | undefined {
  const heavy = entries.findIndex((entry) => typeof entry !== 'string' && entry.weight !== undefined);
  const chosen = strategy ?? (heavy < 0 ? 'priority' : 'weighted');
  if (heavy >= 0 && inOrder.has(chosen)) {
    const message = `has a weight, but by \`strategy: ${chosen}\` the order counts`;
    tell({ path: [...path, heavy], message, severity: 'warning' });
  }
  const isPlain = chosen === 'priority' && group.name === undefined && group.affinity !== 'off';
  return isPlain ? undefined : Object.freeze({ ...group, strategy: chosen });
}

function ofGroup(group: TargetGroup | undefined, { weight = 1 }: WrittenTarget) {
  if (!group) return {};
  const groups: string[] = [];
  for (let each: TargetGroup | undefined = group; each; each = each.outer)
    groups.push(...(each.name ? [each.name] : []));
  return { group, weight, ...(groups.length > 0 ? { groups: Object.freeze(groups) } : {}) };
}

function buildTarget(text: string, path: Path, seen: Set<string>, known: Known): Target | undefined {
  if (seen.has(text)) {
    known.tell({ path, message: `\`${text}\` stands twice`, severity: 'warning' });
    return undefined;
  }
  seen.add(text);
  return targetOf(text, path, known);
}

/** `provider/model`: the model may have slashes of its own. */
function targetOf(text: string, path: Path, known: Known): Target | undefined {
  const slash = text.indexOf('/');
  const providerName = text.slice(0, Math.max(slash, 0));
  const model = text.slice(slash + 1);
  if (slash < 0 || providerName === '' || model === '') {
    known.tell({
      path,
      message: `\`${text}\` is neither \`provider/model\` nor a name of \`models\``,
      hint: hintForBareTarget(text, known),
    });
    return undefined;
  }
  const provider = known.providers.get(providerName);
  if (provider !== undefined) {
    // What a `*` will stand for, nobody knows yet.
    if (!model.includes('*') && !provider.credentials.some((credential) => isFor(credential, model)))
      known.tell({ path, message: `no key of \`${providerName}\` is for the model \`${model}\`` });
    return { provider, model };
  }
  const names = Object.keys(known.document.providers ?? {});
  // A provider that is there but could not be built has been told of already.
  if (!names.includes(providerName)) {
    const hint = hintForName(providerName, names);
    known.tell({ path, message: `there is no provider \`${providerName}\``, ...(hint ? { hint } : {}) });
  }
  return undefined;
}

function hintForBareTarget(text: string, { document }: Known): string {
  const near = nearestName(text, Object.keys(document.models));
  if (near !== undefined) return `did you mean \`${near}\`?`;
  const [first] = Object.keys(document.providers ?? {});
  const provider = nearestName(text, Object.keys(document.providers ?? {})) ?? first ?? 'openai';
  const model = text.replaceAll('/', '') || 'MODEL';
  return provider === model ? `for example ${provider}/MODEL` : `for example ${provider}/${model}`;
}
