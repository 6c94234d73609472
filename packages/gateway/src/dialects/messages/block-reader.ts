import type {
  Item,
  MessageItem,
  Part,
  ReasoningItem,
  Role,
  TextPart,
  ToolCallItem,
  ToolResultItem,
} from '../../core/items.ts';
import { type Json, type JsonObject, unknownFields } from '../../core/json.ts';
import { emptySeal, sealPrefix, unwrapSeal } from '../shared/seal.ts';
import { readCacheControl } from './cache-control.ts';
import { given } from '../shared/given.ts';
import { malformed, objectsOf, optionalBoolean, requiredString } from '../shared/read-fields.ts';
import { answers, hostedItem, isHostedResult, isHostedUse } from './hosted.ts';
import { readMedia } from './media.ts';
import { type Block, billingBlock, contentForm, extraOf, here, homeIssuer } from './types.ts';

const messageFields: ReadonlySet<string> = new Set(['role', 'content']);
const textFields: ReadonlySet<string> = new Set(['type', 'text', 'cache_control']);
const callFields: ReadonlySet<string> = new Set(['type', 'id', 'name', 'input', 'cache_control']);
const resultFields: ReadonlySet<string> = new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control']);

/** The top-level system prompt as one item. */
export function readSystem(value: Json | undefined): readonly MessageItem[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return [textMessage('system', value, { [contentForm]: 'string' })];
  const parts = objectsOf(value, 'system').map((block, at) => readPart(block, `system[${at}]`));
  const [first] = parts;
  const billed = parts.length > 1 && first?.type === 'text' && first.text.startsWith('x-anthropic-billing-header:');
  const fields = billed ? { [billingBlock]: first.text } : {};
  return [{ type: 'message', role: 'system', parts: billed ? parts.slice(1) : parts, ...extraOf(fields) }];
}

/** All messages as items, in order. */
export function readMessages(value: Json | undefined): readonly Item[] {
  return objectsOf(value, 'messages').flatMap((message, at) => readMessage(message, `messages[${at}]`));
}

function readMessage(message: JsonObject, path: string): readonly Item[] {
  const role = requiredString(message, 'role', path);
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw malformed(`${path}.role`, '"user", "assistant" or "system"', role);
  }
  // A system message inside the conversation keeps its role among its own fields: that tells it from the top-level prompt.
  const fields: JsonObject = { ...(role === 'system' ? { role } : {}), ...unknownFields(message, messageFields) };
  const content = message['content'];
  if (typeof content === 'string') return [textMessage(role, content, { ...fields, [contentForm]: 'string' })];
  return readBlocks(role, objectsOf(content, `${path}.content`), { fields, path: `${path}.content` });
}

function readBlocks(role: Role, blocks: readonly Block[], message: { fields: JsonObject; path: string }): Item[] {
  const items: Item[] = [];
  let parts: Part[] = [];
  let fields: JsonObject | undefined = message.fields;

  function closeMessage(): void {
    if (parts.length === 0) return;
    items.push({ type: 'message', role, parts, ...extraOf(fields) });
    parts = [];
    fields = undefined;
  }

  for (let at = 0; at < blocks.length; at += 1) {
    const block = blocks[at] ?? {};
    const path = `${message.path}[${at}]`;
    const item = readItem(block, path);
    const next = blocks[at + 1];
    if (isHostedUse(block) && next && answers(next, block)) {
      closeMessage();
      items.push(hostedItem([block, next]));
      at += 1;
    } else if (item) {
      closeMessage();
      items.push(item);
    } else {
      parts.push(readPart(block, path));
    }
  }
  closeMessage();
  return items;
}

/** The blocks that are items of their own; undefined for those that are parts of a message. */
function readItem(block: Block, path: string): Item | undefined {
  switch (requiredString(block, 'type', path)) {
    case 'tool_use':
      return readCall(block, path);
    case 'tool_result':
      return readResult(block, path);
    case 'thinking':
    case 'redacted_thinking':
      return readThought(block);
    default:
      return isHostedUse(block) || isHostedResult(block) ? hostedItem([block]) : undefined;
  }
}

function readCall(block: Block, path: string): ToolCallItem {
  const { cache, rest } = readCacheControl(block);
  return {
    type: 'tool-call',
    kind: 'function',
    callId: requiredString(block, 'id', path),
    tool: { name: requiredString(block, 'name', path) },
    input: JSON.stringify(block['input'] ?? {}),
    ...given('cache', cache),
    ...extraOf(merge(unknownFields(block, callFields), rest)),
  };
}

function readResult(block: Block, path: string): ToolResultItem {
  const content = block['content'];
  const { cache, rest } = readCacheControl(block);
  const form = typeof content === 'string' ? { [contentForm]: 'string' } : undefined;
  return {
    type: 'tool-result',
    kind: 'function',
    callId: requiredString(block, 'tool_use_id', path),
    output: readContent(content, `${path}.content`),
    ...given('isError', optionalBoolean(block, 'is_error', path)),
    ...given('cache', cache),
    ...extraOf(merge(merge(unknownFields(block, resultFields), rest), form)),
  };
}

function readContent(content: Json | undefined, path: string): readonly Part[] {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return objectsOf(content, path).map((block, at) => readPart(block, `${path}[${at}]`));
}

/** A thought of an answer. Those who speak this dialect without signatures still want their blocks back. */
export function readAnsweredThought(block: Block, issuer: string): ReasoningItem {
  const item = readThought(block, issuer);
  return item.seal ? item : { ...item, seal: issuer === homeIssuer ? emptySeal(issuer) : { issuer, data: block } };
}

/** A thought keeps its whole block as the seal: its issuer wants it back byte for byte. Ours may hold another issuer's seal instead. */
function readThought(block: Block, issuer: string = homeIssuer): ReasoningItem {
  const { thinking, signature } = block;
  const summary = typeof thinking === 'string' && thinking !== '' ? [thinking] : [];
  if (typeof signature === 'string' && signature.startsWith(sealPrefix)) {
    return { type: 'reasoning', summary, ...given('seal', unwrapSeal(signature)) };
  }
  const sealed = block['type'] === 'redacted_thinking' || (typeof signature === 'string' && signature !== '');
  return { type: 'reasoning', summary, ...(sealed ? { seal: { issuer, data: block } } : {}) };
}

/** Text, image and document blocks as parts; any other block survives as it is. */
function readPart(block: Block, path: string): Part {
  const type = requiredString(block, 'type', path);
  if (type === 'text') return readText(block, path);
  if (type === 'tool_reference') return readReference(block, path);
  const media = type === 'image' || type === 'document' ? readMedia(block) : undefined;
  return media ?? { type: 'opaque', dialect: here, value: block };
}

/** A tool that the caller's own search has found. Elsewhere all tools are declared from the start, so the name is enough. */
function readReference(block: Block, path: string): TextPart {
  const name = requiredString(block, 'tool_name', path);
  return { type: 'text', text: `The tool ${name} can be called now.`, ...extraOf(block) };
}

function readText(block: Block, path: string): TextPart {
  const { cache, rest } = readCacheControl(block);
  return {
    type: 'text',
    text: requiredString(block, 'text', path),
    ...given('cache', cache),
    ...extraOf(merge(unknownFields(block, textFields), rest)),
  };
}

function textMessage(role: Role, text: string, fields: JsonObject): MessageItem {
  return { type: 'message', role, parts: [{ type: 'text', text }], ...extraOf(fields) };
}

function merge(first: JsonObject | undefined, second: JsonObject | undefined): JsonObject | undefined {
  return first && second ? { ...first, ...second } : (first ?? second);
}
