import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** Enough for any real schema; a schema that refers to itself would go on for ever. */
const maxDepth = 8;

/**
 * The plainest value that fits a JSON Schema, with `text` where a string is wanted. Knows what agents use: types, enums,
 * required properties, alternatives. Anything else is answered by the type alone.
 */
export function sampleOf(schema: Json | undefined, text: string, depth = 0): Json {
  if (!isJsonObject(schema) || depth > maxDepth) return text;
  if (schema['const'] !== undefined) return schema['const'];
  const options = firstList(schema['enum'], schema['anyOf'], schema['oneOf']);
  if (options) return schema['enum'] === options ? (options[0] ?? text) : sampleOf(options[0], text, depth + 1);
  switch (typeOf(schema)) {
    case 'object':
      return sampleObject(schema, text, depth);
    case 'array':
      return [];
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' && schema['minimum'] > 0 ? schema['minimum'] : 1;
    case 'boolean':
      return false;
    case 'null':
      return null;
    default:
      return text;
  }
}

function sampleObject(schema: JsonObject, text: string, depth: number): JsonObject {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const names = Array.isArray(schema['required']) ? schema['required'] : [];
  const required = names.filter((name) => typeof name === 'string');
  return Object.fromEntries(required.map((name) => [name, sampleOf(properties[name], text, depth + 1)]));
}

function typeOf(schema: JsonObject): Json | undefined {
  const type = schema['type'];
  if (type === undefined && isJsonObject(schema['properties'])) return 'object';
  return Array.isArray(type) ? type[0] : type;
}

function firstList(...values: readonly (Json | undefined)[]): readonly Json[] | undefined {
  return values.find((value) => Array.isArray(value));
}
