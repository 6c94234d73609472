import type { ConfigDocument } from '@turnpike/contract/config';
import type { ModelAliasEntry } from '@turnpike/contract/config-models';
import { isFor, type Provider } from '../providers/provider.ts';
import { abilitiesOf } from './catalog-overrides.ts';
import { hintForName, nearestName } from './nearest-name.ts';
import type { Finding, Path } from './problem.ts';
import { deploymentsOf, type Target, type TargetGroup } from './deployment.ts';
import type { ModelAlias } from './snapshot.ts';

interface Known {
  readonly document: ConfigDocument;
  /** Those that could be built. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly tell: (finding: Finding) => void;
}

/** The document's model aliases, as far as their targets exist. Aliases lead to deployments only, so they cannot go in circles. */
export function buildAliases(known: Known): Map<string, ModelAlias> {
  const aliases = new Map<string, ModelAlias>();
  for (const [name, entry] of Object.entries(known.document.models)) {
    checkName(name, known);
    const seen = new Set<string>();
    const group = groupOf(name, entry, known);
    const abilities = entry.abilities && { abilities: Object.freeze(abilitiesOf(entry.abilities)) };
    const chain = (['targets', 'fallbacks'] as const).flatMap((field) =>
      entry[field].flatMap((written, index) => {
        const path = ['models', name, field, index];
        const text = textOf(written);
        if (seen.has(text)) known.tell({ path, message: `\`${text}\` stands twice`, severity: 'warning' });
        const target = seen.has(text) ? undefined : targetOf(text, path, known);
        seen.add(text);
        if (target === undefined) return [];
        const ofGroup = group && field === 'targets' ? { group, weight: weightOf(written) } : {};
        return [Object.freeze({ ...target, ...abilities, ...ofGroup })];
      }),
    );
    const [first, ...others] = chain;
    if (first === undefined) continue;
    const [deployment, ...more] = chain.flatMap(deploymentsOf);
    if (deployment === undefined) continue;
    const plan = Object.freeze([deployment, ...more] as const);
    aliases.set(name, Object.freeze({ name, chain: Object.freeze([first, ...others] as const), plan, ...abilities }));
  }
  return aliases;
}

type TargetEntry = ModelAliasEntry['targets'][number];

function textOf(written: TargetEntry): string {
  return typeof written === 'string' ? written : written.target;
}

function weightOf(written: TargetEntry): number {
  return typeof written === 'string' ? 1 : written.weight;
}

/** The targets as equals, unless their order is what counts. */
function groupOf(name: string, { targets, strategy }: ModelAliasEntry, { tell }: Known): TargetGroup | undefined {
  const heavy = targets.findIndex((written) => typeof written !== 'string');
  if (strategy === 'priority' && heavy >= 0) {
    const path = ['models', name, 'targets', heavy];
    tell({ path, message: 'has a weight, but by `strategy: priority` the order counts', severity: 'warning' });
  }
  const chosen = strategy ?? (heavy < 0 ? 'priority' : 'weighted');
  return chosen === 'priority' ? undefined : Object.freeze({ strategy: chosen });
}

/** An alias such as `openai/gpt-5.5` would hide a provider's own model, and readers of the document would not see it. */
function checkName(name: string, { document, tell }: Known): void {
  const provider = name.split('/')[0] ?? '';
  if (!name.includes('/') || !Object.hasOwn(document.providers ?? {}, provider)) return;
  tell({
    path: ['models', name],
    at: 'name',
    message: `would hide a model of the provider \`${provider}\``,
    hint: `choose a name that does not begin with ${provider}/`,
  });
}

/** `provider/model`: the model may have slashes of its own. */
function targetOf(text: string, path: Path, known: Known): Target | undefined {
  const slash = text.indexOf('/');
  const providerName = text.slice(0, Math.max(slash, 0));
  const model = text.slice(slash + 1);
  if (slash < 0 || providerName === '' || model === '') {
    known.tell({ path, message: `\`${text}\` is not \`provider/model\``, hint: hintForBareTarget(text, known) });
    return undefined;
  }
  const provider = known.providers.get(providerName);
  if (provider !== undefined) {
    if (!provider.credentials.some((credential) => isFor(credential, model)))
      known.tell({ path, message: `no key of \`${providerName}\` is for the model \`${model}\`` });
    return Object.freeze({ provider, model });
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
  if (Object.hasOwn(document.models, text)) return 'an alias cannot lead to an alias; repeat its targets';
  const [first] = Object.keys(document.providers ?? {});
  const provider = nearestName(text, Object.keys(document.providers ?? {})) ?? first ?? 'openai';
  const model = text.replaceAll('/', '') || 'MODEL';
  return provider === model ? `for example ${provider}/MODEL` : `for example ${provider}/${model}`;
}
