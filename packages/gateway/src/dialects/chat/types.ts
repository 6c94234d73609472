import type { Extra } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';

/** A part of a message's content, as this dialect writes it. */
export type ChatPart = JsonObject & { readonly type: string };

/** One entry of `messages`, as this dialect writes it. */
export type ChatMessage = JsonObject & { readonly role: string; readonly content: string | null | readonly ChatPart[] };

/** One entry of `tool_calls` in a request or a whole answer. */
export type ChatToolCall = JsonObject & { readonly id: string; readonly type: 'function' | 'custom' };

/** Marks in `extra` that a caller wrote `content` as an array where one string would have said the same. */
export const arrayContent = 'array';

/** Under this name a call without a text beside it keeps the unknown fields of the message it stood in. */
export const messageFields = 'message';

/** `fields` as this dialect's extra, or nothing. */
export function extraOf(fields: JsonObject | undefined): { readonly extra?: Extra } {
  return fields === undefined ? {} : { extra: { dialect: 'chat', fields } };
}

/** The extra fields that this dialect may put back. */
export function ownFields(carrier: { readonly extra?: Extra } | undefined): JsonObject {
  return carrier?.extra?.dialect === 'chat' ? carrier.extra.fields : {};
}

/** The `type` of a part, item or tool, for messages. */
export function typeOf(value: JsonObject): string {
  return typeof value['type'] === 'string' ? value['type'] : 'unknown';
}

/** A string with something in it. */
export function isFilled(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
