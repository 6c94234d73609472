import { Failure } from '../core/failure.ts';
import { createQuoteFinder } from './quote-finder.ts';

/** Finds where JSON values begin and end in bytes, without building them. Positions are byte offsets; every method throws `request-malformed`. */
export interface JsonScanner {
  /** The first byte from `at` on that is no white space. */
  skipSpace(at: number): number;
  /** The byte after the string whose opening quote is at `at`. */
  stringEnd(at: number): number;
  /** The byte after the value that begins at `at`. */
  valueEnd(at: number): number;
  /** The long strings met so far: of each its opening quote and the byte after its end, flat. */
  readonly longStrings: readonly number[];
}

/** Strings from this length on, in bytes, are long. */
export const longStringBytes = 1024;

const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;

/** Deeper nesting overflows the stacks of those who parse recursively, providers among them. */
const maxDepth = 1000;

const scalar = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/;

/** What a byte outside strings is. The closing brackets' classes double as the marks on the stack. */
const ignored = 1;
const opensString = 2;
const opensContainer = 3;
const closesArray = 4;
const closesObject = 5;
/** All bytes that JSON allows outside strings; the others stay 0. A comment or a single quote would let a lenient parser see other strings than we do. */
const classes = classTable();

export function createJsonScanner(body: Buffer): JsonScanner {
  const closingQuote = createQuoteFinder(body);
  const longStrings: number[] = [];
  /** What closes the containers that are open. */
  const stack = new Uint8Array(maxDepth);

  function stringEnd(at: number): number {
    const end = closingQuote(at + 1);
    if (end === -1) throw malformed('this string never ends', at);
    if (end - at > longStringBytes) longStrings.push(at, end + 1);
    return end + 1;
  }

  function containerEnd(start: number): number {
    let depth = 0;
    let at = start;
    while (at < body.length) {
      const byte = body[at] ?? 0;
      const kind = classes[byte];
      if (kind === opensString) {
        at = stringEnd(at);
        continue;
      }
      if (kind === opensContainer) {
        if (depth === maxDepth) throw malformed(`nested deeper than ${maxDepth} levels`, at);
        stack[depth] = byte === openBracket ? closesArray : closesObject;
        depth += 1;
      } else if (kind !== ignored) {
        if (kind === 0 || stack[depth - 1] !== kind) throw malformed('unexpected character', at);
        depth -= 1;
        if (depth === 0) return at + 1;
      }
      at += 1;
    }
    throw malformed('this value never ends', start);
  }

  function scalarEnd(start: number): number {
    let end = start;
    while (isScalarByte(body[end])) end += 1;
    if (!scalar.test(body.toString('latin1', start, end))) throw malformed('expected a value', start);
    return end;
  }

  function valueEnd(at: number): number {
    const byte = body[at];
    if (byte === quote) return stringEnd(at);
    return byte === openBrace || byte === openBracket ? containerEnd(at) : scalarEnd(at);
  }

  function skipSpace(from: number): number {
    let at = from;
    while (isSpace(body[at])) at += 1;
    return at;
  }

  return { skipSpace, stringEnd, valueEnd, longStrings };
}

/** The one wording for bodies that are not one JSON object. */
export function malformed(what: string, at: number): Failure {
  return new Failure('request-malformed', `The request body is not a valid JSON object: ${what} (byte ${at}).`);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isScalarByte(byte: number | undefined): boolean {
  return byte !== undefined && classes[byte] === ignored && !isSpace(byte) && byte !== 0x2c && byte !== 0x3a;
}

function classTable(): Uint8Array {
  const table = new Uint8Array(256);
  for (const char of ' \t\n\r,:0123456789+-.eEtrufalsn') table[char.charCodeAt(0)] = ignored;
  table[quote] = opensString;
  table[openBrace] = opensContainer;
  table[openBracket] = opensContainer;
  table[0x5d] = closesArray;
  table[0x7d] = closesObject;
  return table;
}
