import { Failure } from '../../core/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** What is thrown where a request is not what it must be. `path` is a JSON path, e.g. `messages[2].content[0].text`. */
export function malformed(path: string, wanted: string): Failure {
  return new Failure('request-malformed', `${path} must be ${wanted}.`);
}

export function requiredString(object: JsonObject, key: string, path: string): string {
  const value = object[key];
  if (typeof value !== 'string') throw malformed(join(path, key), 'a string');
  return value;
}

export function optionalString(object: JsonObject, key: string, path: string): string | undefined {
  return isAbsent(object[key]) ? undefined : requiredString(object, key, path);
}

export function optionalNumber(object: JsonObject, key: string, path: string): number | undefined {
  const value = object[key];
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'number') throw malformed(join(path, key), 'a number');
  return value;
}

export function optionalBoolean(object: JsonObject, key: string, path: string): boolean | undefined {
  const value = object[key];
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'boolean') throw malformed(join(path, key), 'true or false');
  return value;
}

export function optionalObject(object: JsonObject, key: string, path: string): JsonObject | undefined {
  const value = object[key];
  if (isAbsent(value)) return undefined;
  if (!isJsonObject(value)) throw malformed(join(path, key), 'an object');
  return value;
}

export function objectsOf(value: Json | undefined, path: string): readonly JsonObject[] {
  if (!Array.isArray(value)) throw malformed(path, 'an array');
  return value.map((each, at) => {
    if (!isJsonObject(each)) throw malformed(`${path}[${at}]`, 'an object');
    return each;
  });
}

export function stringsOf(value: Json | undefined, path: string): readonly string[] {
  if (!Array.isArray(value)) throw malformed(path, 'an array of strings');
  return value.map((each, at) => {
    if (typeof each !== 'string') throw malformed(`${path}[${at}]`, 'a string');
    return each;
  });
}

function isAbsent(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
