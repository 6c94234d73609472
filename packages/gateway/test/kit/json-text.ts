import * as fc from 'fast-check';
import type { Json, JsonObject } from '../../src/core/json.ts';

/** Keys as dialects have them: printable ASCII that needs no escape. Lower case, so that no two differ in case only. */
const plainKeys = fc
  .oneof(
    fc.constantFrom('model', 'stream', 'input', 'prompt_cache_key', 'max_output_tokens'),
    fc.string({ unit: fc.constantFrom(...'abcxyz_-. 019{}[]:,/'.split('')), maxLength: 12 }),
  )
  .filter((key) => key !== '__proto__');

const spaces = fc.constantFrom('', '', ' ', '\n', '\r\n\t', '  ');

/** A JSON object and one of the many ways to write it: with white space anywhere, fields in any order. */
export function jsonObjectText(values: fc.Arbitrary<unknown>): fc.Arbitrary<{ text: string; object: JsonObject }> {
  const field = fc.record({
    key: plainKeys,
    value: values,
    spaces: fc.tuple(spaces, spaces, spaces, spaces),
    indent: fc.nat({ max: 2 }),
  });
  const fields = fc.uniqueArray(field, { selector: ({ key }) => key, maxLength: 8 });
  return fc.tuple(fields, fc.tuple(spaces, spaces, spaces)).map(([written, [before, inside, after]]) => {
    const members = written.map(({ key, value, spaces: [a, b, c, d], indent }) => {
      return `${a}${JSON.stringify(key)}${b}:${c}${JSON.stringify(value, null, indent)}${d}`;
    });
    const text = `${before}{${members.length > 0 ? members.join(',') : inside}}${after}`;
    const parsed: Record<string, Json> = JSON.parse(text);
    return { text, object: parsed };
  });
}
