import { type Document, isAlias, isCollection, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { offsetInSource } from './offset-in-source.ts';
import type { Finding, Locate, Path } from './problem.ts';

/** A text read as YAML or JSON (which is YAML), with the way back from values to lines. */
export interface ParsedDocument {
  readonly value: unknown;
  readonly locate: Locate;
  /** Set when the text cannot be read: then `value` means nothing. */
  readonly complaints: readonly Complaint[];
}

/** Something wrong with the text itself. Has a position but no path. */
export interface Complaint {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
}

/** More uses of anchors than this is an attack ("billion laughs") or an accident. */
const maxAliasCount = 100;

/** Reads YAML or JSON. Names of fields are always text, so `1.10:` stays `1.10`. */
export function parseText(text: string): ParsedDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // 'silent' would also drop the error of a second document.
    logLevel: 'error',
  });
  const complaints = [...document.errors, ...document.warnings].map((fault) => {
    const { line, col } = lines.linePos(fault.pos[0]);
    return { line, column: col, ...explain(fault.code, fault.message) };
  });
  const read = complaints.length > 0 ? { value: undefined, complaints } : toValue(document);
  return { ...read, locate: (finding) => positionOf(finding, { document, lines, text }) };
}

function toValue(document: Document): Pick<ParsedDocument, 'value' | 'complaints'> {
  try {
    return { value: document.toJS({ maxAliasCount }), complaints: [] };
  } catch (error) {
    // Anchors are resolved only here: unknown ones, and those that would fill the memory.
    const message = error instanceof Error ? error.message : String(error);
    return { value: undefined, complaints: [{ line: 1, column: 1, ...explainAnchor(message) }] };
  }
}

function explainAnchor(message: string): Pick<Complaint, 'message' | 'hint'> {
  if (message.startsWith('Excessive alias count')) return { message: 'repeats anchors too often' };
  const unknown = /: (\S+)$/.exec(message)?.[1];
  if (message.startsWith('Unresolved alias') && unknown !== undefined) {
    return {
      message: `\`*${unknown}\` refers to an anchor that does not exist`,
      hint: `a value that begins with * must stand in quotes: "*${unknown}"`,
    };
  }
  return { message };
}

function explain(code: string, message: string): Pick<Complaint, 'message' | 'hint'> {
  switch (code) {
    case 'DUPLICATE_KEY':
      return { message: 'this name stands twice in the same place', hint: 'keep one of them' };
    case 'TAB_AS_INDENT':
      return { message: 'a tab is used for indentation', hint: 'YAML wants spaces' };
    case 'MULTIPLE_DOCS':
      return { message: 'a second document begins here', hint: 'one file holds one document; remove the ---' };
    case 'TAG_RESOLVE_FAILED':
      return {
        message: message.replace('Unresolved tag:', 'unknown tag'),
        hint: 'put a value that begins with ! in quotes',
      };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { message: 'a second `: ` stands in this line', hint: 'put the value in quotes, or begin a new line' };
    case 'NON_STRING_KEY':
      return { message: 'this name is not text' };
    default:
      return { message: message.charAt(0).toLowerCase() + message.slice(1) };
  }
}

interface Source {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly text: string;
}

/** The position of a place, or of the nearest place around it where it does not exist (a missing field). */
function positionOf(finding: Pick<Finding, 'path' | 'at' | 'inside'>, { document, lines, text }: Source) {
  const start = offsetOf(document, finding.path, finding.at === 'name');
  if (start === undefined) return undefined;
  const offset = finding.inside ? offsetInSource(text.slice(start), finding.inside) : 0;
  const { line, col } = lines.linePos(start + offset);
  return { line, column: col };
}

function offsetOf(document: Document, path: Path, wantsName: boolean): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const found = child(node, step);
    if (found === undefined) return offset;
    const isLast = depth === path.length - 1;
    offset = (isLast && wantsName ? undefined : startOf(found.value)) ?? startOf(found.name) ?? offset;
    node = found.value;
  }
  return offset;
}

function child(node: unknown, step: string | number): { name?: unknown; value: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return pair && { name: pair.key, value: pair.value };
  }
  if (!isCollection(node)) return undefined;
  const value: unknown = node.items[Number(step)];
  return value === undefined ? undefined : { value };
}

function startOf(node: unknown): number | undefined {
  return hasRange(node) ? node.range?.[0] : undefined;
}

function hasRange(node: unknown): node is Pick<Node, 'range'> {
  return typeof node === 'object' && node !== null && 'range' in node;
}
