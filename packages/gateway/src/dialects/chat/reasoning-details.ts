import type { Seal } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { isFilled } from './types.ts';

/**
 * OpenRouter's `reasoning_details`: what the model behind it needs to get back unchanged (signatures, encrypted thoughts).
 * https://openrouter.ai/docs/guides/best-practices/reasoning-tokens
 */
const detailsField = 'reasoning_details';

/** The readable thought in details. */
export function detailText(details: readonly JsonObject[]): string {
  return details.map((detail) => [detail['text'], detail['summary']].find(isFilled) ?? '').join('');
}

/** Whether details hold anything that only their issuer can read. */
export function hidesState(details: readonly JsonObject[]): boolean {
  return details.some((detail) => isFilled(detail['signature']) || isFilled(detail['data']));
}

export function sealOfDetails(issuer: string, details: readonly JsonObject[]): Seal {
  return { issuer, data: { [detailsField]: details } };
}

/** The details in a seal that was made of them. */
export function detailsOfSeal(seal: Seal | undefined): readonly Json[] {
  const details = isJsonObject(seal?.data) ? seal.data[detailsField] : undefined;
  return Array.isArray(details) ? details : [];
}

/** Collects details from stream chunks: pieces of one detail carry the same index and type. */
export interface DetailCollector {
  add(pieces: readonly JsonObject[]): void;
  /** All details so far, whole, and forgets them. */
  take(): readonly JsonObject[];
}

export function createDetailCollector(): DetailCollector {
  let details: { [key: string]: Json | undefined }[] = [];

  function add(pieces: readonly JsonObject[]): void {
    for (const piece of pieces) {
      const last = details.at(-1);
      if (last && continues(last, piece)) merge(last, piece);
      else details.push({ ...piece });
    }
  }

  function take(): readonly JsonObject[] {
    const all = details;
    details = [];
    return all;
  }

  return { add, take };
}

/** Encrypted details come whole, one after the other; an id may stand in the first piece only. */
function continues(whole: JsonObject, piece: JsonObject): boolean {
  if (whole['type'] !== piece['type'] || whole['index'] !== piece['index'] || isFilled(piece['data'])) return false;
  return !isFilled(piece['id']) || piece['id'] === whole['id'];
}

const growing: ReadonlySet<string> = new Set(['text', 'summary', 'signature']);

function merge(whole: { [key: string]: Json | undefined }, piece: JsonObject): void {
  for (const [key, value] of Object.entries(piece)) {
    const before = whole[key];
    if (growing.has(key) && typeof before === 'string' && typeof value === 'string') whole[key] = before + value;
    else if (value !== null) whole[key] = value;
  }
}
