import { createJsonScanner } from './json-scanner.ts';

const comma = 0x2c;
const openBrace = 0x7b;
const openBracket = 0x5b;
const closeBrace = 0x7d;
const quote = 0x22;

/**
 * The kinds of the objects in a JSON list: their values of `type`, and of those that have none all of their keys. Objects are skipped
 * through, not parsed. The bytes must be a part of a text whose brackets and strings were found to match.
 */
export function kindsInList(list: Buffer): ReadonlySet<string> {
  const kinds = new Set<string>();
  if (list[0] !== openBracket) return kinds;
  const scanner = createJsonScanner(list);
  let at = scanner.skipSpace(1);
  while (at < list.length - 1) {
    const end = list[at] === openBrace ? readObject(at) : scanner.valueEnd(at);
    at = scanner.skipSpace(end);
    if (list[at] === comma) at = scanner.skipSpace(at + 1);
  }
  return kinds;

  function readObject(start: number): number {
    const keys: string[] = [];
    let typed = false;
    let key = scanner.skipSpace(start + 1);
    while (list[key] === quote) {
      const keyEnd = scanner.stringEnd(key);
      const value = scanner.skipSpace(scanner.skipSpace(keyEnd) + 1);
      const valueEnd = scanner.valueEnd(value);
      const name = list.toString('latin1', key + 1, keyEnd - 1);
      if (name === 'type') {
        typed = true;
        kinds.add(list.toString('latin1', value + 1, valueEnd - 1));
      } else keys.push(name);
      const next = scanner.skipSpace(valueEnd);
      key = list[next] === comma ? scanner.skipSpace(next + 1) : next;
    }
    if (!typed) for (const name of keys) kinds.add(name);
    return list[key] === closeBrace ? key + 1 : list.length;
  }
}
