import type { FilePart, ImagePart, Item, Part, ToolCallItem, ToolResultItem } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { isJsonObject, parseJson, unknownFields } from '../../core/json.ts';
import { tellFoundTools } from '../shared/found-tools.ts';
import type { ContentsWriter } from './contents-writer.ts';
import { apartField } from './contents-writer.ts';
import type { EncodeScope } from './encode-scope.ts';
import { encodePart } from './part-encoder.ts';
import { isMadeCallId, ownExtra } from './types.ts';

/** Says that a result's text is the JSON text of a caller's own `response` object. */
export const jsonResponseField = 'jsonResponse';

/**
 * Writes tool results. Gemini wants as many results as there were calls, all in the content right behind them,
 * so results wait for the whole step and are then written in the order of their calls.
 */
export interface ResultWriter {
  /** A call was written: its result is due. */
  expect(call: ToolCallItem): void;
  /** A result stands here in the history. */
  answer(result: ToolResultItem): void;
  /** Writes all that is due. */
  flush(): void;
}

export function createResultWriter(items: readonly Item[], contents: ContentsWriter, scope: EncodeScope): ResultWriter {
  const byCallId = groupResults(items);
  const called = new Set(items.flatMap((item) => (item.type === 'tool-call' ? item.callId : [])));
  let due: ToolCallItem[] = [];

  function flush(): void {
    const calls = due;
    due = [];
    const trailing: JsonObject[] = [];
    for (const call of calls) {
      const written = encodeResult(call, byCallId.get(call.callId)?.shift(), scope);
      contents.hear({ functionResponse: written.response });
      trailing.push(...written.trailing);
    }
    for (const part of trailing) contents.hear(part);
  }

  function answer(result: ToolResultItem): void {
    flush();
    if (called.has(result.callId)) return;
    scope.losses.hint('tool-result.call', 'a result whose call is not in the history is told as text');
    contents.hear({ text: `Result of the tool call ${result.callId}:\n${textOf(result)}` });
    for (const part of result.output) if (part.type !== 'text') hear(part);
  }

  function hear(part: Part): void {
    const written = encodePart(part, scope);
    if (written) contents.hear(written);
  }

  return { expect: (call) => due.push(call), answer, flush };
}

function groupResults(items: readonly Item[]): ReadonlyMap<string, ToolResultItem[]> {
  const groups = new Map<string, ToolResultItem[]>();
  for (const item of items) {
    if (item.type !== 'tool-result') continue;
    const group = groups.get(item.callId);
    if (group) group.push(item);
    else groups.set(item.callId, [item]);
  }
  return groups;
}

interface WrittenResult {
  readonly response: JsonObject;
  /** Parts that a response cannot hold; they follow all responses of the step. */
  readonly trailing: readonly JsonObject[];
}

function encodeResult(call: ToolCallItem, result: ToolResultItem | undefined, scope: EncodeScope): WrittenResult {
  const id = isMadeCallId(call.callId) ? {} : { id: call.callId };
  const named = { ...id, name: scope.tools.wireName(call.tool, call.kind) };
  if (!result) {
    scope.losses.hint('tool-result.missing', 'a call without a result is told as failed, because every call needs one');
    return { response: { ...named, response: { error: 'The call was not answered.' } }, trailing: [] };
  }
  const inside: JsonObject[] = [];
  const trailing: JsonObject[] = [];
  for (const part of result.output) {
    if (part.type === 'text' || part.type === 'refusal') continue;
    const written = encodePart(part, scope);
    if (written) (part.type !== 'opaque' && fitsInside(part, scope) ? inside : trailing).push(written);
  }
  const media = inside.length > 0 ? { parts: inside } : {};
  const response = { ...named, response: responseOf(result, scope), ...media, ...fieldsOf(result) };
  return { response, trailing };
}

/** Media stand inside a response from Gemini 3 on, and only as bytes. https://ai.google.dev/gemini-api/docs/function-calling#multimodal */
function fitsInside(part: ImagePart | FilePart, scope: EncodeScope): boolean {
  if (!scope.traits.atLeast3 || scope.target.quirks.noImagesInToolResults === true) return false;
  return part.source.kind === 'data' && insideTypes.has(part.source.mediaType);
}

const insideTypes: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/webp',
  'application/pdf',
  'text/plain',
]);

function responseOf(result: ToolResultItem, scope: EncodeScope): JsonObject {
  const text = textOf(result);
  const own = ownExtra(result.extra)[jsonResponseField] === true ? parseJson(text) : undefined;
  if (isJsonObject(own)) return own;
  if (result.isError === true) return { error: text };
  return { output: text === '' && result.tools ? tellFoundTools(result.tools, scope.tools) : text };
}

function textOf(result: ToolResultItem): string {
  const [first] = result.output;
  if (result.output.length === 1 && first?.type === 'text') return first.text;
  return result.output.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : [])).join('\n');
}

const markers: ReadonlySet<string> = new Set([jsonResponseField, apartField]);

function fieldsOf(result: ToolResultItem): JsonObject {
  return unknownFields(ownExtra(result.extra), markers) ?? {};
}
