import type { Item, MessageItem, ReasoningItem, ToolCallItem, ToolResultItem } from '../../core/items.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import { tellFoundTools } from '../shared/found-tools.ts';
import { freeformArguments } from '../shared/freeform.ts';
import { isEmptySeal } from '../shared/seal.ts';
import type { ToolTable } from '../shared/tool-table.ts';
import { writeCacheControl } from './cache-control.ts';
import { type CallIds, createCallIds } from './call-ids.ts';
import { hostedBlocks } from './hosted.ts';
import { type LossList, loseOpaque } from '../shared/losses.ts';
import { type PartContext, writeParts } from './part-writer.ts';
import { billingBlock, type Block, contentForm, here, isThought, ownFields, textOf, type Turn } from './types.ts';

export interface BuildContext {
  readonly target: EncodeTarget;
  readonly tools: ToolTable;
  readonly losses: LossList;
}

/** A request's items as the API's two places: the system prompt and the turns. */
export interface Built {
  readonly system: readonly Block[];
  /** The caller wrote the system prompt as a string. */
  readonly systemForm?: 'string';
  readonly turns: readonly Turn[];
}

/** Items in order become turns of one role each; neighbours of the same role share a turn. */
export function buildTurns(items: readonly Item[], context: BuildContext): Built {
  const system: Block[] = [];
  let systemForm: 'string' | undefined;
  const turns: Turn[] = [];
  const ids = createCallIds();
  for (const item of items) {
    if (turns.length === 0 && isSystemPrompt(item)) {
      systemForm = system.length === 0 ? formOf(item) : undefined;
      system.push(...billingOf(item), ...writeParts(item.parts, partContext(context, 'system')));
    } else {
      const turn = writeItem(item, context, ids);
      if (turn) append(turns, turn);
    }
  }
  return { system, turns, ...(systemForm ? { systemForm } : {}) };
}

/** Joins a turn to the one before it where both have the same role. Mid-conversation system messages stay as they are. */
export function append(turns: Turn[], turn: Turn): void {
  const last = turns.at(-1);
  if (last?.role !== turn.role || turn.role === 'system') {
    turns.push(turn);
    return;
  }
  last.blocks = [...last.blocks, ...turn.blocks];
  delete last.form;
}

function isSystemPrompt(item: Item): item is MessageItem {
  if (item.type !== 'message' || ownFields(item)?.['role'] === 'system') return false;
  return item.role === 'system' || item.role === 'developer';
}

function billingOf(item: MessageItem): Block[] {
  const text = ownFields(item)?.[billingBlock];
  return text === undefined ? [] : [{ type: 'text', text }];
}

function writeItem(item: Item, context: BuildContext, ids: CallIds): Turn | undefined {
  switch (item.type) {
    case 'message':
      return writeMessage(item, context);
    case 'tool-call':
      return { role: 'assistant', blocks: [writeCall(item, context, ids)] };
    case 'tool-result':
      return { role: 'user', blocks: writeResult(item, context, ids) };
    case 'reasoning':
      return writeReasoning(item, context);
    case 'hosted-call':
      if (item.dialect === here) return { role: 'assistant', blocks: [...hostedBlocks(item)] };
      context.losses.hint(`history.${item.tool}`, 'a call that another provider ran itself is not retold');
      return undefined;
    case 'opaque':
      if (item.dialect === here) return { role: 'assistant', blocks: [item.value] };
      loseOpaque(item, context.losses);
      return undefined;
    default:
      // Tools declared in the history stand in the tool table.
      return undefined;
  }
}

function writeMessage(item: MessageItem, context: BuildContext): Turn {
  const { role: ownRole, [contentForm]: _, ...fields } = ownFields(item) ?? {};
  const form = formOf(item);
  const extras = { ...(Object.keys(fields).length > 0 ? { fields } : {}), ...(form ? { form } : {}) };
  if (ownRole === 'system') {
    return { role: 'system', blocks: writeParts(item.parts, partContext(context, 'system')), ...extras };
  }
  if (item.role === 'assistant') {
    return { role: 'assistant', blocks: writeParts(item.parts, partContext(context, 'assistant')), ...extras };
  }
  const blocks = writeParts(item.parts, partContext(context, 'user'));
  return { role: 'user', blocks: item.role === 'user' ? blocks : reminder(blocks), ...extras };
}

/**
 * A system or developer message inside the conversation becomes user text in a tag. Only some models take a system role
 * there, under rules of placement that other callers do not keep, and Claude is used to reading reminders in this tag.
 */
function reminder(blocks: readonly Block[]): Block[] {
  const texts = blocks.flatMap((block) => (typeof block['text'] === 'string' ? [block['text']] : []));
  const rest = blocks.filter((block) => typeof block['text'] !== 'string');
  if (texts.length === 0) return rest;
  return [{ type: 'text', text: `<system-reminder>\n${texts.join('\n\n')}\n</system-reminder>` }, ...rest];
}

function writeCall(item: ToolCallItem, { tools, losses }: BuildContext, ids: CallIds): Block {
  return {
    type: 'tool_use',
    id: ids.forCall(item.callId),
    name: tools.wireName(item.tool, item.kind),
    input: inputOf(item, losses),
    ...writeCacheControl(item.cache),
    ...ownFields(item),
  };
}

/** The API takes objects only. What a model wrote wrongly is kept readable, so that it can see its mistake beside the tool's complaint. */
function inputOf(item: ToolCallItem, losses: LossList): JsonObject {
  const text = item.kind === 'custom' ? freeformArguments(item.input) : item.input;
  if (text.trim() === '') return {};
  const value = parseJson(text);
  if (isJsonObject(value)) return value;
  losses.hint('tool-call.input', 'arguments that are no JSON object are told as one string');
  return { _raw: item.input };
}

function writeResult(item: ToolResultItem, context: BuildContext, ids: CallIds): Block[] {
  const all = writeParts(item.output, partContext(context, 'tool result'));
  const moved = context.target.quirks.noImagesInToolResults ? all.filter((block) => block['type'] === 'image') : [];
  const blocks = all.filter((block) => !moved.includes(block));
  const { [contentForm]: form, ...fields } = ownFields(item) ?? {};
  const result: Block = {
    type: 'tool_result',
    tool_use_id: ids.forResult(item.callId),
    ...resultContent(blocks.length === 0 ? foundTools(item, context) : blocks, form === 'string'),
    ...(item.isError === undefined ? {} : { is_error: item.isError }),
    ...writeCacheControl(item.cache),
    ...fields,
  };
  return [result, ...moved];
}

/** A search for tools has no words of its own. */
function foundTools({ tools: found }: ToolResultItem, { tools }: BuildContext): Block[] {
  return found ? [{ type: 'text', text: tellFoundTools(found, tools) }] : [];
}

function resultContent(blocks: readonly Block[], asString: boolean): { content?: string | readonly Block[] } {
  if (asString) return { content: blocks.map((block) => textOf(block, 'text')).join('') };
  return blocks.length === 0 ? {} : { content: blocks };
}

/** Only a seal of the target's own issuer may go back, byte for byte. Thoughts without one would be refused. */
function writeReasoning(item: ReasoningItem, { target, losses }: BuildContext): Turn | undefined {
  const { seal } = item;
  if (seal?.issuer === target.issuer && isJsonObject(seal.data) && isThought(seal.data)) {
    return { role: 'assistant', blocks: [seal.data] };
  }
  if (seal?.issuer === target.issuer && isEmptySeal(seal)) return undefined;
  losses.hint('reasoning.seal', 'earlier thoughts of another model cannot be given back');
  return undefined;
}

function formOf(item: MessageItem): 'string' | undefined {
  return ownFields(item)?.[contentForm] === 'string' ? 'string' : undefined;
}

function partContext({ target, losses }: BuildContext, place: PartContext['place']): PartContext {
  return { abilities: target.abilities, losses, place };
}
