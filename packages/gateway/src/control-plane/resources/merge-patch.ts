import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** JSON merge patch (RFC 7396): fields replace fields, objects are merged, `null` takes a field away. */
export function mergePatch(target: Json | undefined, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) merged.delete(field);
    else merged.set(field, isJsonObject(value) ? mergePatch(merged.get(field), value) : value);
  }
  return Object.fromEntries(merged);
}
