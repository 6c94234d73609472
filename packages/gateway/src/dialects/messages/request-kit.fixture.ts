import type { CanonicalRequest, Item, ToolCallItem, ToolResultItem } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import { messages } from './index.ts';
import { textOf } from './types.ts';

export const opus: EncodeTarget = { model: 'claude-opus-4-8', issuer: 'anthropic', abilities: {}, quirks: {} };
export const sonnet: EncodeTarget = { ...opus, model: 'claude-sonnet-4-5' };
export const wall: EncodeTarget = { ...opus, model: 'claude-3-5-haiku-20241022' };

export function ask(items: readonly Item[], more: Partial<CanonicalRequest> = {}): CanonicalRequest {
  return { model: 'm', stream: true, items, tools: [], ...more };
}

export function says(role: 'user' | 'assistant' | 'system' | 'developer', text: string): Item {
  return { type: 'message', role, parts: [{ type: 'text', text }] };
}

export function call(callId: string, input = '{}'): ToolCallItem {
  return { type: 'tool-call', kind: 'function', callId, tool: { name: 'run' }, input };
}

export function result(callId: string, text = `result of ${callId}`): ToolResultItem {
  return { type: 'tool-result', kind: 'function', callId, output: [{ type: 'text', text }] };
}

export function thought(issuer = 'anthropic'): Item {
  const data = { type: 'thinking', thinking: 'hm', signature: 'c2lnbmF0dXJl' };
  return { type: 'reasoning', summary: ['hm'], seal: { issuer, data } };
}

export function bodyOf(request: CanonicalRequest, target = opus): JsonObject {
  return messages.encodeRequest(request, target).body;
}

export function lossesOf(request: CanonicalRequest, target = opus): readonly string[] {
  return messages.encodeRequest(request, target).losses.map((loss) => `${loss.weight} ${loss.what}`);
}

/** Turns without their breakpoints, as `role: type type …` lines. */
export function outline(body: JsonObject): readonly string[] {
  return turnsOf(body).map(
    (turn) =>
      `${textOf(turn, 'role')}: ${blocksOf(turn)
        .map((b) => textOf(b, 'type'))
        .join(' ')}`,
  );
}

export function turnsOf(body: JsonObject): readonly JsonObject[] {
  return objects(body['messages']);
}

export function blocksOf(turn: JsonObject | undefined): readonly JsonObject[] {
  return objects(turn?.['content']);
}

export function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
