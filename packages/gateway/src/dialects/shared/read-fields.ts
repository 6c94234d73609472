import { Failure } from '../../core/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

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
  return new ObjectReader(object, path);
}

/** A class, because a request has hundreds of objects: methods are shared, and nothing but the list of names is made for each. */
class ObjectReader implements FieldReader {
  readonly path: string;
  readonly #object: JsonObject;
  readonly #read: string[] = [];

  constructor(object: JsonObject, path: string) {
    this.#object = object;
    this.path = path;
  }

  any(name: string): Json | undefined {
    const value = this.#object[name];
    if (value === undefined || value === null) return undefined;
    this.#read.push(name);
    return value;
  }

  string(name: string): string | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === 'string') return value;
    throw malformed(pathOf(this.path, name), 'a string', value);
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined) throw malformed(pathOf(this.path, name), 'a string', this.#object[name]);
    return value;
  }

  number(name: string): number | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === 'number') return value;
    throw malformed(pathOf(this.path, name), 'a number', value);
  }

  boolean(name: string): boolean | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw malformed(pathOf(this.path, name), 'a boolean', value);
  }

  object(name: string): JsonObject | undefined {
    const value = this.any(name);
    if (value === undefined || isJsonObject(value)) return value;
    throw malformed(pathOf(this.path, name), 'an object', value);
  }

  array(name: string): readonly Json[] | undefined {
    const value = this.any(name);
    if (value === undefined || Array.isArray(value)) return value;
    throw malformed(pathOf(this.path, name), 'an array', value);
  }

  rest(): JsonObject | undefined {
    let rest: { [key: string]: Json | undefined } | undefined;
    for (const key in this.#object) {
      const value = this.#object[key];
      if (value === undefined || this.#read.includes(key)) continue;
      rest ??= {};
      rest[key] = value;
    }
    return rest;
  }
}

/** Readers of single fields, for dialects whose unknown fields are kept by a list of the known ones. `path` names the object. */
export function requiredString(object: JsonObject, name: string, path: string): string {
  const value = object[name];
  if (typeof value === 'string') return value;
  throw malformed(pathOf(path, name), 'a string', value);
}

export function optionalString(object: JsonObject, name: string, path: string): string | undefined {
  return isAbsent(object[name]) ? undefined : requiredString(object, name, path);
}

export function optionalNumber(object: JsonObject, name: string, path: string): number | undefined {
  const value = object[name];
  if (isAbsent(value) || typeof value === 'number') return value ?? undefined;
  throw malformed(pathOf(path, name), 'a number', value);
}

export function optionalBoolean(object: JsonObject, name: string, path: string): boolean | undefined {
  const value = object[name];
  if (isAbsent(value) || typeof value === 'boolean') return value ?? undefined;
  throw malformed(pathOf(path, name), 'a boolean', value);
}

export function requiredObject(object: JsonObject, name: string, path: string): JsonObject {
  const value = object[name];
  if (isJsonObject(value)) return value;
  throw malformed(pathOf(path, name), 'an object', value);
}

export function optionalObject(object: JsonObject, name: string, path: string): JsonObject | undefined {
  return isAbsent(object[name]) ? undefined : requiredObject(object, name, path);
}

/** The elements of an array of objects. `path` names the array. */
export function objectsOf(value: Json | undefined, path: string): readonly JsonObject[] {
  if (!Array.isArray(value)) throw malformed(path, 'an array', value);
  return value.map((each: Json, at) => {
    if (isJsonObject(each)) return each;
    throw malformed(`${path}[${at}]`, 'an object', each);
  });
}

/** The elements of an array of strings. `path` names the array. */
export function stringsOf(value: Json | undefined, path: string): readonly string[] {
  if (!Array.isArray(value)) throw malformed(path, 'an array of strings', value);
  return value.map((each: Json, at) => {
    if (typeof each === 'string') return each;
    throw malformed(`${path}[${at}]`, 'a string', each);
  });
}

/** An absent field and `null` mean the same in all dialects: the caller did not say. */
export function isAbsent(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
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
