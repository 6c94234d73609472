import { RE2JS, RE2JSSyntaxException } from 're2js';
import { createMemo } from '../core/memo.ts';

/** A regular expression that was read. */
export interface Pattern {
  /** Whether it fits any part of a text. Takes time in proportion to the text, whatever the pattern and the text are. */
  test(text: string): boolean;
}

/** What is wrong with a regular expression. */
export interface PatternProblem {
  readonly message: string;
  readonly hint?: string;
  /** The part of it that cannot be read. */
  readonly part?: string;
}

/** A regular expression, or what is wrong with it. */
export type ReadPattern =
  { readonly ok: true; readonly pattern: Pattern } | { readonly ok: false; readonly problem: PatternProblem };

/** Regular expressions of the conditions of one document. */
export interface Patterns {
  /** Reads one that is written down in a condition, and keeps it for as long as the conditions are there. */
  keep(source: string): ReadPattern;
  /** Reads one that stands in a request or elsewhere outside of conditions, unless it was read lately. */
  recall(source: string): ReadPattern;
}

/** A pattern that is no condition's own may come from a caller: of those, so many of such a length are kept. */
const mostRecalled = 100;
const longestRecalled = 500;

export function createPatterns(): Patterns {
  const kept = new Map<string, ReadPattern>();
  const recalled = createMemo<ReadPattern>(mostRecalled);
  return {
    keep(source) {
      let read = kept.get(source);
      if (!read) kept.set(source, (read = readPattern(source)));
      return read;
    },
    recall(source) {
      const read = kept.get(source);
      if (read) return read;
      if (source.length > longestRecalled) return { ok: false, problem: { message: 'is too long' } };
      return recalled.of(source, () => readPattern(source));
    },
  };
}

/**
 * Reads a regular expression in the syntax of RE2, which is CEL's. JavaScript's own would try one way after the other, for some texts until the end of
 * days, and all other requests would wait for it.
 */
export function readPattern(source: string): ReadPattern {
  const plain = plainPattern(source);
  if (plain) return { ok: true, pattern: plain };
  try {
    const compiled = RE2JS.compile(source);
    return { ok: true, pattern: { test: (text) => compiled.test(text) } };
  } catch (error) {
    if (error instanceof RE2JSSyntaxException)
      return { ok: false, problem: problemOf(error.error ?? '', error.input ?? '') };
    throw error;
  }
}

/** Only characters that mean themselves, perhaps with an end or two: `^gpt-5\.5$`. */
const plainForm = /^(\^?)((?:[\w :/@,-]|\\[./-])*)(\$?)$/;

/** What a search for a text can do, which is ten times as fast and most of what conditions ask. */
function plainPattern(source: string): Pattern | undefined {
  const [whole, begin, escaped = '', end] = plainForm.exec(source) ?? [];
  if (whole === undefined) return undefined;
  const wanted = escaped.replaceAll('\\', '');
  if (begin && end) return { test: (text) => text === wanted };
  if (begin) return { test: (text) => text.startsWith(wanted) };
  if (end) return { test: (text) => text.endsWith(wanted) };
  return { test: (text) => text.includes(wanted) };
}

/** What people write who know other regular expressions, and RE2 has not: https://github.com/google/re2/wiki/Syntax. */
const absences: readonly (readonly [RegExp, string])[] = [
  [/^\(\?[=!]/, 'is no looking ahead'],
  [/^\(\?<[=!]/, 'is no looking behind'],
  [/^\\(?:[1-9]|k$)/, 'are no references to groups'],
  [/^\(\?>/, 'are no atomic groups'],
  [/^[*+?}]\+$/, 'are no possessive repetitions'],
];

function problemOf(error: string, part: string): PatternProblem {
  const absent = absences.find(([form]) => form.test(part))?.[1];
  if (absent !== undefined) {
    const sign = /^\(\?<?./.exec(part)?.[0] ?? part;
    return {
      message: `has \`${sign}\`, but there ${absent} in RE2`,
      hint: 'join several patterns by `&&` and `!`',
      part,
    };
  }
  const what = error.replaceAll('`', "'");
  return { message: `is not a regular expression of RE2: ${what}${part === '' ? '' : ` \`${part}\``}`, part };
}
