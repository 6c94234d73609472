/** What is wrong with the grammar of a condition, and what was probably meant. */
export interface SyntaxProblem {
  readonly at: number;
  readonly message: string;
  readonly hint?: string;
}

/** Where CEL could not go on, and its word on it. */
export interface Stop {
  readonly text: string;
  readonly at: number;
  readonly summary: string;
}

/** By what stands there: what people write who think in other languages. */
const meant: readonly (readonly [RegExp, string])[] = [
  [/^(?:&|and\b)/i, 'write `&&`'],
  [/^(?:\||or\b)/i, 'write `||`'],
  [/^=~/, 'write `.matches("…")`'],
  [/^(?:=|is\b)/i, 'write `==`'],
  [/^_\d/, 'numbers are written without `_`'],
  [/^[“”„‘’«»]/, 'texts stand in straight quotes'],
];

/** By what stands before it. */
const meantBefore: readonly (readonly [RegExp, string])[] = [
  [/\bnot\s+$/i, 'write `!`'],
  [/<$/, 'write `!=`'],
];

const signs: Readonly<Record<string, string>> = { RPAREN: ')', RBRACKET: ']', RBRACE: '}', COLON: ':' };

/** CEL's word on what it could not read, for the person who wrote it. */
export function explainSyntax({ text, at, summary }: Stop): SyntaxProblem {
  if (summary === 'Unexpected token: EOF') return { at, message: 'ends where something more is expected' };
  if (summary === 'Unterminated string') return { at, message: 'has a text without a quote at its end' };
  const [, wanted = '', found] = /^Expected (\w+), got (\w+)/.exec(summary) ?? [];
  const sign = signs[wanted];
  if (sign !== undefined)
    return { at, message: `lacks a \`${sign}\` here`, ...(found === 'COMMA' ? { hint: 'lists stand in `[ ]`' } : {}) };
  const rest = text.slice(at);
  const before = meantBefore.find(([pattern]) => pattern.test(text.slice(0, at)));
  const hint = meant.find(([pattern]) => pattern.test(rest)) ?? before;
  const word = /^(?:\w+|\S)/.exec(rest)?.[0];
  if (word === undefined) return { at, message: plain(summary) };
  return { at, message: `cannot go on with \`${word}\``, ...(hint ? { hint: hint[1] } : {}) };
}

/** CEL's own words begin with a capital, which ours do not. */
function plain(summary: string): string {
  return summary.charAt(0).toLowerCase() + summary.slice(1);
}
