import { Failure } from '../../core/failure.ts';
import { isJsonObject, type Json, type JsonObject, unknownFields } from '../../core/json.ts';

/**
 * Reads the fields of one JSON object and remembers which ones it read, so that the rest can be kept.
 * A field that is absent or null reads as undefined, and a null stays in the rest; a field of another type fails with its JSON path.
 */
export interface FieldReader {
  /** JSON path of the object, e.g. `input[3]`. */
  readonly path: string;
  string(name: string): string | undefined;
  /** Fails when the field is absent. */
  requiredString(name: string): string;
  number(name: string): number | undefined;
  boolean(name: string): boolean | undefined;
  object(name: string): JsonObject | undefined;
  array(name: string): readonly Json[] | undefined;
  /** A field of any type but null. */
  any(name: string): Json | undefined;
  /** What nobody read; undefined when nothing is left. */
  rest(): JsonObject | undefined;
}

/** Opens an object for reading. `path` names it in failures; the outermost object has an empty path. */
export function readFields(object: JsonObject, path: string): FieldReader {
  const read = new Set<string>();

  function any(name: string): Json | undefined {
    const value = object[name];
    if (value === undefined || value === null) return undefined;
    read.add(name);
    return value;
  }

  function typed<T extends Json>(name: string, expected: string, fits: (value: Json) => value is T): T | undefined {
    const value = any(name);
    if (value === undefined || fits(value)) return value;
    throw malformed(pathOf(path, name), expected, value);
  }

  function string(name: string): string | undefined {
    return typed(name, 'a string', isString);
  }

  return {
    path,
    any,
    string,
    requiredString(name) {
      const value = string(name);
      if (value === undefined) throw malformed(pathOf(path, name), 'a string', object[name]);
      return value;
    },
    number: (name) => typed(name, 'a number', isNumber),
    boolean: (name) => typed(name, 'a boolean', isBoolean),
    object: (name) => typed(name, 'an object', isJsonObject),
    array: (name) => typed(name, 'an array', isArray),
    rest: () => unknownFields(object, read),
  };
}

/** The failure for a value of a wrong type at a JSON path. */
export function malformed(path: string, expected: string, found: Json | undefined): Failure {
  const what = found === undefined ? 'missing' : nameOfType(found);
  return new Failure('request-malformed', `The request field \`${path}\` must be ${expected}, but it is ${what}.`);
}

/** `a.b` or, at the outermost object, `b`. */
export function pathOf(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function nameOfType(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function isString(value: Json): value is string {
  return typeof value === 'string';
}

function isNumber(value: Json): value is number {
  return typeof value === 'number';
}

function isBoolean(value: Json): value is boolean {
  return typeof value === 'boolean';
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
