import {
  type ASTNode,
  type Environment,
  type EvaluationError,
  ParseError,
  TypeError as CelTypeError,
} from '@marcbachmann/cel-js';
import { functionsOf, ownMatches } from './cel.ts';
import { explainSyntax } from './explain-syntax.ts';
import { ownTypes, variables } from './variables.ts';

/** What is wrong with a condition, in words that continue “the condition …”. */
export interface ConditionProblem {
  /** Where in its text. */
  readonly at: number;
  readonly message: string;
  readonly hint?: string;
  /** A name that nobody knows, and those that could have been meant. */
  readonly unknown?: { readonly name: string; readonly known: readonly string[] };
}

/** CEL's word on a faulty condition, for the person who wrote this text. */
export function explainCelError(error: unknown, cel: Environment, text: string): ConditionProblem {
  if (!(error instanceof ParseError || error instanceof CelTypeError)) throw error;
  const { code, summary } = error;
  const at = error.range?.start ?? 0;
  const node = isExpression(error.node) ? error.node : undefined;
  switch (code) {
    case 'unknown_variable':
      return { at, ...unknownVariable(node) };
    case 'no_such_key':
      return { at, ...unknownField(node) };
    case 'no_matching_overload':
      return { at, ...wrongCall(node, cel) };
    case 'no_such_overload':
      return { at, ...wrongTypes(summary) };
    default:
      return explainSyntax({ text, at, summary });
  }
}

function isExpression(node: unknown): node is ASTNode {
  return typeof node === 'object' && node !== null && 'op' in node && 'args' in node;
}

type Explanation = Omit<ConditionProblem, 'at'>;

function unknownVariable(node: ASTNode | undefined): Explanation {
  const name = node?.op === 'id' ? node.args : '';
  return { message: `there is no variable \`${name}\``, unknown: { name, known: variables.map((each) => each.name) } };
}

function unknownField(node: ASTNode | undefined): Explanation {
  const [whole, field] = node?.op === '.' ? node.args : [];
  const owner = whole?.op === 'id' ? whole.args : '';
  const type = variables.find(({ name }) => name === owner)?.type;
  const known = type === 'Key' || type === 'Party' ? Object.keys(ownTypes[type].fields) : [];
  return { message: `\`${owner}\` has no field \`${field ?? ''}\``, unknown: { name: field ?? '', known } };
}

function wrongCall(node: ASTNode | undefined, cel: Environment): Explanation {
  const called = node?.op === 'call' || node?.op === 'rcall' ? node.args[0] : '';
  const name = called === ownMatches ? 'matches' : called;
  const functions = functionsOf(cel);
  const usages = functions
    .filter((each) => each.name === name)
    .map((each) => `\`${each.signature.replace(/: \S+$/, '')}\``);
  if (usages.length > 0) return { message: `\`${name}\` cannot be used so`, hint: `as ${usages.join(' or ')}` };
  const known = [...new Set(functions.map((each) => each.name))];
  return { message: `there is no function \`${name}\``, unknown: { name, known } };
}

const number = '(?:int|double)';

/** What is meant most often, by the types that do not fit together. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/^double (?:==|!=) int$|^int (?:==|!=) double$/, 'write the number with a point, such as 1.0'],
  [RegExp(`^string \\S+ (?:${number}|bool)$`), 'texts stand in quotes'],
  [RegExp(`^(?:${number}|bool) \\S+ string$`), 'without quotes it is no text'],
];

/** Why a condition cannot be decided for a request, whose values are of other types than was thought. */
export function explainUndecided({ code, summary }: EvaluationError): string {
  return code === 'no_such_overload' ? wrongTypes(summary.replaceAll(/dyn<([^<>]+)>/g, '$1')).message : summary;
}

function wrongTypes(summary: string): Explanation {
  const types = summary.replace(/^no such overload: /, '');
  const remedy = remedies.find(([pattern]) => pattern.test(types));
  return { message: `there is no \`${types}\``, ...(remedy ? { hint: remedy[1] } : {}) };
}
