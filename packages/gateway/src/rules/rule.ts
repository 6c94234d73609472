import { type Parameters, writtenParameters } from '../core/parameters.ts';
import type { Condition } from './compile-condition.ts';
import type { RuleReach } from './facts.ts';

/** A rule of the document, made ready for requests. */
export interface Rule {
  readonly name: string;
  readonly condition: Condition;
  readonly effects: Effects;
  /** The rules behind it are looked at, too, and see what it has changed. */
  readonly chain: boolean;
  /** It only writes down what it would have done. */
  readonly shadow: boolean;
}

/** What a rule does with a request. */
export interface Effects {
  /** The name under which the request is served. */
  readonly model?: string;
  /** Only deployments of this group may serve it. */
  readonly group?: string;
  /** Names that are tried after all others. */
  readonly fallbacks: readonly string[];
  /** Labels that a provider must have. */
  readonly requireTags: readonly string[];
  readonly parameters?: Parameters;
  /** The message of the refusal. */
  readonly refuse?: string;
}

/** As much of it as can be done with such a request. */
export function effectsWithin(effects: Effects, reach: RuleReach): Effects {
  if (reach === 'answer') return effects;
  const { parameters: _parameters, ...ofModel } = effects;
  if (reach === 'model') return ofModel;
  const { model: _model, group: _group, ...ofAnything } = ofModel;
  return { ...ofAnything, fallbacks: [] };
}

/** What is done, in words: `model → coder-mini`. */
export function wordsOf(effects: Effects): readonly string[] {
  const { model, group, fallbacks, requireTags, parameters, refuse } = effects;
  return [
    ...(refuse === undefined ? [] : ['refuse']),
    ...(model === undefined ? [] : [`model → ${model}`]),
    ...(group === undefined ? [] : [`group ${group}`]),
    ...(fallbacks.length === 0 ? [] : [`fallbacks ${fallbacks.join(', ')}`]),
    ...(requireTags.length === 0 ? [] : [`require tags ${requireTags.join(', ')}`]),
    ...(parameters ? [`set ${Object.keys(writtenParameters(parameters)).join(', ')}`] : []),
  ];
}
