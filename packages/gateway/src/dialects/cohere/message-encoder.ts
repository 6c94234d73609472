import type { Item, MessageItem, ReasoningItem, ToolCallItem } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { freeformArguments } from '../shared/freeform.ts';
import { loseOpaque } from '../shared/losses.ts';
import { isEmptySeal } from '../shared/seal.ts';
import { type AssistantTurn, groupTurns, type Turn } from '../shared/turns.ts';
import { encodeContent } from './part-encoder.ts';
import { encodeOrphan, encodeResults } from './result-encoder.ts';
import type { CohereMessage, CoherePart, EncodeScope } from './types.ts';

/** The history as `messages`. */
export function encodeMessages(items: readonly Item[], scope: EncodeScope): readonly CohereMessage[] {
  return groupTurns(items).flatMap((turn) => encodeTurn(turn, scope));
}

function encodeTurn(turn: Turn, scope: EncodeScope): readonly CohereMessage[] {
  switch (turn.type) {
    case 'input':
      return [encodeInput(turn.message, scope)];
    case 'assistant':
      return encodeAssistant(turn, scope);
    case 'orphan':
      return encodeOrphan(turn.result, scope);
    default:
      loseOpaque(turn.item, scope.losses);
      return [];
  }
}

function encodeInput({ role, parts }: MessageItem, scope: EncodeScope): CohereMessage {
  return { role: role === 'user' ? 'user' : 'system', content: encodeContent(parts, '\n\n', scope) };
}

function encodeAssistant(turn: AssistantTurn, scope: EncodeScope): readonly CohereMessage[] {
  for (const { tool } of turn.hosted) {
    scope.losses.hint(`hosted-call.${tool}`, 'what another provider ran itself is not repeated; its answer is');
  }
  const thought = ownThoughts(turn.reasoning, scope);
  const text = turn.texts.map(({ parts }) => encodeContent(parts, '', scope)).filter((content) => content !== '');
  if (text.length === 0 && turn.calls.length === 0) return [];
  const calls = turn.calls.map(({ call }) => encodeCall(call, scope));
  const message: CohereMessage = {
    role: 'assistant',
    ...(calls.length === 0
      ? contentOf(text, thought)
      : { ...planOf(thought), ...contentOf(text, ''), tool_calls: calls }),
  };
  return [message, ...encodeResults(turn.calls, scope)];
}

/** The model reads a plan where it reads a thought (its chat template marks both alike), and before calls all its models know a plan. */
function planOf(thought: string): JsonObject {
  return thought === '' ? {} : { tool_plan: thought };
}

function contentOf(texts: readonly (string | readonly CoherePart[])[], thought: string): JsonObject {
  if (thought === '' && texts.every((text) => typeof text === 'string')) {
    return texts.length === 0 ? {} : { content: texts.join('\n\n') };
  }
  const thinking: readonly CoherePart[] = thought === '' ? [] : [{ type: 'thinking', thinking: thought }];
  const parts = texts.flatMap((text): readonly CoherePart[] =>
    typeof text === 'string' ? [{ type: 'text', text }] : text,
  );
  return { content: [...thinking, ...parts] };
}

/** What this vendor's own models thought, in one text. Thoughts of others stay behind: a sealed one as a loss. */
function ownThoughts(reasoning: readonly ReasoningItem[], { target, losses }: EncodeScope): string {
  const own = reasoning.filter(({ seal }) => seal === undefined || seal.issuer === target.issuer);
  for (const { seal } of reasoning) {
    if (seal && seal.issuer !== target.issuer && !isEmptySeal(seal))
      losses.hint('reasoning.seal', `sealed reasoning of ${seal.issuer} cannot be read by ${target.issuer}`);
  }
  return own.flatMap(({ text, summary }) => text ?? summary).join('\n\n');
}

function encodeCall(call: ToolCallItem, scope: EncodeScope): JsonObject {
  const input = call.kind === 'custom' ? freeformArguments(call.input) : call.input || '{}';
  const name = scope.tools.wireName(call.tool, call.kind);
  return { id: call.callId, type: 'function', function: { name, arguments: input } };
}
