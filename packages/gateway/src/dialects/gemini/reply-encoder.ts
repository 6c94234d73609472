import type { Reply, ReplyEvent, StopReason } from '../../core/events.ts';
import type { OutFrame } from '../../core/frame.ts';
import type { Item, Part, ReasoningItem, ToolCallItem } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { EncodeContext, ReplyEncoder } from '../dialect.ts';
import { expandReply } from '../shared/reply.ts';
import { isEmptySeal } from '../shared/seal.ts';
import { failureFrames } from './failure.ts';
import { signatureForCaller } from './signatures.ts';
import { dialectName, signatureField } from './types.ts';
import { usageMetadata } from './usage.ts';

/** What an event becomes: parts to send, or the end. */
interface Told {
  readonly parts: readonly JsonObject[];
  readonly end?: { readonly stop: StopReason; readonly usage: Usage | undefined };
}

/** Writes GenerateContentResponse chunks. A call comes whole; the last chunk has the finish reason. */
export function createReplyEncoder(context: EncodeContext): ReplyEncoder {
  const parts = createPartWriter(context);
  let responseId: string | undefined;
  let tail: string | undefined;

  function chunk(candidate: JsonObject, rest: JsonObject = {}): OutFrame {
    responseId ??= context.newId('');
    return { data: JSON.stringify(responseOf(candidate, { ...rest, modelVersion: context.model, responseId })) };
  }

  /** All but the parts is the same in nearly all chunks, so it is written once. */
  function contentChunk(parts: readonly JsonObject[]): OutFrame {
    responseId ??= context.newId('');
    tail ??= `,"role":"model"},"index":0}],"modelVersion":${JSON.stringify(context.model)},"responseId":${JSON.stringify(responseId)}}`;
    return { data: `{"candidates":[{"content":{"parts":${JSON.stringify(parts)}${tail}` };
  }

  function push(event: ReplyEvent): readonly OutFrame[] {
    if (event.type === 'reply-failed') return failureFrames(event.failure);
    if (event.type === 'reply-start') responseId = event.id;
    const told = parts.write(event);
    const frames = told.parts.length > 0 ? [contentChunk(told.parts)] : [];
    if (!told.end) return frames;
    // Clients drop a last chunk without parts, and its finish reason with it.
    const last = { content: { parts: [{ text: '' }], role: 'model' }, ...endOf(told.end.stop, parts.grounding()) };
    return [...frames, chunk(last, usageField(told.end.usage))];
  }

  return { push, keepalive: () => ({ comment: 'keepalive' }) };
}

/** Writes a whole answer. */
export function encodeReply(reply: Reply, context: EncodeContext): JsonObject {
  const writer = createPartWriter(context);
  const parts = mergeTexts(expandReply(reply).flatMap((event) => writer.write(event).parts));
  const content = { parts: parts.length > 0 ? parts : [{ text: '' }], role: 'model' };
  const rest = { modelVersion: context.model, responseId: reply.id ?? context.newId('') };
  return responseOf({ content, ...endOf(reply.stop, writer.grounding()) }, { ...usageField(reply.usage), ...rest });
}

function responseOf(candidate: JsonObject, rest: JsonObject): JsonObject {
  return { candidates: [{ ...candidate, index: 0 }], ...rest };
}

function usageField(usage: Usage | undefined): JsonObject {
  return usage ? { usageMetadata: usageMetadata(usage) } : {};
}

const finishReasons = {
  complete: 'STOP',
  'max-output-tokens': 'MAX_TOKENS',
  'content-filter': 'SAFETY',
  'stop-sequence': 'STOP',
  pause: 'STOP',
  other: 'OTHER',
} as const satisfies Record<StopReason, string>;

function endOf(stop: StopReason, grounding: Json | undefined): JsonObject {
  return { finishReason: finishReasons[stop], ...(grounding === undefined ? {} : { groundingMetadata: grounding }) };
}

interface PartWriter {
  write(event: ReplyEvent): Told;
  /** What was found on the web, for the candidate's end. */
  grounding(): Json | undefined;
}

function createPartWriter(context: EncodeContext): PartWriter {
  const summary = context.request?.reasoning?.summary;
  // A caller that did not ask for thoughts may not look at `thought` and would show them as the answer.
  const showsThoughts = summary !== undefined && summary !== 'none';
  let waiting: string | undefined;
  let grounding: Json | undefined;

  function signed(part: JsonObject): JsonObject {
    const signature = waiting;
    waiting = undefined;
    return signature === undefined ? part : { ...part, [signatureField]: signature };
  }

  /** A signature whose part does not come keeps its place on an empty text. */
  function settled(): readonly JsonObject[] {
    return waiting === undefined ? [] : [signed({ text: '' })];
  }

  function reasoningParts({ seal }: ReasoningItem): readonly JsonObject[] {
    if (!seal || isEmptySeal(seal)) return [];
    const before = settled();
    const { text, place } = signatureForCaller(seal);
    if (place === 'next') {
      waiting = text;
      return before;
    }
    const thought = place === 'thought' && showsThoughts ? { thought: true } : {};
    return [...before, { text: '', ...thought, [signatureField]: text }];
  }

  function itemParts(item: Item): readonly JsonObject[] {
    switch (item.type) {
      case 'message':
        return item.parts.flatMap(mediaParts).map(signed);
      case 'reasoning':
        return reasoningParts(item);
      case 'tool-call':
        return [signed({ functionCall: functionCallOf(item) })];
      case 'hosted-call':
        if (item.dialect !== dialectName) return [];
        grounding = item.value['groundingMetadata'] ?? grounding;
        return item.value['groundingMetadata'] === undefined ? [item.value] : [];
      default:
        return [];
    }
  }

  function write(event: ReplyEvent): Told {
    switch (event.type) {
      case 'text-delta':
      case 'refusal-delta':
        return { parts: [signed({ text: event.text })] };
      case 'summary-delta':
      case 'thought-delta':
        return { parts: showsThoughts ? [{ text: event.text, thought: true }] : [] };
      case 'item-done':
        return { parts: itemParts(event.item) };
      case 'opaque':
        return { parts: event.dialect === dialectName ? [event.value] : [] };
      case 'reply-done':
        return { parts: settled(), end: { stop: event.stop, usage: event.usage } };
      default:
        return { parts: [] };
    }
  }

  return { write, grounding: () => grounding };
}

/** Texts were sent as they grew; images come when the message is whole. */
function mediaParts(part: Part): readonly JsonObject[] {
  if (part.type === 'opaque') return part.dialect === dialectName ? [part.value] : [];
  if ((part.type !== 'image' && part.type !== 'file') || part.source.kind !== 'data') return [];
  return [{ inlineData: { mimeType: part.source.mediaType, data: part.source.base64 } }];
}

function functionCallOf(item: ToolCallItem): JsonObject {
  const args = item.kind === 'custom' ? undefined : parseJson(item.input.trim() === '' ? '{}' : item.input);
  const { name, namespace } = item.tool;
  return {
    id: item.callId,
    name: namespace === undefined ? name : `${namespace}__${name}`,
    args: isJsonObject(args) ? args : { input: item.input },
  };
}

/** Texts of one kind that follow each other are one part, unless the second has a signature of its own. */
function mergeTexts(parts: readonly JsonObject[]): readonly JsonObject[] {
  const merged: JsonObject[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    const joins =
      isText(last) &&
      isText(part) &&
      last['thought'] === part['thought'] &&
      !standsAlone(last) &&
      !(signatureField in part);
    if (joins) merged[merged.length - 1] = { ...last, text: last.text + part.text };
    else merged.push(part);
  }
  return merged;
}

/** An empty text that only carries a signature. */
function standsAlone(part: JsonObject): boolean {
  return part['text'] === '' && signatureField in part;
}

function isText(part: JsonObject | undefined): part is JsonObject & { readonly text: string } {
  return typeof part?.['text'] === 'string';
}
