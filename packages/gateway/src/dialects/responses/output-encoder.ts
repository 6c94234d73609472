import type { ItemHead } from '../../core/events.ts';
import type { HostedCallItem, Item, MessageItem, ReasoningItem, ToolCallItem } from '../../core/items.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { EncodeContext } from '../dialect.ts';
import { clientScope } from './client-scope.ts';
import { withExtra } from './extra.ts';
import { writeCompaction } from '../shared/compaction.ts';
import { encodeCall, encodeCompaction, reasoningObject } from './item-encoder.ts';
import { encodeParts } from './part-encoder.ts';
import { homeIssuer } from './types.ts';

/** The prefix of an item's id, by its wire type; clients and OpenAI itself tell items apart by it. */
const idPrefixes: Readonly<Record<string, string>> = {
  message: 'msg_',
  reasoning: 'rs_',
  function_call: 'fc_',
  custom_tool_call: 'ctc_',
  tool_search_call: 'tsc_',
  web_search_call: 'ws_',
};

/** The id for an item of a wire type: the provider's own if it looks right, else a fresh one. */
export function outputItemId(type: string, given: string | undefined, context: EncodeContext): string {
  const prefix = idPrefixes[type] ?? 'item_';
  return given?.startsWith(prefix) ? given : context.newId(prefix);
}

/** The wire type of an item; undefined for one that this dialect cannot show. */
export function wireTypeOf(head: ItemHead): string | undefined {
  if (head.type === 'message' || head.type === 'reasoning') return head.type;
  if (head.type === 'hosted-call') return head.tool === 'web_search' ? 'web_search_call' : undefined;
  if (head.type !== 'tool-call') return undefined;
  if (head.kind === 'search') return 'tool_search_call';
  return head.kind === 'custom' ? 'custom_tool_call' : 'function_call';
}

/** An item as it stands when it is announced: no content yet. Undefined where it is shown only when it is whole. */
export function openedItem(head: ItemHead, id: string): JsonObject | undefined {
  const status = { status: 'in_progress' };
  switch (head.type) {
    case 'message':
      return { id, type: 'message', ...status, content: [], role: 'assistant' };
    case 'reasoning':
      return { id, type: 'reasoning', summary: [] };
    case 'hosted-call':
      return head.tool === 'web_search' ? { id, type: 'web_search_call', ...status } : undefined;
    case 'tool-call': {
      const call = { id, ...status, call_id: head.callId };
      if (head.kind === 'search') return { ...call, type: 'tool_search_call', execution: 'client', arguments: {} };
      if (head.kind === 'custom') return { ...call, type: 'custom_tool_call', ...head.tool, input: '' };
      return { ...call, type: 'function_call', ...head.tool, arguments: '' };
    }
    default:
      return undefined;
  }
}

/** A whole output item; undefined for what this dialect has no item for. */
export function encodeOutputItem(item: Item, id: string): JsonObject | undefined {
  switch (item.type) {
    case 'message':
      return encodeOutputMessage(item, id);
    case 'reasoning':
      return encodeOutputReasoning(item, id);
    case 'tool-call':
      return encodeOutputCall(item, id);
    case 'hosted-call':
      return encodeHostedCall(item, id);
    case 'compaction':
      return encodeCompaction({ ...item, id: item.id ?? id }, writeCompaction(item.seal, homeIssuer), clientScope)[0];
    case 'opaque':
      return item.dialect === 'responses' ? item.value : undefined;
    default:
      return undefined;
  }
}

function encodeOutputMessage(item: MessageItem, id: string): JsonObject {
  const content = encodeParts(item.parts, 'output_text', clientScope).map(withAnnotations);
  const message = { id, type: 'message', role: 'assistant', content };
  return { status: 'completed', ...withExtra(message, item.extra, true) };
}

/** The official SDKs expect these fields on every text. */
function withAnnotations(part: JsonObject): JsonObject {
  return part['type'] === 'output_text' ? { annotations: [], logprobs: [], ...part } : part;
}

function encodeOutputReasoning(item: ReasoningItem, id: string): JsonObject {
  return reasoningObject({ ...item, id }, item.seal && clientScope.sealText(item.seal), clientScope);
}

function encodeOutputCall(item: ToolCallItem, id: string): JsonObject {
  return { status: 'completed', ...encodeCall({ ...item, id }, clientScope) };
}

/** A search that another provider ran is shown as one of OpenAI's; other tools have no counterpart. */
function encodeHostedCall(item: HostedCallItem, id: string): JsonObject | undefined {
  if (item.dialect === 'responses') return item.tool === 'web_search' ? { ...item.value, id } : item.value;
  if (item.tool !== 'web_search') return undefined;
  const action = { type: 'search', query: queryOf(item.value) ?? '' };
  return { id, type: 'web_search_call', status: 'completed', action };
}

/** What was searched for, wherever that API says it. */
function queryOf(value: JsonObject): string | undefined {
  const places = [value['input'], value['args'], value['action'], value];
  for (const place of places) {
    if (!isJsonObject(place)) continue;
    if (typeof place['query'] === 'string') return place['query'];
    const queries = place['webSearchQueries'] ?? place['queries'];
    if (Array.isArray(queries) && typeof queries[0] === 'string') return queries[0];
  }
  return undefined;
}
