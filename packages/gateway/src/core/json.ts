/** Any JSON value. Numbers are JavaScript numbers: what needs more digits travels as a string. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object whose fields are not known in advance. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Narrows to a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses JSON text, or returns undefined where it is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** Fields of `object` whose names are not in `known`, or undefined when there are none. */
export function unknownFields(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let rest: { [key: string]: Json | undefined } | undefined;
  for (const key in object) {
    if (known.has(key) || object[key] === undefined) continue;
    rest ??= {};
    rest[key] = object[key];
  }
  return rest;
}
