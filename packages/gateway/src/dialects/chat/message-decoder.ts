import type { Item, MessageItem, Part, ReasoningItem, Role, ToolCallItem, ToolKind } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject, unknownFields } from '../../core/json.ts';
import { decodeContent } from './part-decoder.ts';
import { detailText, hidesState, sealOfDetails } from './reasoning-details.ts';
import { given } from '../shared/given.ts';
import {
  isAbsent,
  malformed,
  objectsOf,
  optionalObject,
  optionalString,
  requiredObject,
  requiredString,
} from '../shared/read-fields.ts';
import { arrayContent, extraOf, isFilled, messageFields } from './types.ts';

/** What earlier messages say about later ones: results name only the id of their call. */
interface Memory {
  readonly kinds: Map<string, ToolKind>;
  /** Ids given to calls of the old `function_call` form, which has none, by function name. */
  readonly legacyIds: Map<string, string>;
}

/** All `messages` as items, in order. */
export function decodeMessages(messages: Json | undefined): readonly Item[] {
  const memory: Memory = { kinds: new Map(), legacyIds: new Map() };
  return objectsOf(messages, 'messages').flatMap((message, at) => decodeMessage(message, `messages[${at}]`, memory));
}

function decodeMessage(message: JsonObject, path: string, memory: Memory): readonly Item[] {
  const role = requiredString(message, 'role', path);
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      return [plainMessage(message, role, path)];
    case 'assistant':
      return assistantItems(message, path, memory);
    case 'tool':
      return [toolResult(message, requiredString(message, 'tool_call_id', path), path, memory)];
    case 'function': {
      const name = requiredString(message, 'name', path);
      return [toolResult(message, memory.legacyIds.get(name) ?? `call_${name}`, path, memory)];
    }
    default:
      return [{ type: 'opaque', dialect: 'chat', value: message }];
  }
}

function plainMessage(message: JsonObject, role: Role, path: string): MessageItem {
  const parts = decodeContent(message['content'], `${path}.content`);
  return { type: 'message', role, parts, ...extraOf(restOf(message, plainFields)) };
}

const plainFields: ReadonlySet<string> = new Set(['role', 'content']);
const resultFields: ReadonlySet<string> = new Set(['role', 'content', 'tool_call_id']);
const assistantFields: ReadonlySet<string> = new Set([
  'role',
  'content',
  'refusal',
  'tool_calls',
  'function_call',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
]);

function toolResult(message: JsonObject, callId: string, path: string, memory: Memory): Item {
  return {
    type: 'tool-result',
    kind: memory.kinds.get(callId) ?? 'function',
    callId,
    output: decodeContent(message['content'], `${path}.content`),
    ...extraOf(restOf(message, resultFields)),
  };
}

/** Unknown fields, and whether content was an array: some servers care, and prompt caches may. */
function restOf(message: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  const unknown = unknownFields(message, known);
  return Array.isArray(message['content']) ? { content: arrayContent, ...unknown } : unknown;
}

/** One assistant message is up to three kinds of items: its thoughts, its words, its calls. */
function assistantItems(message: JsonObject, path: string, memory: Memory): readonly Item[] {
  const { thoughts, words } = splitThinking(message['content']);
  const parts: Part[] = [...decodeContent(words, `${path}.content`)];
  if (isFilled(message['refusal'])) parts.push({ type: 'refusal', text: message['refusal'] });
  const calls = decodeCalls(message, path, memory);
  const fields = restOf(message, assistantFields);
  const reasoning = reasoningOf(message, thoughts);
  const [first, ...others] = calls;
  const bare = parts.length === 0;
  return [
    ...(reasoning ? [reasoning] : []),
    ...(bare ? [] : [{ type: 'message', role: 'assistant', parts, ...extraOf(fields) } satisfies MessageItem]),
    ...(first ? [bare && fields ? withMessageFields(first, fields) : first] : []),
    ...others,
  ];
}

/** Mistral's thoughts stand inside the content. */
function splitThinking(content: Json | undefined): { readonly thoughts: string; readonly words: Json | undefined } {
  if (!Array.isArray(content)) return { thoughts: '', words: content };
  const list: readonly Json[] = content;
  const isThinking = (part: Json) => isJsonObject(part) && part['type'] === 'thinking';
  return {
    thoughts: list
      .map((part) => (isJsonObject(part) && isThinking(part) ? thinkingText(part['thinking']) : ''))
      .join(''),
    words: list.filter((part) => !isThinking(part)),
  };
}

/** The text of a Mistral thinking part: a string or text chunks. */
export function thinkingText(thinking: Json | undefined): string {
  if (typeof thinking === 'string') return thinking;
  if (!Array.isArray(thinking)) return '';
  const chunks: readonly Json[] = thinking;
  return chunks.map((chunk) => (isJsonObject(chunk) && isFilled(chunk['text']) ? chunk['text'] : '')).join('');
}

function reasoningOf(message: JsonObject, thoughts: string): ReasoningItem | undefined {
  const details = Array.isArray(message['reasoning_details']) ? message['reasoning_details'].filter(isJsonObject) : [];
  const candidates = [message['reasoning_content'], message['reasoning'], thoughts, detailText(details)];
  const text = candidates.find(isFilled);
  // `reasoning_details` is OpenRouter's field: whatever is sealed in it was sealed by way of OpenRouter.
  const seal = hidesState(details) ? sealOfDetails('openrouter', details) : undefined;
  if (text === undefined && seal === undefined) return undefined;
  return { type: 'reasoning', summary: text === undefined ? [] : [text], ...given('seal', seal) };
}

function withMessageFields(call: ToolCallItem, fields: JsonObject): ToolCallItem {
  return { ...call, ...extraOf({ ...call.extra?.fields, [messageFields]: fields }) };
}

function decodeCalls(message: JsonObject, path: string, memory: Memory): readonly ToolCallItem[] {
  const entries = isAbsent(message['tool_calls']) ? [] : objectsOf(message['tool_calls'], `${path}.tool_calls`);
  const calls = entries.map((entry, at) => decodeCall(entry, `${path}.tool_calls[${at}]`));
  const legacy = optionalObject(message, 'function_call', path);
  if (legacy) {
    const name = requiredString(legacy, 'name', `${path}.function_call`);
    const callId = `call_${name}_${path.replace(/\D/g, '')}`;
    memory.legacyIds.set(name, callId);
    const input = readInput(legacy['arguments'], `${path}.function_call.arguments`);
    calls.push({ type: 'tool-call', kind: 'function', callId, tool: { name }, input });
  }
  for (const call of calls) memory.kinds.set(call.callId, call.kind);
  return calls;
}

function decodeCall(entry: JsonObject, path: string): ToolCallItem {
  const callId = requiredString(entry, 'id', path);
  const type = optionalString(entry, 'type', path) ?? 'function';
  if (type !== 'function' && type !== 'custom') throw malformed(`${path}.type`, '"function" or "custom"', type);
  const body = requiredObject(entry, type, path);
  const name = requiredString(body, 'name', `${path}.${type}`);
  const inputKey = type === 'custom' ? 'input' : 'arguments';
  const input = readInput(body[inputKey], `${path}.${type}.${inputKey}`);
  const extra = extraOf(unknownFields(entry, callFields));
  return { type: 'tool-call', kind: type, callId, tool: { name }, input, ...extra };
}

const callFields: ReadonlySet<string> = new Set(['id', 'type', 'function', 'custom', 'index']);

/** Arguments are JSON text; some clients replay them as the object itself, or leave out empty ones. */
function readInput(value: Json | undefined, path: string): string {
  if (value === undefined || value === null) return '';
  if (isJsonObject(value)) return JSON.stringify(value);
  if (typeof value !== 'string') throw malformed(path, 'a string', value);
  return value;
}
