import { isUtf8 } from 'node:buffer';
import { Failure } from '../core/failure.ts';
import { type Json, parseJson } from '../core/json.ts';
import { createJsonScanner, type JsonScanner, malformed } from './json-scanner.ts';

/** Where a top-level field stands, as byte offsets: from the key's opening quote, and the value without white space around it. */
export interface FieldSpan {
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** A JSON object of which only the top-level fields are known. */
export interface Peek {
  readonly body: Buffer;
  /** By key, in the order of the body. */
  readonly fields: ReadonlyMap<string, FieldSpan>;
  /** Where the closing brace stands. */
  readonly closeAt: number;
  /** The long strings, wherever they stand: of each its opening quote and the byte after its end, flat. */
  readonly longStrings: readonly number[];
}

/**
 * Finds the top-level fields of a request body without parsing it.
 *
 * What we read here decides who may do what, and then another program parses the same bytes. Wherever two parsers could read different
 * top-level fields, policy could be bypassed: `{"model":"cheap","model":"dear"}` is the first to one parser and the second to another. So it refuses
 * with `request-ambiguous`:
 * - a key that comes twice, also when only its case differs (Go's parser, for one, ignores case);
 * - a key with a backslash escape (a parser that compares raw bytes would not see `"mod\u0065l"` as `model`);
 * - a key with other than printable ASCII (parsers differ in folding, normalising and repairing it; no dialect has such a key);
 *
 * and with `request-malformed`: invalid UTF-8 anywhere, anything but exactly one object, wrong punctuation at the top level, top-level numbers and literals
 * that JSON does not have, and inside values: strings that never end, brackets that do not match, and bytes that JSON has only inside strings.
 *
 * Left to whoever parses the body: punctuation and numbers inside nested values, escapes and control characters inside strings
 * (checked for a string that is read here). None of them can move a string's end or a bracket, so they cannot change the top level.
 */
export function peekObject(body: Buffer): Peek {
  if (!isUtf8(body)) throw new Failure('request-malformed', 'The request body is not valid UTF-8.');
  const scanner = createJsonScanner(body);
  const open = scanner.skipSpace(0);
  if (body[open] !== openBrace) throw malformed('expected "{"', open);
  const { fields, closeAt } = readFields(body, scanner, open + 1);
  const rest = scanner.skipSpace(closeAt + 1);
  if (rest !== body.length) throw malformed('expected nothing after the object', rest);
  return { body, fields, closeAt, longStrings: scanner.longStrings };
}

/** The field's text, or undefined where it is missing or no string. */
export function stringField(peek: Peek, key: string): string | undefined {
  const value = scalarField(peek, key, isQuote);
  return typeof value === 'string' ? value : undefined;
}

/** The field's number, or undefined where it is missing or no number. */
export function numberField(peek: Peek, key: string): number | undefined {
  const value = scalarField(peek, key, isNumberStart);
  return typeof value === 'number' ? value : undefined;
}

/** The field's truth value, or undefined where it is missing or none. */
export function booleanField(peek: Peek, key: string): boolean | undefined {
  const value = scalarField(peek, key, isBooleanStart);
  return typeof value === 'boolean' ? value : undefined;
}

/** The field's value, whatever it is, or undefined where it is missing. */
export function jsonField(peek: Peek, key: string): Json | undefined {
  return scalarField(peek, key, () => true);
}

/** The bytes of the field's value, or undefined where it is missing. */
export function fieldBytes({ body, fields }: Peek, key: string): Buffer | undefined {
  const span = fields.get(key);
  return span && body.subarray(span.valueStart, span.valueEnd);
}

/** Whether the field is there, with whatever value. */
export function hasField(peek: Peek, key: string): boolean {
  return peek.fields.has(key);
}

/** Many times what any dialect has. Without a bound, a large body of tiny fields would cost many times its size in memory. */
const maxFields = 1000;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const colon = 0x3a;
const comma = 0x2c;
const isQuote = (byte: number | undefined): boolean => byte === 0x22;
const isNumberStart = (byte: number | undefined): boolean =>
  byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39);
const isBooleanStart = (byte: number | undefined): boolean => byte === 0x74 || byte === 0x66;

function readFields(body: Buffer, scanner: JsonScanner, start: number) {
  const fields = new Map<string, FieldSpan>();
  const foldedKeys = new Set<string>();
  let at = scanner.skipSpace(start);
  if (body[at] === closeBrace) return { fields, closeAt: at };
  for (;;) {
    const keyStart = at;
    const keyEnd = endOfKey(body, scanner, keyStart);
    const key = plainKey(body, keyStart + 1, keyEnd - 1);
    if (fields.size === maxFields) throw malformed(`more than ${maxFields} fields`, keyStart);
    foldedKeys.add(key.toLowerCase());
    if (foldedKeys.size === fields.size) throw repeated(key, keyStart);
    at = scanner.skipSpace(keyEnd);
    if (body[at] !== colon) throw malformed('expected ":"', at);
    const valueStart = scanner.skipSpace(at + 1);
    const valueEnd = scanner.valueEnd(valueStart);
    fields.set(key, { keyStart, valueStart, valueEnd });
    at = scanner.skipSpace(valueEnd);
    if (body[at] === closeBrace) return { fields, closeAt: at };
    if (body[at] !== comma) throw malformed('expected "," or "}"', at);
    at = scanner.skipSpace(at + 1);
  }
}

function endOfKey(body: Buffer, scanner: JsonScanner, at: number): number {
  if (!isQuote(body[at])) throw malformed('expected a key in double quotes', at);
  return scanner.stringEnd(at);
}

function plainKey(body: Buffer, start: number, end: number): string {
  const key = body.toString('latin1', start, end);
  if (/^[\x20-\x5b\x5d-\x7e]*$/.test(key)) return key;
  throw new Failure(
    'request-ambiguous',
    `The request has a top-level field whose name is not written in plain ASCII without escapes (byte ${start}). It is refused because providers may read such names differently.`,
  );
}

function repeated(key: string, at: number): Failure {
  return new Failure(
    'request-ambiguous',
    `The request has the top-level field "${key.slice(0, 100)}" twice (byte ${at}; upper and lower case count as the same). It is refused because providers may read either of them.`,
  );
}

function scalarField(peek: Peek, key: string, mayStart: (byte: number | undefined) => boolean) {
  const span = peek.fields.get(key);
  if (!span || !mayStart(peek.body[span.valueStart])) return undefined;
  const value = parseJson(peek.body.toString('utf8', span.valueStart, span.valueEnd));
  if (value === undefined) throw malformed(`the value of "${key}" is not valid JSON`, span.valueStart);
  return value;
}
