import type { OwnAliasEntry } from '@turnpike/contract/config-models';
import { mergeParameters } from '../core/parameters.ts';
import { buildFailover } from './build-failover.ts';
import { parametersOf } from './build-parameters.ts';
import { buildTargets, type Known } from './build-targets.ts';
import { abilitiesOf } from './catalog-overrides.ts';
import { deploymentsOf, type Target } from './deployment.ts';
import type { Path } from './problem.ts';
import type { ModelAlias } from './snapshot.ts';

/** The document's model aliases but for patterns, as far as their targets exist. */
export function buildAliases(known: Known): Map<string, ModelAlias> {
  const aliases = new Map<string, ModelAlias>();
  for (const [name, entry] of Object.entries(known.document.models)) {
    checkName(name, known);
    const alias = buildAlias(name, { entry, path: ['models', name] }, known);
    if (!alias || name.includes('*')) continue;
    aliases.set(name, alias);
    if (alias.chain.some(({ model }) => model.includes('*')))
      known.tell({ path: ['models', name], message: 'has `*` in a target, but none in its name' });
  }
  return aliases;
}

/** An alias as it is written, in the document or among somebody's own names. */
export type AliasEntry = OwnAliasEntry;

/** An alias's entry and where it stands. */
export interface PlacedEntry {
  readonly entry: AliasEntry;
  readonly path: Path;
}

/** One alias made ready for requests. Undefined: none of its targets exists. */
export function buildAlias(name: string, { entry, path }: PlacedEntry, known: Known): ModelAlias | undefined {
  const { targets, fallbacks, strategy, affinity } = entry;
  const group = affinity === 'off' ? { affinity } : {};
  const seen = new Set<string>();
  const written = [
    ...buildTargets({ entries: targets, path: [...path, 'targets'], strategy, group }, seen, known),
    ...buildTargets({ entries: fallbacks, path: [...path, 'fallbacks'], strategy: 'priority', group }, seen, known),
  ];
  const abilities = entry.abilities && { abilities: Object.freeze(abilitiesOf(entry.abilities)) };
  const failover = entry.failover && { failover: buildFailover(known.document, entry.failover) };
  const ofAlias = parametersOf(entry.parameters);
  const [first, ...others] = written.map((target): Target => {
    const parameters = mergeParameters(ofAlias, target.parameters);
    return Object.freeze({ ...target, ...abilities, ...failover, ...(parameters ? { parameters } : {}) });
  });
  if (first === undefined) return undefined;
  const [deployment, ...more] = [first, ...others].flatMap(deploymentsOf);
  if (deployment === undefined) return undefined;
  const chain = Object.freeze([first, ...others] as const);
  const plan = Object.freeze([deployment, ...more] as const);
  return Object.freeze({ name, chain, plan, ...abilities, ...(entry.for ? { kinds: entry.for } : {}) });
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
