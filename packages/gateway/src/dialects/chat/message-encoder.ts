import type { Item, MessageItem, OpaqueItem, ReasoningItem, ToolCallItem } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import { freeformArguments } from '../shared/freeform.ts';
import { loseOpaque } from '../shared/losses.ts';
import { isEmptySeal } from '../shared/seal.ts';
import type { ToolTable } from '../shared/tool-table.ts';
import { wireCallId } from './call-id.ts';
import { encodeContent, encodeParts, type EncodeScope } from './part-encoder.ts';
import { detailsOfSeal } from './reasoning-details.ts';
import { encodeOrphan, encodeResults } from './result-encoder.ts';
import { type AssistantTurn, groupTurns, type Turn } from '../shared/turns.ts';
import { arrayContent, type ChatMessage, type ChatToolCall, messageFields, ownFields } from './types.ts';

export interface MessageScope extends EncodeScope {
  readonly tools: ToolTable;
}

/** The history as `messages`. */
export function encodeMessages(items: readonly Item[], scope: MessageScope): readonly JsonObject[] {
  return groupTurns(items).flatMap((turn) => encodeTurn(turn, scope));
}

function encodeTurn(turn: Turn, scope: MessageScope): readonly JsonObject[] {
  switch (turn.type) {
    case 'input':
      return [encodeInput(turn.message, scope)];
    case 'assistant':
      return encodeAssistant(turn, scope);
    case 'orphan':
      return encodeOrphan(turn.result, scope);
    default:
      return encodeOpaque(turn.item, scope);
  }
}

function encodeOpaque(item: OpaqueItem, scope: EncodeScope): readonly JsonObject[] {
  if (item.dialect === 'chat') return [item.value];
  loseOpaque(item, scope.losses);
  return [];
}

function encodeInput(message: MessageItem, scope: EncodeScope): ChatMessage {
  const { content: form, ...fields } = ownFields(message);
  const content = encodeContent(message.parts, scope, { asArray: form === arrayContent, separator: '\n\n' });
  return { role: roleOf(message.role, scope), content, ...fields };
}

function roleOf(role: MessageItem['role'], scope: EncodeScope): string {
  if (role !== 'developer') return role;
  const { issuer, quirks } = scope.target;
  return quirks.developerRole ?? (issuer === 'openai' ? 'developer' : 'system');
}

function encodeAssistant(turn: AssistantTurn, scope: MessageScope): readonly ChatMessage[] {
  for (const hosted of turn.hosted) {
    scope.losses.hint(
      `hosted-call.${hosted.tool}`,
      'a search or the like that another provider ran is not repeated; its answer is',
    );
  }
  const thoughts = encodeThoughts(turn.reasoning, scope);
  if (turn.texts.length === 0 && turn.calls.length === 0) return [];
  const message: ChatMessage = {
    role: 'assistant',
    content: assistantContent(turn.texts, scope),
    ...thoughts,
    ...(turn.calls.length === 0 ? {} : { tool_calls: turn.calls.map(({ call }) => encodeCall(call, scope)) }),
    ...assistantFields(turn),
  };
  return [message, ...encodeResults(turn.calls, scope)];
}

/** Parts of one message are one text in pieces; several messages are several texts. */
function assistantContent(texts: readonly MessageItem[], scope: EncodeScope): ChatMessage['content'] {
  const said = texts.filter((text) => text.parts.length > 0);
  if (said.length === 0) return null;
  const contents = said.map((text) => {
    const asArray = ownFields(text)['content'] === arrayContent;
    return encodeContent(text.parts, scope, { asArray, separator: '' });
  });
  if (contents.every((content) => typeof content === 'string')) return contents.join('\n\n');
  return said.flatMap((text) => encodeParts(text.parts, scope));
}

/** Unknown fields of the assistant message, from where the decoder left them. */
function assistantFields(turn: AssistantTurn): JsonObject {
  const carriers = [...turn.texts.map(ownFields), ...turn.calls.map(({ call }) => fieldsAround(call))];
  const { content: _form, ...fields } = carriers.reduce((all, some) => ({ ...all, ...some }), {});
  return fields;
}

function fieldsAround(call: ToolCallItem): JsonObject {
  const fields = ownFields(call)[messageFields];
  return isJsonObject(fields) ? fields : {};
}

/**
 * Earlier thoughts go back only where the vendor asks for them: some refuse a tool round without (DeepSeek, Moonshot), others
 * refuse the field. Readable thoughts are dropped silently, as the Chat API itself does; a seal is recorded as lost.
 */
function encodeThoughts(reasoning: readonly ReasoningItem[], scope: EncodeScope): JsonObject {
  const { issuer, quirks } = scope.target;
  const details = reasoning.flatMap((item) => (item.seal?.issuer === issuer ? detailsOfSeal(item.seal) : []));
  for (const { seal } of reasoning) {
    const restored = seal?.issuer === issuer && detailsOfSeal(seal).length > 0;
    if (seal && !restored && !isEmptySeal(seal))
      scope.losses.hint('reasoning.seal', `sealed reasoning of ${seal.issuer} cannot be read by ${issuer}`);
  }
  const text = reasoning.flatMap((item) => item.text ?? item.summary).join('\n\n');
  return {
    ...(quirks.reasoningField === undefined || text === '' ? {} : { [quirks.reasoningField]: text }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  };
}

function encodeCall(call: ToolCallItem, scope: MessageScope): ChatToolCall {
  const { [messageFields]: _around, ...fields } = ownFields(call);
  const id = wireCallId(call.callId, scope.target.issuer);
  const name = scope.tools.wireName(call.tool, call.kind);
  if (call.kind === 'custom' && scope.target.issuer === 'openai') {
    return { id, type: 'custom', custom: { name, input: call.input }, ...fields };
  }
  return { id, type: 'function', function: { name, arguments: argumentsOf(call) }, ...fields };
}

/** Servers parse the arguments of past calls; an empty text, which some models write for no arguments, would fail there. */
function argumentsOf(call: ToolCallItem): string {
  if (call.kind === 'custom') return freeformArguments(call.input);
  return call.input === '' ? '{}' : call.input;
}
