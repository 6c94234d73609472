import { type ASTNode, type Context, Environment, EvaluationError } from '@marcbachmann/cel-js';
import type { RuleFacts } from './facts.ts';
import { createPatterns, type Patterns } from './patterns.ts';
import { ownTypes, variables } from './variables.ts';

/** No condition that a person reads is longer. */
const limits = { maxAstNodes: 2_000, maxDepth: 64, maxListElements: 1_000, maxMapEntries: 100, maxCallArguments: 8 };

/** CEL as rules have it. */
export interface Cel {
  readonly environment: Environment;
  readonly patterns: Patterns;
}

/** CEL with the variables of rules. Making one takes a while, so one checks a whole document. */
export function createCel(): Cel {
  const environment = new Environment({ limits });
  const patterns = createPatterns();
  for (const [name, { ctor, fields }] of Object.entries(ownTypes)) environment.registerType(name, { ctor, fields });
  for (const { name, type } of variables) environment.registerVariable(name, type);
  environment.registerFunction(`string.${ownMatches}(string): bool`, (text: string, source: string) => {
    const read = patterns.recall(source);
    if (read.ok) return read.pattern.test(text);
    throw new EvaluationError({ code: 'invalid_regular_expression', message: `the pattern ${read.problem.message}` });
  });
  return { environment, patterns };
}

/** The library's `matches` asks JavaScript and cannot be replaced: where it stands, this one is called. */
export const ownMatches = 'matchesInLinearTime';

/** The functions that conditions may call. */
export function functionsOf(environment: Environment) {
  return environment.getDefinitions().functions.filter(({ name }) => name !== ownMatches);
}

/** Has an expression that was not yet checked use our own functions. */
export function useOwnFunctions(node: ASTNode): void {
  if (node.op === 'rcall' && node.args[0] === 'matches') node.args[0] = ownMatches;
  for (const part of partsOf(node)) useOwnFunctions(part);
}

/** A request's facts under the names and in the types that CEL knows. They are read when they are asked for. */
export function createCelView(): (facts: RuleFacts) => Context {
  const names: PropertyDescriptorMap = {};
  for (const { name, type, read } of variables) {
    names[name] = {
      get(this: { readonly facts: RuleFacts }) {
        const value = read(this.facts);
        return type === 'int' && typeof value === 'number' ? BigInt(value) : value;
      },
    };
  }
  const view: object = Object.create(null, names);
  return (facts) => Object.create(view, { facts: { value: facts } });
}

/** The parts of an expression, in their order. */
export function partsOf({ args }: ASTNode): readonly ASTNode[] {
  return [args].flat(3).filter(isNode);
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part;
}
