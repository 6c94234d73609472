import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';

/**
 * Gemini takes JSON Schema but not all of its references: a `$ref` with siblings, to `definitions` or into `properties` is answered
 * with 400 ("reference to undefined schema"). So references are written out in place. What refers to itself becomes "any object".
 * https://ai.google.dev/api/caching#FunctionDeclaration
 */
export interface FittedSchema {
  readonly schema: JsonObject;
  /** Something could not be told. */
  readonly lossy: boolean;
}

/** The schema as Gemini takes it. The same object where nothing is to be changed. */
export function fitSchema(schema: JsonObject): FittedSchema {
  if (!mentions(schema, '$ref')) return { schema, lossy: false };
  const state = { lossy: false, left: maxReferences };
  const { $defs: _defs, definitions: _definitions, ...rest } = schema;
  const fitted = inline(rest, { root: schema, state, open: [] });
  return { schema: isJsonObject(fitted) ? fitted : { type: 'object' }, lossy: state.lossy };
}

/** References to references can grow a small schema beyond all bounds. */
const maxReferences = 1_000;

interface Place {
  readonly root: JsonObject;
  readonly state: { lossy: boolean; left: number };
  /** References being written out right now: meeting one again is a cycle. */
  readonly open: readonly string[];
}

function mentions(value: Json | undefined, key: string): boolean {
  if (Array.isArray(value)) return value.some((item) => mentions(item, key));
  if (!isJsonObject(value)) return false;
  return key in value || Object.values(value).some((item) => mentions(item, key));
}

function inline(value: Json | undefined, place: Place): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => inline(item, place) ?? null);
  if (!isJsonObject(value)) return value;
  const { $ref: reference, ...siblings } = value;
  const kept = Object.fromEntries(Object.entries(siblings).map(([key, item]) => [key, inline(item, place)]));
  // A property may itself be called `$ref`; a reference is always a string.
  if (typeof reference !== 'string')
    return reference === undefined ? kept : { ...kept, $ref: inline(reference, place) };
  place.state.left -= 1;
  const refused = place.open.includes(reference) || place.state.left < 0;
  const target = refused ? undefined : lookUp(place.root, reference);
  if (target === undefined) {
    place.state.lossy = true;
    return { type: 'object', ...kept };
  }
  const written = inline(target, { ...place, open: [...place.open, reference] });
  return isJsonObject(written) ? { ...written, ...kept } : kept;
}

function lookUp(root: JsonObject, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  let found: Json | undefined = root;
  for (const step of reference.slice(1).split('/').filter(Boolean)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(found)) found = found[Number(key)];
    else if (isJsonObject(found)) found = found[key];
    else return undefined;
  }
  return found;
}

/** Gemini's older `Schema` form (upper-case types, `nullable`) as JSON Schema, for targets that know only that. */
export function toJsonSchema(value: JsonObject): JsonObject {
  const converted = convert(value);
  return isJsonObject(converted) ? converted : value;
}

function convert(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => convert(item) ?? null);
  if (!isJsonObject(value)) return value;
  const { nullable, ...rest } = value;
  const result: { [key: string]: Json | undefined } = {};
  for (const [key, item] of Object.entries(rest)) {
    // Names of properties are not keywords: one may be called `type` or `nullable`.
    if (key === 'properties' && isJsonObject(item)) {
      result[key] = Object.fromEntries(Object.entries(item).map(([name, schema]) => [name, convert(schema)]));
    } else if (key === 'enum' || key === 'default' || key === 'example') result[key] = item;
    else result[key] = key === 'type' ? lowerCaseType(item) : convert(item);
  }
  if (nullable === true && typeof result['type'] === 'string') result['type'] = [result['type'], 'null'];
  return result;
}

function lowerCaseType(type: Json | undefined): Json | undefined {
  if (typeof type === 'string') return type.toLowerCase();
  return Array.isArray(type) ? type.map((one) => (typeof one === 'string' ? one.toLowerCase() : one)) : type;
}
