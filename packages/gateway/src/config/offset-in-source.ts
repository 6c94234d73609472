import type { Inside } from './problem.ts';

/**
 * Where in the source of a YAML or JSON text a place of its value stands. Quotes, escapes, the header of a block and indentation stand only in
 * the source: they are stepped over, and so are the line breaks that YAML folds into spaces. Its beginning where the place is not found.
 */
export function offsetInSource(source: string, { text, offset }: Inside): number {
  let at = startOf(source);
  for (const wanted of text.slice(0, offset)) {
    const start = find(source, at, wanted);
    if (start === undefined) return 0;
    at = start + (source.charAt(start) === '\\' && wanted !== '\\' ? 2 : wanted.length);
  }
  return offset < text.length ? (find(source, at, text.charAt(offset)) ?? 0) : at;
}

/** Behind the opening quote, or behind the first line of a block (`|`, `>-`). */
function startOf(source: string): number {
  const first = source.charAt(0);
  if (first === '"' || first === "'") return 1;
  return first === '|' || first === '>' ? source.indexOf('\n') + 1 : 0;
}

/** Characters that double quotes and JSON write with a letter. */
const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t' };

function find(source: string, from: number, wanted: string): number | undefined {
  const escape = escapes[wanted];
  for (let at = from; at < source.length; at += 1) {
    if (source.startsWith(wanted, at) || (wanted === ' ' && source.charAt(at) === '\n')) return at;
    if (escape !== undefined && source.startsWith(escape, at)) return at;
  }
  return undefined;
}
