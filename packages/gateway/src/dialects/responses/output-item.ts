import type { ItemHead } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { Item, ReasoningItem, ToolCallItem } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { DecodeContext } from '../dialect.ts';
import { freeformInput } from '../shared/freeform.ts';
import { headOf } from '../shared/reply.ts';
import { emptySeal } from '../shared/seal.ts';
import { decodeItem } from './item-decoder.ts';
import { homeIssuer } from './types.ts';

/** Reads an output item; tools get their own names and kinds back. Undefined for one that is too broken to read. */
export function decodeOutputItem(value: JsonObject, context: DecodeContext): Item | undefined {
  try {
    const item = decodeItem(value, 'item', context.issuer);
    if (item.type === 'tool-call') return restoreCall(item, context);
    return item.type === 'reasoning' ? withIssuer(item, context) : item;
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}

/** A call with a namespace is in Codex's own form already; one without may stand for a tool that was written as a function. */
function restoreCall(call: ToolCallItem, context: DecodeContext): ToolCallItem {
  if (call.kind !== 'function' || call.tool.namespace !== undefined) return call;
  const { kind, tool } = context.tools.resolve(call.tool.name);
  return { ...call, kind, tool, input: kind === 'custom' ? freeformInput(call.input) : call.input };
}

/** Only OpenAI's thoughts may stand without a seal: it alone knows them by their ids. */
function withIssuer(item: ReasoningItem, { issuer }: DecodeContext): ReasoningItem {
  return item.seal || issuer === homeIssuer ? item : { ...item, seal: emptySeal(issuer) };
}

/**
 * Whether an announced item can be passed on at once. A call without name or id cannot;
 * nor can a search, which comes in one piece anyway and whose id OpenAI was seen to change between `added` and `done`.
 */
export function opensEarly(value: JsonObject): boolean {
  const type = value['type'];
  if (type === 'tool_search_call') return false;
  if (type !== 'function_call' && type !== 'custom_tool_call') return true;
  return isFilled(value['name']) && isFilled(value['call_id']);
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** The head of an announced item, which may still lack its content. */
export function decodeHead(value: JsonObject, context: DecodeContext): ItemHead {
  const item = decodeOutputItem({ ...emptyContent, ...definedFields(value) }, context);
  return item ? headOf(item) : { type: 'opaque' };
}

/** Content that vendors leave out while an item is in progress. */
const emptyContent: JsonObject = { content: [], arguments: '', input: '', role: 'assistant' };

function definedFields(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}
