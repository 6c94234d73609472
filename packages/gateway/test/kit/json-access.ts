import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';

/** The object at `key`, or an empty one: test code asks freely and compares what it gets. */
export function objectAt(value: Json | undefined, key: string): JsonObject {
  const found = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(found) ? found : {};
}

/** The array at `key`, or an empty one. */
export function arrayAt(value: Json | undefined, key: string): readonly Json[] {
  const found = isJsonObject(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}

/** The objects in the array at `key`. */
export function objectsAt(value: Json | undefined, key: string): readonly JsonObject[] {
  return arrayAt(value, key).filter(isJsonObject);
}

/** The string at `key`, or an empty one. */
export function textAt(value: Json | undefined, key: string): string {
  const found = isJsonObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : '';
}

/** The number at `key`, or 0. */
export function numberAt(value: Json | undefined, key: string): number {
  const found = isJsonObject(value) ? value[key] : undefined;
  return typeof found === 'number' ? found : 0;
}

/** Text of a content field: a string, or the `text` of its parts in order. */
export function contentText(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => textAt(part, 'text')).join('');
}
