import type { Extra } from '../../core/items.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { localFacts, messageNotes } from './types.ts';

/**
 * Marks in `extra` that say how something was spelled where this dialect has two spellings of one meaning. Never written out.
 * `#type`: the `type` of a text part or message that differs from the usual one (`absent`: it had none).
 * `#shape`: content was a `string`, output was an `array`. `#from`: the message was the top-level `instructions`.
 */
const markNames = ['#type', '#shape', '#from'] as const;
type MarkName = (typeof markNames)[number];

export type Marks = { readonly [name in MarkName]?: string };

/** Leftover fields and marks as an optional `extra`, to be spread. */
export function extraOf(rest: JsonObject | undefined, marks: Marks = {}): { extra?: Extra } {
  const marked = Object.keys(marks).length > 0;
  if (!rest && !marked) return {};
  return { extra: { dialect: 'responses', fields: { ...rest, ...marks } } };
}

/** As `extraOf`, but always there: it also says that this dialect was read, so that no defaults need be added. */
export function originOf(rest: JsonObject | undefined): { extra: Extra } {
  return { extra: { dialect: 'responses', fields: rest ?? {} } };
}

export function cameFromHere(extra: Extra | undefined): boolean {
  return extra?.dialect === 'responses';
}

export function markOf(extra: Extra | undefined, name: MarkName): string | undefined {
  if (extra?.dialect !== 'responses') return undefined;
  const mark = extra.fields[name];
  return typeof mark === 'string' ? mark : undefined;
}

/** Puts leftover fields back under what is known. `home` is OpenAI or the client itself: only there message notes may go. */
export function withExtra(known: JsonObject, extra: Extra | undefined, home: boolean): JsonObject {
  return extra?.dialect === 'responses' ? overlay(known, extra.fields, home) : known;
}

function overlay(known: JsonObject, fields: JsonObject, home: boolean): JsonObject {
  const merged: Record<string, JsonObject[string]> = { ...known };
  for (const [name, value] of Object.entries(fields)) {
    if (isMark(name) || name === localFacts || (!home && name === messageNotes)) continue;
    const ours = merged[name];
    if (ours === undefined) merged[name] = value;
    else if (isJsonObject(ours) && isJsonObject(value)) merged[name] = overlay(ours, value, home);
  }
  return merged;
}

/** An object that is passed on whole, without message notes where they may not go. */
export function wholeValue(value: JsonObject, home: boolean): JsonObject {
  return home ? value : overlay({}, value, home);
}

function isMark(name: string): boolean {
  return name.startsWith('#') && markNames.some((mark) => mark === name);
}
