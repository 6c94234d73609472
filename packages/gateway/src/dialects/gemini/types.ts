import { createHash } from 'node:crypto';
import type { Extra } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import type { NameRules } from '../shared/tool-table.ts';
import { type CamelName, snakeNames } from './field-names.ts';

/**
 * Gemini's generateContent. What a body holds is read as plain JSON: the vendor adds fields often, and all of them must survive.
 * https://ai.google.dev/api/generate-content
 */
export const dialectName = 'gemini';

/** Whose seals (thought signatures) stand bare in this dialect. */
export const homeIssuer = 'google';

/** Where a signature sits. */
export const signatureField = 'thoughtSignature';

/** Function names: letters, digits, `_ . : -`, at most 64, and no digit or sign at the start. https://ai.google.dev/api/caching#FunctionDeclaration */
export const nameRules: NameRules = { maxLength: 64, forbidden: /[^a-zA-Z0-9_.:-]|^[^a-zA-Z_]/g };

/** One entry of `contents`. */
export interface Content {
  readonly role: 'user' | 'model';
  readonly parts: readonly JsonObject[];
}

/** A name as it is read here. Those with capitals are listed in `field-names.ts`, where they get their other spelling. */
export type FieldName = CamelName | Lowercase<string>;

/** A field by its camelCase name. The API is protobuf JSON, which also takes snake_case, and hand-written callers use it. */
export function fieldOf(object: JsonObject, name: FieldName): Json | undefined {
  const value = object[name];
  if (value !== undefined && value !== null) return value;
  const snake = snakeNames.get(name);
  return snake === undefined ? value : object[snake];
}

/** A field that is an object, or undefined. */
export function objectField(object: JsonObject, name: FieldName): JsonObject | undefined {
  const value = fieldOf(object, name);
  return isJsonObject(value) ? value : undefined;
}

/** A field that is a string, or undefined. */
export function stringField(object: JsonObject, name: FieldName): string | undefined {
  const value = fieldOf(object, name);
  return typeof value === 'string' ? value : undefined;
}

/** A field that is a finite number, or undefined. Protobuf JSON writes 64-bit numbers as strings. */
export function numberField(object: JsonObject, name: FieldName): number | undefined {
  const value = fieldOf(object, name);
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** The objects of a field that is an array. */
export function objectsField(object: JsonObject, name: FieldName): readonly JsonObject[] {
  const value = fieldOf(object, name);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** What of `extra` may be written in this dialect. */
export function ownExtra(extra: Extra | undefined): JsonObject {
  return extra?.dialect === dialectName ? extra.fields : {};
}

/** An optional `extra` holding `fields`, for spreading. */
export function extraOf(fields: JsonObject | undefined): { extra?: Extra } {
  return fields && Object.keys(fields).length > 0 ? { extra: { dialect: dialectName, fields } } : {};
}

const madeIdPrefix = 'call_gm_';

/** An id for a call that Gemini gave none. Unique by `seed`, and never told to Gemini again. */
export function madeCallId(seed: string, index: number): string {
  return `${madeIdPrefix}${createHash('sha256').update(seed).digest('hex').slice(0, 16)}_${index}`;
}

/** Whether an id was made here. Gemini then matches calls and results by order, as it did when it gave none. */
export function isMadeCallId(callId: string): boolean {
  return callId.startsWith(madeIdPrefix);
}
