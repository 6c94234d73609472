import type {
  CompactionItem,
  CompactionTriggerItem,
  Item,
  MessageItem,
  OpaqueItem,
  Part,
  ReasoningItem,
  ToolCallItem,
  ToolResultItem,
} from '../../core/items.ts';
import { type JsonObject, parseJson } from '../../core/json.ts';
import { loseCompaction } from '../shared/compaction.ts';
import { tellFoundTools } from '../shared/found-tools.ts';
import { freeformArguments } from '../shared/freeform.ts';
import { loseOpaque } from '../shared/losses.ts';
import { isEmptySeal } from '../shared/seal.ts';
import { markOf, wholeValue, withExtra } from './extra.ts';
import { encodeParts } from './part-encoder.ts';
import { encodeTools } from './tool-encoder.ts';
import { textTypeOf } from './types.ts';
import type { WriteScope } from './write-scope.ts';

/** Writes one item of a history: none where it is lost, more than one where images of a tool result must stand apart. */
export function encodeItem(item: Item, scope: WriteScope): readonly JsonObject[] {
  switch (item.type) {
    case 'message':
      return [encodeMessage(item, scope)];
    case 'tool-call':
      return [encodeCall(item, scope)];
    case 'tool-result':
      return encodeResult(item, scope);
    case 'reasoning':
      return encodeReasoning(item, scope);
    case 'tools':
      return scope.native ? [encodeAdditionalTools(item, scope)] : [];
    case 'hosted-call':
      if (item.dialect === 'responses' && scope.native) return [wholeValue(item.value, scope.home)];
      scope.losses.hint(`history.${item.tool}`, 'this provider knows nothing of that tool');
      return [];
    case 'compaction':
      return encodeCompaction(item, scope.sealText(item.seal), scope);
    case 'compaction-trigger':
      return encodeTrigger(item, scope);
    default:
      return encodeOpaque(item, scope);
  }
}

function encodeMessage(item: MessageItem, scope: WriteScope): JsonObject {
  const role = item.role === 'developer' ? scope.developerRole : item.role;
  const parts = encodeParts(item.parts, textTypeOf(item.role), scope);
  const content = markOf(item.extra, '#shape') === 'string' ? plainText(item.parts) : parts;
  const type = markOf(item.extra, '#type') === 'absent' ? {} : { type: 'message' };
  return withExtra({ ...type, ...idOf(item), role, content }, item.extra, scope.home);
}

/** Writes a call in its own form, or as a function where the reader knows only those. */
export function encodeCall(item: ToolCallItem, scope: WriteScope): JsonObject {
  const head = { ...idOf(item), call_id: item.callId };
  if (!scope.native) return encodeFlatCall(item, scope);
  if (item.kind === 'search') {
    const search = { type: 'tool_search_call', ...head, execution: 'client', arguments: searchArguments(item.input) };
    return withExtra(search, item.extra, scope.home);
  }
  const call =
    item.kind === 'custom'
      ? { type: 'custom_tool_call', ...head, ...item.tool, input: item.input }
      : { type: 'function_call', ...head, ...item.tool, arguments: item.input };
  return withExtra(call, item.extra, scope.home);
}

/** A rewritten call loses its id, whose prefix names its first form. */
function encodeFlatCall(item: ToolCallItem, scope: WriteScope): JsonObject {
  const id = item.kind === 'function' ? idOf(item) : {};
  const name = scope.tools.wireName(item.tool, item.kind);
  const input = item.kind === 'custom' ? freeformArguments(item.input) : item.input;
  const call = { type: 'function_call', ...id, call_id: item.callId, name, arguments: input };
  return withExtra(call, item.extra, scope.home);
}

/** The arguments of a search are JSON, not JSON text. */
function searchArguments(input: string): JsonObject[string] {
  return parseJson(input) ?? { query: input };
}

function encodeResult(item: ToolResultItem, scope: WriteScope): readonly JsonObject[] {
  if (item.isError) {
    scope.losses.hint('tool-result.is_error', 'an error is told only in the words of its output');
  }
  if (item.kind === 'search' && scope.native) return [encodeSearchResult(item, scope)];
  const type = item.kind === 'custom' && scope.native ? 'custom_tool_call_output' : 'function_call_output';
  const id = scope.native || item.kind === 'function' ? idOf(item) : {};
  const { output, apart } = outputOf(item, scope);
  const result = withExtra({ type, ...id, call_id: item.callId, output }, item.extra, scope.home);
  return apart.length === 0 ? [result] : [result, { type: 'message', role: 'user', content: apart }];
}

function encodeSearchResult(item: ToolResultItem, scope: WriteScope): JsonObject {
  const tools = encodeTools(item.tools ?? [], scope);
  const result = { type: 'tool_search_output', ...idOf(item), call_id: item.callId, execution: 'client', tools };
  return withExtra(result, item.extra, scope.home);
}

interface Output {
  readonly output: string | readonly JsonObject[];
  readonly apart: readonly JsonObject[];
}

function outputOf(item: ToolResultItem, scope: WriteScope): Output {
  const { output } = item;
  if (item.tools && !scope.native) return { output: tellFoundTools(item.tools, scope.tools), apart: [] };
  if (markOf(item.extra, '#shape') !== 'array' && output.length <= 1 && output.every(isPlainText)) {
    return { output: plainText(output), apart: [] };
  }
  if (scope.native) return { output: encodeParts(output, 'input_text', scope), apart: [] };
  if (output.every(isPlainText)) return { output: plainText(output), apart: [] };
  if (!scope.imagesApart) return { output: encodeParts(output, 'input_text', scope), apart: [] };
  const apart = encodeParts(
    output.filter((part) => !isPlainText(part)),
    'input_text',
    scope,
  );
  return { output: plainText(output), apart };
}

function isPlainText(part: Part): boolean {
  return part.type === 'text';
}

function plainText(parts: readonly Part[]): string {
  return parts
    .map((part) => (part.type === 'text' ? part.text : ''))
    .filter((text) => text !== '')
    .join('\n');
}

/** A thought goes back to whom it came from; what cannot go back is a hint lost, unless its vendor has nothing to get back. */
function encodeReasoning(item: ReasoningItem, scope: WriteScope): readonly JsonObject[] {
  const { seal } = item;
  const sealed = seal && scope.sealText(seal);
  const empty = !seal || isEmptySeal(seal);
  if (!empty && sealed === undefined) {
    scope.losses.hint('reasoning.seal', `sealed by ${seal.issuer}, which alone can read it`);
  }
  if (sealed !== undefined || isUsableBare(item, scope)) return [reasoningObject(item, sealed, scope)];
  if (empty && seal?.issuer !== scope.issuer)
    scope.losses.hint('reasoning', 'thought without a seal cannot be given back here');
  return [];
}

/** OpenAI finds a thought without a seal by its id, if it stored it. Elsewhere raw thought is worth sending by itself. */
function isUsableBare(item: ReasoningItem, scope: WriteScope): boolean {
  if (!scope.home) return (item.text?.length ?? 0) > 0;
  return !item.seal && item.id !== undefined && scope.stored;
}

/** The wire form of thought. */
export function reasoningObject(item: ReasoningItem, sealed: string | undefined, scope: WriteScope): JsonObject {
  const known = {
    type: 'reasoning',
    ...idOf(item),
    summary: item.summary.map((text) => ({ type: 'summary_text', text })),
    ...(item.text ? { content: item.text.map((text) => ({ type: 'reasoning_text', text })) } : {}),
    ...(sealed === undefined ? {} : { encrypted_content: sealed }),
  };
  return withExtra(known, item.extra, scope.home);
}

function encodeAdditionalTools(item: Extract<Item, { type: 'tools' }>, scope: WriteScope): JsonObject {
  const role = item.role === undefined ? {} : { role: item.role };
  const tools = encodeTools(item.tools, scope);
  return withExtra({ type: 'additional_tools', ...idOf(item), ...role, tools }, item.extra, scope.home);
}

/** Writes a compaction with its text for this reader. Without one, the reader would miss all that came before. */
export function encodeCompaction(
  item: CompactionItem,
  sealed: string | undefined,
  scope: WriteScope,
): readonly JsonObject[] {
  if (sealed !== undefined)
    return [withExtra({ type: 'compaction', ...idOf(item), encrypted_content: sealed }, item.extra, scope.home)];
  loseCompaction('item.compaction', scope.losses);
  return [];
}

function encodeTrigger(item: CompactionTriggerItem, scope: WriteScope): readonly JsonObject[] {
  if (scope.home) return [withExtra({ type: 'compaction_trigger' }, item.extra, scope.home)];
  loseCompaction('item.compaction_trigger', scope.losses);
  return [];
}

/** Items of OpenAI's own protocol that no other vendor can act on. */
const openaiOnly: ReadonlySet<string> = new Set([
  'compaction',
  'compaction_summary',
  'compaction_trigger',
  'item_reference',
]);

function encodeOpaque(item: OpaqueItem, scope: WriteScope): readonly JsonObject[] {
  const type = typeof item.value['type'] === 'string' ? item.value['type'] : 'unknown';
  const sealed = item.value['encrypted_content'] !== undefined && item.value['encrypted_content'] !== null;
  const lost = item.dialect !== 'responses' || (!scope.home && (sealed || openaiOnly.has(type)));
  if (!lost) return [wholeValue(item.value, scope.home)];
  loseOpaque(item, scope.losses);
  return [];
}

function idOf(item: { readonly id?: string }): JsonObject {
  return item.id === undefined ? {} : { id: item.id };
}
