import type { TargetEntry } from '@turnpike/contract/config-models';
import type { RuleEntry } from '@turnpike/contract/config-rules';
import { createCel } from '../rules/cel.ts';
import { type CompiledCondition, compileCondition } from '../rules/compile-condition.ts';
import { createRuleBook, type RuleBook } from '../rules/rule-book.ts';
import type { ConditionProblem } from '../rules/explain-cel-error.ts';
import type { Effects, Rule } from '../rules/rule.ts';
import { parametersOf } from './build-parameters.ts';
import { checkModelName, type NameGround } from './check-names.ts';
import { hintForName } from './nearest-name.ts';
import type { Finding, Path } from './problem.ts';

/** The document's rules, checked and made ready. Those that are disabled are checked all the same. */
export function buildRules(ground: NameGround): RuleBook {
  const { rules: entries } = ground.document;
  if (entries.length === 0) return createRuleBook([]);
  const cel = createCel();
  const groups = groupsOf(ground);
  const rules = entries.flatMap((entry, index): Rule[] => {
    const path = ['rules', index];
    checkRule(entry, path, { entries, groups, ground });
    const compiled = compileCondition(entry.when, cel);
    if (!compiled.ok) ground.tell(findingOf(compiled.problem, entry.when, [...path, 'when']));
    return entry.disabled ? [] : ruleOf(entry, compiled);
  });
  return createRuleBook(Object.freeze(rules));
}

function ruleOf(entry: RuleEntry, compiled: CompiledCondition): Rule[] {
  if (!compiled.ok) return [];
  const { name, chain, mode } = entry;
  const { condition } = compiled;
  return [Object.freeze({ name, condition, effects: effectsOf(entry), chain, shadow: mode === 'shadow' })];
}

function effectsOf({ do: entry }: RuleEntry): Effects {
  const parameters = parametersOf(entry.parameters);
  return Object.freeze({
    ...(entry.model === undefined ? {} : { model: entry.model }),
    ...(entry.group === undefined ? {} : { group: entry.group }),
    fallbacks: entry.fallbacks,
    requireTags: entry.require_tags,
    ...(parameters ? { parameters } : {}),
    ...(entry.refuse === undefined ? {} : { refuse: entry.refuse }),
  });
}

/** CEL's finding at its place in the text of the condition. */
function findingOf({ at, message, hint, unknown }: ConditionProblem, text: string, path: Path): Finding {
  const said = hint ?? (unknown && hintForName(unknown.name, unknown.known));
  return { path, message, inside: { text, offset: at }, ...(said === undefined ? {} : { hint: said }) };
}

interface Around {
  readonly entries: readonly RuleEntry[];
  readonly groups: ReadonlySet<string>;
  readonly ground: NameGround;
}

function checkRule({ name, do: effects }: RuleEntry, path: Path, { entries, groups, ground }: Around): void {
  if (entries.findIndex((other) => other.name === name) !== path[1])
    ground.tell({ path: [...path, 'name'], message: `\`${name}\` stands twice` });
  checkModelName(effects.model, [...path, 'do', 'model'], ground);
  for (const [index, fallback] of effects.fallbacks.entries())
    checkModelName(fallback, [...path, 'do', 'fallbacks', index], ground);
  const { group } = effects;
  if (group === undefined || groups.has(group)) return;
  const hint = hintForName(group, groups) ?? 'groups stand among the targets of `models`';
  ground.tell({ path: [...path, 'do', 'group'], message: `there is no group \`${group}\``, hint });
}

function groupsOf({ document }: NameGround): ReadonlySet<string> {
  return new Set(Object.values(document.models).flatMap(({ targets }) => groupsAmong(targets)));
}

function groupsAmong(targets: readonly TargetEntry[]): readonly string[] {
  return targets.flatMap((target) => {
    if (typeof target === 'string' || target.group === undefined) return [];
    return [target.group, ...groupsAmong(target.targets ?? [])];
  });
}
