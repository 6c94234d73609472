import type { ASTNode } from '@marcbachmann/cel-js';
import { ownMatches, partsOf } from './cel.ts';
import type { ConditionProblem } from './explain-cel-error.ts';
import { isHiddenHeader } from './hidden-headers.ts';
import type { Patterns } from './patterns.ts';
import { variables } from './variables.ts';

/** What has the right types and yet can never be meant: CEL would find out only with a request, or never. */
export function lintCondition(node: ASTNode, patterns: Patterns): ConditionProblem | undefined {
  const found = lintHeader(node) ?? lintTimeZone(node) ?? lintPattern(node, patterns) ?? lintWord(node);
  if (found) return found;
  for (const part of partsOf(node)) {
    const inside = lintCondition(part, patterns);
    if (inside) return inside;
  }
  return undefined;
}

function lintHeader(node: ASTNode): ConditionProblem | undefined {
  const header = headerNameIn(node);
  if (header === undefined) return undefined;
  const { name, at } = header;
  if (isHiddenHeader(name.toLowerCase())) return { at, message: 'credentials and cookies are not shown to rules' };
  if (name === name.toLowerCase()) return undefined;
  return { at, message: 'names of headers are in lower case here', hint: `write \`${name.toLowerCase()}\`` };
}

/** `headers["x-team"]`, `headers.team` or `"x-team" in headers`. */
function headerNameIn(node: ASTNode): { readonly name: string; readonly at: number } | undefined {
  if (node.op !== '.' && node.op !== '[]' && node.op !== 'in') return undefined;
  const [left, right] = node.args;
  const [whole, part] = node.op === 'in' ? [right, left] : [left, right];
  if (typeof whole === 'string' || whole.op !== 'id' || whole.args !== 'headers') return undefined;
  if (typeof part === 'string') return { name: part, at: node.pos };
  return part.op === 'value' && typeof part.args === 'string' ? { name: part.args, at: part.start } : undefined;
}

function lintTimeZone(node: ASTNode): ConditionProblem | undefined {
  if (node.op !== 'rcall' || !/^get[A-Z]/.test(node.args[0])) return undefined;
  const [zone] = node.args[2];
  if (zone?.op !== 'value' || typeof zone.args !== 'string' || isTimeZone(zone.args)) return undefined;
  return { at: zone.start, message: `\`${zone.args}\` is not a time zone`, hint: 'such as Europe/Berlin' };
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Reads patterns that are written down, once for all requests. */
function lintPattern(node: ASTNode, patterns: Patterns): ConditionProblem | undefined {
  const pattern = node.op === 'rcall' && node.args[0] === ownMatches ? node.args[2][0] : undefined;
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return undefined;
  const read = patterns.keep(pattern.args);
  if (read.ok) return undefined;
  const { message, hint, part = '' } = read.problem;
  const at = pattern.start + Math.max(0, pattern.input.slice(pattern.start, pattern.end).indexOf(part));
  return { at, message, ...(hint === undefined ? {} : { hint }) };
}

/** A variable with few words is compared with another word: `kind == "titel"`. */
function lintWord(node: ASTNode): ConditionProblem | undefined {
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return undefined;
  const [left, right] = node.args;
  const [asked, others] = left.op === 'id' ? [left, right] : [right, left];
  if (asked.op !== 'id') return undefined;
  const { name, words: known } = variables.find((each) => each.name === asked.args) ?? {};
  // What a request does not tell is empty.
  const odd = known && textsIn(others).find(({ word }) => word !== '' && !known.includes(word));
  if (!odd) return undefined;
  const { word, at } = odd;
  return { at, message: `there is no ${name} \`${word}\``, unknown: { name: word, known } };
}

/** Of a text that is written down, or of a list of them. */
function textsIn(node: ASTNode): readonly { readonly word: string; readonly at: number }[] {
  if (node.op === 'list') return node.args.flatMap(textsIn);
  return node.op === 'value' && typeof node.args === 'string' ? [{ word: node.args, at: node.start }] : [];
}
