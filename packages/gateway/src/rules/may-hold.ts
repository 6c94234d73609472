import type { ASTNode } from '@marcbachmann/cel-js';
import { ownMatches } from './cel.ts';
import type { RuleFacts } from './facts.ts';
import { readPattern } from './patterns.ts';
import {
  inside,
  isLiteral,
  type Literal,
  literalOf,
  literalsOf,
  type Read,
  readerOf,
  type Scope,
  variablesScope,
} from './terms.ts';

/** Whether a condition may hold for a request. False: it certainly does not. */
export type QuickTest = (facts: RuleFacts) => boolean;

/**
 * A quick test that a condition must pass to hold, or undefined where there is none. CEL has the last word, but most conditions of most requests
 * fail at a comparison with something written down, and finding that out here takes nanoseconds. It matters most for what is missing:
 * CEL would make an error of it, with a text and a stack.
 */
export function quickTestOf(condition: ASTNode): QuickTest | undefined {
  return mayBe(condition, true, variablesScope);
}

/** Tests whether an expression may come to `wanted`. What is missing comes to an error, which is neither. */
function mayBe(node: ASTNode, wanted: boolean, scope: Scope): QuickTest | undefined {
  switch (node.op) {
    case '&&':
      return (wanted ? all : any)(node.args, wanted, scope);
    case '||':
      return (wanted ? any : all)(node.args, wanted, scope);
    case '!_':
      return mayBe(node.args, !wanted, scope);
    case '==':
      return equality(node.args, wanted, scope);
    case '!=':
      return equality(node.args, !wanted, scope);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(node, wanted, scope);
    case 'in':
      return membership(node.args, wanted, scope);
    case 'rcall':
      return node.args[0] === 'exists' ? existence(node.args, wanted, scope) : textTest(node.args, wanted, scope);
    case 'call':
      return presence(node.args, wanted, scope);
    default:
      return truth(node, wanted, scope);
  }
}

type Pair = readonly [ASTNode, ASTNode];

/** Every part must have come to it: any part that can be tested may show that it has not. */
function all(parts: Pair, wanted: boolean, scope: Scope): QuickTest | undefined {
  const [one, other] = [mayBe(parts[0], wanted, scope), mayBe(parts[1], wanted, scope)];
  if (!one || !other) return one ?? other;
  return (facts) => one(facts) && other(facts);
}

/** One part is enough, so all of them must be known. */
function any(parts: Pair, wanted: boolean, scope: Scope): QuickTest | undefined {
  const [one, other] = [mayBe(parts[0], wanted, scope), mayBe(parts[1], wanted, scope)];
  return one && other && ((facts) => one(facts) || other(facts));
}

function equality([left, right]: Pair, wanted: boolean, scope: Scope): QuickTest | undefined {
  const read = readerOf(left, scope) ?? readerOf(right, scope);
  const literal = literalOf(right) ?? literalOf(left);
  if (!read || literal === undefined) return undefined;
  if (wanted) return (facts) => read(facts) === literal;
  return (facts) => {
    const value = read(facts);
    return value !== undefined && value !== literal;
  };
}

type Order = '<' | '<=' | '>' | '>=';

const orders: Readonly<Record<Order, (one: Literal, other: Literal) => boolean>> = {
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
};

interface Comparison {
  readonly op: Order;
  readonly args: Pair;
}

function comparison({ op, args: [left, right] }: Comparison, wanted: boolean, scope: Scope): QuickTest | undefined {
  const [read, literal, compare] = [readerOf(left, scope), literalOf(right), orders[op]];
  if (!read || literal === undefined) return undefined;
  return (facts) => {
    const value = read(facts);
    if (value === undefined) return false;
    return isLiteral(value) && typeof value === typeof literal ? compare(value, literal) === wanted : true;
  };
}

function membership([member, whole]: Pair, wanted: boolean, scope: Scope): QuickTest | undefined {
  const [read, readWhole, literal] = [readerOf(member, scope), readerOf(whole, scope), literalOf(member)];
  const listed = whole.op === 'list' ? literalsOf(whole.args) : undefined;
  if (read && listed) return isListed(read, new Set<unknown>(listed), wanted);
  return readWhole && literal !== undefined ? holdsMember(readWhole, literal, wanted) : undefined;
}

function isListed(read: Read, listed: ReadonlySet<unknown>, wanted: boolean): QuickTest {
  return (facts) => {
    const value = read(facts);
    return value !== undefined && listed.has(value) === wanted;
  };
}

function holdsMember(readWhole: Read, literal: Literal, wanted: boolean): QuickTest {
  return (facts) => {
    const whole = readWhole(facts);
    if (whole === undefined) return false;
    if (Array.isArray(whole)) return whole.includes(literal) === wanted;
    return typeof literal === 'string' ? (inside(whole, literal) !== undefined) === wanted : true;
  };
}

type MethodCall = readonly [string, ASTNode, ASTNode[]];

/** `list.exists(each, …)`: one must be there for which it may hold. An error with one of them is none if it holds for another. */
function existence([, receiver, [name, condition]]: MethodCall, wanted: boolean, scope: Scope): QuickTest | undefined {
  const read = readerOf(receiver, scope);
  if (!wanted || !read || name?.op !== 'id' || !condition) return undefined;
  let each: unknown;
  const mayHold = mayBe(condition, true, new Map([...scope, [name.args, () => each]]));
  if (!mayHold) return undefined;
  return (facts) => {
    const value = read(facts);
    if (!Array.isArray(value)) return value !== undefined;
    return value.some((one) => {
      each = one;
      return mayHold(facts);
    });
  };
}

const textTests: Readonly<Record<string, (part: string) => ((text: string) => boolean) | undefined>> = {
  startsWith: (part) => (text) => text.startsWith(part),
  endsWith: (part) => (text) => text.endsWith(part),
  contains: (part) => (text) => text.includes(part),
  [ownMatches]: patternTest,
};

function patternTest(source: string): ((text: string) => boolean) | undefined {
  const read = readPattern(source);
  return read.ok ? read.pattern.test : undefined;
}

function textTest([method, receiver, [argument]]: MethodCall, wanted: boolean, scope: Scope): QuickTest | undefined {
  const [read, part] = [readerOf(receiver, scope), argument && literalOf(argument)];
  const test = typeof part === 'string' ? textTests[method]?.(part) : undefined;
  if (!test || !read) return undefined;
  return (facts) => {
    const value = read(facts);
    if (value === undefined) return false;
    return typeof value === 'string' ? test(value) === wanted : true;
  };
}

/** `has(…)`. */
function presence(
  [name, [argument]]: readonly [string, ASTNode[]],
  wanted: boolean,
  scope: Scope,
): QuickTest | undefined {
  const read = name === 'has' && argument ? readerOf(argument, scope) : undefined;
  return read && ((facts) => (read(facts) !== undefined) === wanted);
}

/** `stream`, `true`. */
function truth(node: ASTNode, wanted: boolean, scope: Scope): QuickTest | undefined {
  const literal = literalOf(node);
  if (typeof literal === 'boolean') return () => literal === wanted;
  const read = readerOf(node, scope);
  return read && ((facts) => read(facts) === wanted);
}
