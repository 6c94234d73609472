import type { ASTNode, Context, ParseResult } from '@marcbachmann/cel-js';
import { type Cel, partsOf, useOwnFunctions } from './cel.ts';
import { explainCelError, type ConditionProblem } from './explain-cel-error.ts';
import { type Gate, gateOf } from './gate.ts';
import { lintCondition } from './lint-condition.ts';
import { type QuickTest, quickTestOf } from './may-hold.ts';

/** A condition that was checked. */
export interface Condition {
  /** Fails wherever the condition cannot hold, and costs next to nothing. */
  readonly mayHold: QuickTest;
  /** What CEL says, which holds. Throws CEL's errors, as for a field that is not there. */
  holds(view: Context): boolean;
  /** By which it can be looked up. Absent: it must be tested for every request. */
  readonly gate?: Gate;
  /** Names of the variables in it. */
  readonly asks: ReadonlySet<string>;
}

export type CompiledCondition =
  { readonly ok: true; readonly condition: Condition } | { readonly ok: false; readonly problem: ConditionProblem };

/** Reads and checks a condition: its grammar, the names in it, their types, and that it is true or false in the end. */
export function compileCondition(text: string, cel: Cel): CompiledCondition {
  const parsed = parse(text, cel);
  if (!parsed.ok) return parsed;
  const { valid, type, error } = parsed.read.check();
  if (!valid) return { ok: false, problem: explainCelError(error, cel.environment, text) };
  const { ast } = parsed.read;
  const problem = type === 'bool' ? lintCondition(ast, cel.patterns) : notBoolean(type);
  if (problem) return { ok: false, problem };
  const holds = (view: Context) => parsed.read(view) === true;
  const gate = gateOf(ast);
  const mayHold = quickTestOf(ast) ?? (() => true);
  return { ok: true, condition: { holds, mayHold, ...(gate ? { gate } : {}), asks: namesIn(ast) } };
}

type Parsed =
  { readonly ok: true; readonly read: ParseResult } | { readonly ok: false; readonly problem: ConditionProblem };

function parse(text: string, cel: Cel): Parsed {
  try {
    const read = cel.environment.parse(text);
    useOwnFunctions(read.ast);
    return { ok: true, read };
  } catch (error) {
    return { ok: false, problem: explainCelError(error, cel.environment, text) };
  }
}

function notBoolean(type: string | undefined): ConditionProblem {
  if (type === 'dyn') return { at: 0, message: 'may come to anything', hint: 'compare it, for example with `== true`' };
  return { at: 0, message: `must come to true or false, not to a ${type ?? 'value'}` };
}

function namesIn(node: ASTNode): ReadonlySet<string> {
  if (node.op === 'id') return new Set([node.args]);
  return new Set(partsOf(node).flatMap((part) => [...namesIn(part)]));
}
