import type { TargetEntry } from '@turnpike/contract/config-models';
import type { RuleResource } from '@turnpike/contract/resources/rule';
import { type Cel, createCel } from '../rules/cel.ts';
import { type CompiledCondition, compileCondition } from '../rules/compile-condition.ts';
import type { ConditionProblem } from '../rules/explain-cel-error.ts';
import type { Effects, Rule } from '../rules/rule.ts';
import { parametersOf } from './build-parameters.ts';
import { checkModelName, type NameGround } from './check-names.ts';
import { hintForName } from './nearest-name.ts';
import type { Finding } from './problem.ts';

/** Tells what is wrong with a rule, at paths that begin at the rule. */
export type CheckRule = (rule: RuleResource, tell: (finding: Finding) => void) => void;

/** Checks rules against a configuration and makes them ready for requests. */
export interface RuleMaker {
  /** Undefined: its condition cannot be read. The same one for the same resource. */
  make(rule: RuleResource): Rule | undefined;
  readonly check: CheckRule;
}

type Ground = Omit<NameGround, 'tell'>;

export function createRuleMaker(ground: Ground): RuleMaker {
  const compiled = new WeakMap<RuleResource, CompiledCondition>();
  const made = new WeakMap<RuleResource, Rule>();
  const groups = groupsOf(ground);
  // Making it takes a while, and many gateways have no rules.
  let cel: Cel | undefined;

  function conditionOf(rule: RuleResource): CompiledCondition {
    let known = compiled.get(rule);
    if (!known) compiled.set(rule, (known = compileCondition(rule.when, (cel ??= createCel()))));
    return known;
  }

  return {
    make(rule) {
      const known = made.get(rule);
      if (known) return known;
      const condition = conditionOf(rule);
      if (!condition.ok) return undefined;
      const ready = ruleOf(rule, condition);
      made.set(rule, ready);
      return ready;
    },
    check(rule, tell) {
      checkEffects(rule, groups, { ...ground, tell });
      const condition = conditionOf(rule);
      if (!condition.ok) tell(findingOf(condition.problem, rule.when));
    },
  };
}

function ruleOf(entry: RuleResource, { condition }: CompiledCondition & { readonly ok: true }): Rule {
  const { id, name = id, chain, mode } = entry;
  return Object.freeze({ name, condition, effects: effectsOf(entry), chain, shadow: mode === 'shadow' });
}

function effectsOf({ do: entry }: RuleResource): Effects {
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
function findingOf({ at, message, hint, unknown }: ConditionProblem, text: string): Finding {
  const said = hint ?? (unknown && hintForName(unknown.name, unknown.known));
  return { path: ['when'], message, inside: { text, offset: at }, ...(said === undefined ? {} : { hint: said }) };
}

function checkEffects({ do: effects }: RuleResource, groups: ReadonlySet<string>, ground: NameGround): void {
  checkModelName(effects.model, ['do', 'model'], ground);
  for (const [index, fallback] of effects.fallbacks.entries())
    checkModelName(fallback, ['do', 'fallbacks', index], ground);
  const { group } = effects;
  if (group === undefined || groups.has(group)) return;
  const hint = hintForName(group, groups) ?? 'groups stand among the targets of `models`';
  ground.tell({ path: ['do', 'group'], message: `there is no group \`${group}\``, hint });
}

function groupsOf({ document }: Ground): ReadonlySet<string> {
  return new Set(Object.values(document.models).flatMap(({ targets }) => groupsAmong(targets)));
}

function groupsAmong(targets: readonly TargetEntry[]): readonly string[] {
  return targets.flatMap((target) => {
    if (typeof target === 'string' || target.group === undefined) return [];
    return [target.group, ...groupsAmong(target.targets ?? [])];
  });
}
