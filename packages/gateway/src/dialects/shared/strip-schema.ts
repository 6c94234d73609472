import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** Keywords whose values are schemas by names that are not keywords. */
const namedSchemas: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
]);

/** Keywords whose values are data, in which a word is no keyword. */
const data: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'required']);

/** A JSON Schema without keywords that a vendor refuses. The same object where it has none of them. */
export function stripSchema(schema: JsonObject, refused: readonly string[]): JsonObject {
  const words = new Set(refused);
  const stripped = refused.length === 0 ? schema : strip(schema, words);
  return isJsonObject(stripped) ? stripped : schema;
}

function strip(value: Json | undefined, refused: ReadonlySet<string>): Json | undefined {
  if (Array.isArray(value))
    return sameOr(
      value,
      value.map((each: Json) => strip(each, refused) ?? null),
    );
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !refused.has(key));
  const inner = kept.map(([key, each]) => [key, stripField(key, each, refused)] as const);
  const same = kept.length === Object.keys(value).length && inner.every(([key, each]) => each === value[key]);
  return same ? value : Object.fromEntries(inner);
}

function stripField(key: string, value: Json | undefined, refused: ReadonlySet<string>): Json | undefined {
  if (data.has(key)) return value;
  if (!namedSchemas.has(key) || !isJsonObject(value)) return strip(value, refused);
  const inner = Object.entries(value).map(([name, each]) => [name, strip(each, refused)] as const);
  return inner.every(([name, each]) => each === value[name]) ? value : Object.fromEntries(inner);
}

function sameOr(before: readonly Json[], after: readonly Json[]): readonly Json[] {
  return after.every((each, at) => each === before[at]) ? before : after;
}
