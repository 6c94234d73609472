import { type ASTNode, type Context, Environment } from '@marcbachmann/cel-js';
import type { RuleFacts } from './facts.ts';
import { ownTypes, variables } from './variables.ts';

/** No condition that a person reads is longer. */
const limits = { maxAstNodes: 2_000, maxDepth: 64, maxListElements: 1_000, maxMapEntries: 100, maxCallArguments: 8 };

/** CEL with the variables of rules. Making one takes a while, so one checks a whole document. */
export function createCel(): Environment {
  const cel = new Environment({ limits });
  for (const [name, { ctor, fields }] of Object.entries(ownTypes)) cel.registerType(name, { ctor, fields });
  for (const { name, type } of variables) cel.registerVariable(name, type);
  return cel;
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
