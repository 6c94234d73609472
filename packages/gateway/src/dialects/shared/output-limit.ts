import type { EncodeTarget, TopFields } from '../dialect.ts';
import { isJsonObject, type Json, parseJson } from '../../core/json.ts';

/** Where a dialect's requests say how long the answer may be. Read and written in bytes of top-level fields, so that the express lane can. */
export interface OutputLimit {
  /** Tokens that the caller allows. Undefined: it does not say. */
  asked(fields: TopFields): number | undefined;
  /** How many answers of that length are wanted. Absent, and undefined: one. */
  answers?(fields: TopFields): number | undefined;
  /** Top-level fields, as JSON text, that allow so many tokens and no more. */
  edits(tokens: number, fields: TopFields, target: LimitTarget): Readonly<Record<string, string>>;
}

/** What the name of a limit may depend on. */
export type LimitTarget = Pick<EncodeTarget, 'issuer' | 'quirks'>;

/** The limit is a top-level number, in one of these fields; a request that has none yet gets it in the one that is usual. */
export function topLevelLimit(
  names: readonly string[],
  usual: (target: LimitTarget) => string,
  count?: string,
): OutputLimit {
  const nameIn = (fields: TopFields) => names.find((name) => fields(name) !== undefined);
  return {
    asked(fields) {
      const name = nameIn(fields);
      return name === undefined ? undefined : tokensIn(fields(name));
    },
    ...(count === undefined ? {} : { answers: (fields) => tokensIn(fields(count)) }),
    edits: (tokens, fields, target) => ({ [nameIn(fields) ?? usual(target)]: String(tokens) }),
  };
}

/** The limit stands inside an object, which is written anew. */
export function nestedLimit(
  parents: readonly [string, ...string[]],
  names: readonly [string, ...string[]],
  counts: readonly string[] = [],
): OutputLimit {
  const place = (fields: TopFields) => {
    const parent = parents.find((name) => fields(name) !== undefined) ?? parents[0];
    const value = parseJson(fields(parent)?.toString('utf8') ?? '{}');
    const object = isJsonObject(value) ? value : {};
    return { parent, object, name: names.find((each) => object[each] !== undefined) ?? names[0] };
  };
  return {
    asked(fields) {
      const { object, name } = place(fields);
      return numberIn(object[name]);
    },
    answers(fields) {
      const { object } = place(fields);
      return counts.map((name) => numberIn(object[name])).find((count) => count !== undefined);
    },
    edits(tokens, fields) {
      const { parent, object, name } = place(fields);
      return { [parent]: JSON.stringify({ ...object, [name]: tokens }) };
    },
  };
}

function tokensIn(bytes: Buffer | undefined): number | undefined {
  return bytes === undefined ? undefined : numberIn(parseJson(bytes.toString('latin1')));
}

function numberIn(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
