import type { CustomTool } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';

/** The one argument of a freeform tool that is told as a function. */
const field = 'input';

/** A freeform tool's parameters for targets that only know functions. */
export const freeformSchema: JsonObject = {
  type: 'object',
  properties: { [field]: { type: 'string', description: 'The whole input of the tool as plain text.' } },
  required: [field],
  additionalProperties: false,
};

/** A freeform tool's description for targets without grammars: the grammar is told in words, so that the model can keep to it. */
export function freeformDescription(tool: CustomTool): string {
  const base = tool.description ?? '';
  if (!tool.grammar) return base;
  const told = `The "${field}" argument must match this ${tool.grammar.syntax} grammar:\n${tool.grammar.definition.trim()}`;
  return base === '' ? told : `${base}\n\n${told}`;
}

/** A freeform call's text as function arguments. */
export function freeformArguments(input: string): string {
  return JSON.stringify({ [field]: input });
}

/** The text in the arguments a model wrote for a freeform tool. Where a model ignored the schema, what it wrote is taken as it is. */
export function freeformInput(argumentsText: string): string {
  const value = parseJson(argumentsText);
  if (typeof value === 'string') return value;
  if (!isJsonObject(value)) return argumentsText;
  const named = value[field];
  if (typeof named === 'string') return named;
  const only = Object.values(value);
  return only.length === 1 && typeof only[0] === 'string' ? only[0] : argumentsText;
}

/** Takes the text out of `{"input":"…"}` while it streams in. */
export interface FreeformStream {
  /** More of the arguments' JSON text; returns the plain text that became certain. */
  push(argumentsDelta: string): string;
}

const opening = /^\s*\{\s*"input"\s*:\s*"/;

/**
 * Streams only the expected form; anything else yields nothing here and comes whole with `freeformInput` at the end.
 * What was streamed is always a prefix of what `freeformInput` gives for the complete arguments of the expected form.
 */
export function createFreeformStream(): FreeformStream {
  let pending = '';
  let state: 'opening' | 'text' | 'closed' = 'opening';

  function push(delta: string): string {
    if (state === 'closed') return '';
    pending += delta;
    if (state === 'opening') {
      const match = opening.exec(pending);
      if (!match) return '';
      pending = pending.slice(match[0].length);
      state = 'text';
    }
    return takeText();
  }

  function takeText(): string {
    const end = certainEnd(pending);
    const raw = pending.slice(0, end.length);
    pending = pending.slice(end.length);
    if (end.closed) state = 'closed';
    const text = parseJson(`"${raw}"`);
    if (typeof text === 'string') return text;
    state = 'closed';
    return '';
  }

  return { push };
}

/** How much of `raw` (the inside of a JSON string) is certain: up to the closing quote, an unfinished escape or half a surrogate pair. */
function certainEnd(raw: string): { length: number; closed: boolean } {
  let at = 0;
  while (at < raw.length) {
    const char = raw[at];
    if (char === '"') return { length: at, closed: true };
    if (char !== '\\') {
      at += 1;
      continue;
    }
    const size = raw[at + 1] === 'u' ? 6 : 2;
    if (at + size > raw.length) break;
    if (isHighSurrogateEscape(raw, at) && at + 12 > raw.length) break;
    at += size;
  }
  return { length: at, closed: false };
}

function isHighSurrogateEscape(raw: string, at: number): boolean {
  return /^\\u[dD][89abAB]/.test(raw.slice(at, at + 4));
}
