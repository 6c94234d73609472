import type { ASTNode } from '@marcbachmann/cel-js';
import { type Literal, literalOf, literalsOf, pathOf, type Read, readerOf } from './terms.ts';

/** What a condition must find to hold: one of these values at this place, or among those of the list that is there. */
export interface Gate {
  readonly path: string;
  readonly read: Read;
  readonly values: readonly Literal[];
}

/** A gate of a condition, by which it can be looked up among many, or undefined where it has none. */
export function gateOf(node: ASTNode): Gate | undefined {
  switch (node.op) {
    case '&&':
      return gateOf(node.args[0]) ?? gateOf(node.args[1]);
    case '||':
      return either(gateOf(node.args[0]), gateOf(node.args[1]));
    case '==':
      return gate(node.args[0], [literalOf(node.args[1])]) ?? gate(node.args[1], [literalOf(node.args[0])]);
    case 'in':
      return membership(node.args);
    default:
      return undefined;
  }
}

function either(one: Gate | undefined, other: Gate | undefined): Gate | undefined {
  if (!one || !other || one.path !== other.path) return undefined;
  return { ...one, values: [...one.values, ...other.values] };
}

function membership([member, whole]: readonly [ASTNode, ASTNode]): Gate | undefined {
  if (whole.op === 'list') return gate(member, literalsOf(whole.args) ?? []);
  // Of other places it is not known whether they are lists.
  return whole.op === 'id' && whole.args === 'tags' ? gate(whole, [literalOf(member)]) : undefined;
}

function gate(place: ASTNode, values: readonly (Literal | undefined)[]): Gate | undefined {
  const [path, read] = [pathOf(place), readerOf(place)];
  const known = values.filter((value) => value !== undefined);
  if (path === undefined || !read || known.length === 0 || known.length < values.length) return undefined;
  return { path, read, values: known };
}
