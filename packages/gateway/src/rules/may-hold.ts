import type { ASTNode } from '@marcbachmann/cel-js';
import type { RuleFacts } from './facts.ts';
import { inside, isLiteral, type Literal, literalOf, literalsOf, type Read, readerOf } from './terms.ts';

/** Whether a condition may hold for a request. False: it certainly does not. */
export type QuickTest = (facts: RuleFacts) => boolean;

/**
 * A quick test that a condition must pass to hold, or undefined where there is none. CEL has the last word, but most conditions of most requests
 * fail at a comparison with something written down, and finding that out here takes nanoseconds. It matters most for what is missing:
 * CEL would make an error of it, with a text and a stack.
 */
export function quickTestOf(condition: ASTNode): QuickTest | undefined {
  return mayBe(condition, true);
}

/** Tests whether an expression may come to `wanted`. What is missing comes to an error, which is neither. */
function mayBe(node: ASTNode, wanted: boolean): QuickTest | undefined {
  switch (node.op) {
    case '&&':
      return wanted ? all(node.args, wanted) : any(node.args, wanted);
    case '||':
      return wanted ? any(node.args, wanted) : all(node.args, wanted);
    case '!_':
      return mayBe(node.args, !wanted);
    case '==':
      return equality(node.args, wanted);
    case '!=':
      return equality(node.args, !wanted);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(node.op, node.args, wanted);
    case 'in':
      return membership(node.args, wanted);
    case 'rcall':
      return textTest(node.args, wanted);
    case 'call':
      return presence(node.args, wanted);
    default:
      return truth(node, wanted);
  }
}

/** Every part must have come to it: any part that can be tested may show that it has not. */
function all(parts: readonly [ASTNode, ASTNode], wanted: boolean): QuickTest | undefined {
  const [one, other] = [mayBe(parts[0], wanted), mayBe(parts[1], wanted)];
  if (!one || !other) return one ?? other;
  return (facts) => one(facts) && other(facts);
}

/** One part is enough, so all of them must be known. */
function any(parts: readonly [ASTNode, ASTNode], wanted: boolean): QuickTest | undefined {
  const [one, other] = [mayBe(parts[0], wanted), mayBe(parts[1], wanted)];
  return one && other && ((facts) => one(facts) || other(facts));
}

function equality([left, right]: readonly [ASTNode, ASTNode], wanted: boolean): QuickTest | undefined {
  const read = readerOf(left) ?? readerOf(right);
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

function comparison(order: Order, [left, right]: readonly [ASTNode, ASTNode], wanted: boolean): QuickTest | undefined {
  const [read, literal, compare] = [readerOf(left), literalOf(right), orders[order]];
  if (!read || literal === undefined) return undefined;
  return (facts) => {
    const value = read(facts);
    if (value === undefined) return false;
    return isLiteral(value) && typeof value === typeof literal ? compare(value, literal) === wanted : true;
  };
}

function membership([member, whole]: readonly [ASTNode, ASTNode], wanted: boolean): QuickTest | undefined {
  const [read, readWhole, literal] = [readerOf(member), readerOf(whole), literalOf(member)];
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

const textTests: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

function textTest(
  [method, receiver, [argument]]: readonly [string, ASTNode, ASTNode[]],
  wanted: boolean,
): QuickTest | undefined {
  const [test, read, part] = [textTests[method], readerOf(receiver), argument && literalOf(argument)];
  if (!test || !read || typeof part !== 'string') return undefined;
  return (facts) => {
    const value = read(facts);
    if (value === undefined) return false;
    return typeof value === 'string' ? test(value, part) === wanted : true;
  };
}

/** `has(…)`. */
function presence([name, [argument]]: readonly [string, ASTNode[]], wanted: boolean): QuickTest | undefined {
  const read = name === 'has' && argument ? readerOf(argument) : undefined;
  return read && ((facts) => (read(facts) !== undefined) === wanted);
}

/** `stream`, `true`. */
function truth(node: ASTNode, wanted: boolean): QuickTest | undefined {
  const literal = literalOf(node);
  if (typeof literal === 'boolean') return () => literal === wanted;
  const read = readerOf(node);
  return read && ((facts) => read(facts) === wanted);
}
