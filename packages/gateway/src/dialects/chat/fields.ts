import { Failure } from '../../core/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** The failure for a request whose value at `path` is not what the dialect wants there. */
export function malformed(path: string, expected: string): Failure {
  return new Failure('request-malformed', `The request is not valid: ${path} must be ${expected}.`);
}

export function readObject(value: Json | undefined, path: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw malformed(path, 'an object');
}

export function readArray(value: Json | undefined, path: string): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw malformed(path, 'an array');
}

export function readString(value: Json | undefined, path: string): string {
  if (typeof value === 'string') return value;
  throw malformed(path, 'a string');
}

export function readNumber(value: Json | undefined, path: string): number {
  if (typeof value === 'number') return value;
  throw malformed(path, 'a number');
}

export function readBoolean(value: Json | undefined, path: string): boolean {
  if (typeof value === 'boolean') return value;
  throw malformed(path, 'true or false');
}

/** An absent field and `null` mean the same in this dialect: the caller did not say. */
export function optional<Value>(
  value: Json | undefined,
  path: string,
  read: (value: Json, path: string) => Value,
): Value | undefined {
  return value === undefined || value === null ? undefined : read(value, path);
}
