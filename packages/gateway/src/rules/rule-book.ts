import { EvaluationError, type Context } from '@marcbachmann/cel-js';
import type { NameStep, RuleNote } from '@turnpike/contract/route-record';
import { Failure } from '../core/failure.ts';
import { createPairMemo, type PairMemo } from '../core/memo.ts';
import { mergeParameters, type Parameters } from '../core/parameters.ts';
import { type CallerFacts, createCallerFacts, type RuleCaller } from './caller-facts.ts';
import { createCelView } from './cel.ts';
import { explainUndecided } from './explain-cel-error.ts';
import type { RuleFacts } from './facts.ts';
import { createRuleIndex, type RuleIndex } from './rule-index.ts';
import { effectsWithin, type Rule, wordsOf } from './rule.ts';
import { createMoments, type MomentOf } from './zoned-time.ts';

/** The rules of a configuration, in the order in which they are looked at. */
export interface RuleBook {
  readonly rules: readonly Rule[];
  /** Whether any condition asks for this variable. */
  asks(variable: string): boolean;
  /** What conditions are told of a caller. */
  factsOfCaller(caller: RuleCaller): CallerFacts;
  /** A moment as conditions are told of it. */
  readonly momentOf: MomentOf;
  /** What the rules say of a request, or undefined where none of them has anything to say, which is most often so. */
  decide(facts: RuleFacts): Decision | undefined;
}

/** What all rules that hold come to together. */
export interface Decision {
  readonly model?: string;
  readonly group?: string;
  readonly fallbacks: readonly string[];
  /** Labels that providers must have, and which rule says so. */
  readonly demands: readonly Demand[];
  readonly parameters?: Parameters;
  readonly refusal?: { readonly rule: string; readonly message: string };
  readonly names: readonly NameStep[];
  readonly notes: readonly RuleNote[];
}

interface Demand {
  readonly tag: string;
  /** `rule "eu-only"`. */
  readonly of: string;
}

export function createRuleBook(rules: readonly Rule[]): RuleBook {
  const asked = new Set(rules.flatMap(({ condition }) => [...condition.asks]));
  const index = createRuleIndex(rules);
  const viewOf = createCelView();
  const merged = createPairMemo<Parameters, Parameters, Parameters>();
  return {
    rules,
    asks: (variable) => asked.has(variable),
    factsOfCaller: createCallerFacts(),
    momentOf: createMoments(),
    decide: (facts) => decide(rules, facts, { index, viewOf, merged }),
  };
}

const nothing: Decision = { fallbacks: [], demands: [], names: [], notes: [] };

/** What is kept between requests. */
interface Tools {
  readonly index: RuleIndex;
  readonly viewOf: (facts: RuleFacts) => Context;
  /** The same parameters of two rules come to the same object, by which plans are remembered. */
  readonly merged: PairMemo<Parameters, Parameters, Parameters>;
}

/** The first rule that holds decides, with those behind it where it is one of a chain. A rule is looked at once, so no chain goes on forever. */
function decide(rules: readonly Rule[], facts: RuleFacts, { index, viewOf, merged }: Tools): Decision | undefined {
  let seen = facts;
  let view: Context | undefined;
  let decision: Decision | undefined;
  let left = index.candidates(seen);
  for (let at = 0; at < left.length; at += 1) {
    const position = left[at] ?? 0;
    const rule = rules[position];
    if (!rule?.condition.mayHold(seen)) continue;
    view ??= viewOf(seen);
    const held = holds(rule, view);
    if (held === false) continue;
    const effects = effectsWithin(rule.effects, seen.reach);
    decision = noted(decision ?? nothing, { ...rule, effects }, held);
    if (held !== true || rule.shadow) continue;
    decision = { ...decision, ...withEffects(decision, { ...rule, effects }, seen.model, merged) };
    if (!rule.chain || effects.refuse !== undefined) break;
    if (effects.model === undefined) continue;
    [seen, view] = [{ ...seen, model: effects.model }, undefined];
    [left, at] = [index.candidates(seen, position + 1), -1];
  }
  return decision;
}

/** Why a condition could not be decided. */
interface Undecided {
  readonly error: string;
}

/** What is not there makes a condition not hold; other faults are told. */
function holds({ condition }: Rule, view: Context): boolean | Undecided {
  try {
    return condition.holds(view);
  } catch (error) {
    // The request itself is at fault.
    if (error instanceof Failure) throw error;
    if (error instanceof EvaluationError && missing.has(error.code)) return false;
    const words = error instanceof EvaluationError ? explainUndecided(error) : String(error);
    return { error: words.slice(0, maxErrorLength) };
  }
}

/** CEL's words may have a value of the request in them. */
const maxErrorLength = 200;

/** A field, a place in a list, or what could not be found out for now. */
const missing: ReadonlySet<unknown> = new Set(['no_such_key', 'index_out_of_bounds', 'unknown_variable']);

function noted(before: Decision, { name, shadow, effects }: Rule, held: true | Undecided): Decision {
  const mode = shadow ? { shadow: true as const } : {};
  const told = held === true ? { did: wordsOf(effects) } : { did: [], error: held.error };
  return { ...before, notes: [...before.notes, { name, ...mode, ...told }] };
}

function withEffects(before: Decision, rule: Rule, from: string, merged: Tools['merged']): Partial<Decision> {
  const { model, group, refuse, fallbacks, requireTags } = rule.effects;
  const parameters = mergedOf(before.parameters, rule.effects.parameters, merged);
  const of = `rule ${rule.name}`;
  return {
    ...(model === undefined ? {} : { model, names: [...before.names, { from, to: model, by: 'rule', of }] }),
    ...(group === undefined ? {} : { group }),
    ...(refuse === undefined ? {} : { refusal: { rule: rule.name, message: refuse } }),
    ...(parameters ? { parameters } : {}),
    fallbacks: [...before.fallbacks, ...fallbacks],
    demands: [...before.demands, ...requireTags.map((tag) => ({ tag, of: `rule "${rule.name}"` }))],
  };
}

function mergedOf(below: Parameters | undefined, above: Parameters | undefined, merged: Tools['merged']) {
  if (!below || !above) return below ?? above;
  return merged.of(below, above, () => mergeParameters(below, above) ?? above);
}
