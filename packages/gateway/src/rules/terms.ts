import type { ASTNode } from '@marcbachmann/cel-js';
import { isJsonObject } from '../core/json.ts';
import type { RuleFacts } from './facts.ts';
import { variables } from './variables.ts';

/** What stands in conditions as it is. */
export type Literal = string | number | boolean;

/** Reads a variable or something in it. Undefined: it is not there. */
export type Read = (facts: RuleFacts) => unknown;

/** What names stand for: all variables, and inside of `list.exists(name, …)` its name. */
export type Scope = ReadonlyMap<string, Read>;

export const variablesScope: Scope = new Map(variables.map(({ name, read }) => [name, read]));

/** The reader of `variable`, `variable.field` or `variable["field"]`, as deep as it goes, and of the size of one. */
export function readerOf(node: ASTNode, scope = variablesScope): Read | undefined {
  if (node.op === 'id') return scope.get(node.args);
  if (node.op === 'call' || node.op === 'rcall') return sizeReaderOf(node.args, scope);
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [whole, at] = node.args;
  const field = typeof at === 'string' ? at : literalOf(at);
  const readWhole = readerOf(whole, scope);
  return readWhole && typeof field === 'string' ? (facts) => inside(readWhole(facts), field) : undefined;
}

/** `size(…)`, `….size()`. */
function sizeReaderOf([name, ...operands]: Call, scope: Scope): Read | undefined {
  const [whole] = operands.flat();
  const read = name === 'size' && whole ? readerOf(whole, scope) : undefined;
  return read && ((facts) => sizeOf(read(facts)));
}

type Call = readonly [string, ...(ASTNode | ASTNode[])[]];

/** Texts are measured in Unicode's characters. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string') return Array.from(value).length;
  if (Array.isArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : undefined;
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
