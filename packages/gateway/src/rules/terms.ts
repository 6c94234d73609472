import type { ASTNode } from '@marcbachmann/cel-js';
import { isJsonObject } from '../core/json.ts';
import type { RuleFacts } from './facts.ts';
import { variables } from './variables.ts';

/** What stands in conditions as it is. */
export type Literal = string | number | boolean;

/** Reads a variable or something in it. Undefined: it is not there. */
export type Read = (facts: RuleFacts) => unknown;

/** The reader of `variable`, `variable.field` or `variable["field"]`, as deep as it goes. */
export function readerOf(node: ASTNode): Read | undefined {
  if (node.op === 'id') return variables.find(({ name }) => name === node.args)?.read;
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [whole, at] = node.args;
  const field = typeof at === 'string' ? at : literalOf(at);
  const readWhole = readerOf(whole);
  return readWhole && typeof field === 'string' ? (facts) => inside(readWhole(facts), field) : undefined;
}

/** A field of something, where it is there. */
export function inside(whole: unknown, field: string): unknown {
  return isJsonObject(whole) && Object.hasOwn(whole, field) ? whole[field] : undefined;
}

/** Undefined unless all of them are literals. */
export function literalsOf(nodes: readonly ASTNode[]): readonly Literal[] | undefined {
  const literals = nodes.map(literalOf).filter((literal) => literal !== undefined);
  return literals.length === nodes.length ? literals : undefined;
}

/** Something written down. Undefined also for numbers that JavaScript would round. */
export function literalOf({ op, args }: ASTNode): Literal | undefined {
  if (op !== 'value') return undefined;
  const value = typeof args === 'bigint' ? Number(args) : args;
  if (typeof value === 'number' && !Number.isSafeInteger(Math.trunc(value))) return undefined;
  return isLiteral(value) ? value : undefined;
}

export function isLiteral(value: unknown): value is Literal {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The same text for all readers of the same place. Undefined where there is no reader. */
export function pathOf(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args;
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [whole, at] = node.args;
  const path = pathOf(whole);
  const field = typeof at === 'string' ? at : literalOf(at);
  return path === undefined || typeof field !== 'string' ? undefined : `${path}[${JSON.stringify(field)}]`;
}
