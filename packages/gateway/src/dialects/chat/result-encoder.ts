import type { Part, ToolResultItem } from '../../core/items.ts';
import { tellFoundTools } from '../shared/found-tools.ts';
import type { ToolTable } from '../shared/tool-table.ts';
import { wireCallId } from './call-id.ts';
import { encodeContent, encodeParts, type EncodeScope } from './part-encoder.ts';
import type { AnsweredCall } from '../shared/turns.ts';
import { arrayContent, type ChatMessage, type ChatPart, ownFields } from './types.ts';

interface ResultScope extends EncodeScope {
  readonly tools: ToolTable;
}

/** The results of one turn's calls, in the order of the calls, then what the tool role cannot hold as one user message. */
export function encodeResults(calls: readonly AnsweredCall[], scope: ResultScope): readonly ChatMessage[] {
  const messages: ChatMessage[] = [];
  const media: ChatPart[] = [];
  for (const { call, result } of calls) {
    const id = wireCallId(call.callId, scope.target.issuer);
    messages.push(result ? encodeResult(id, result, scope) : missingResult(id, scope));
    if (result) media.push(...mediaBeside(id, result, scope));
  }
  return media.length === 0 ? messages : [...messages, { role: 'user', content: media }];
}

/** Every vendor refuses a call without a result. An agent that was interrupted has none. */
function missingResult(id: string, scope: EncodeScope): ChatMessage {
  scope.losses.hint('tool-result.missing', 'a call without a result was answered for the agent as not finished');
  return { role: 'tool', tool_call_id: id, content: 'The call was interrupted: there is no result.' };
}

function encodeResult(id: string, result: ToolResultItem, scope: ResultScope): ChatMessage {
  if (result.isError === true)
    scope.losses.hint('tool-result.error', 'Chat Completions has no error mark; the text says it');
  const { content: form, ...fields } = ownFields(result);
  const parts = withCache(mediaStaysInside(scope) ? result.output : result.output.filter(isWord), result);
  const content = encodeContent(parts, scope, { asArray: form === arrayContent, separator: '\n' });
  return {
    role: 'tool',
    tool_call_id: id,
    content: content === '' ? emptyText(result, scope) : content,
    ...fields,
  };
}

/** A mark on the whole result stands on its last part in this dialect. */
function withCache(parts: readonly Part[], { cache }: ToolResultItem): readonly Part[] {
  const last = parts.at(-1);
  return cache && last?.type === 'text' ? [...parts.slice(0, -1), { ...last, cache }] : parts;
}

/** A result without words still says something: the tools that a search found, or that a picture follows. */
function emptyText(result: ToolResultItem, scope: ResultScope): string {
  if (result.tools) return tellFoundTools(result.tools, scope.tools);
  return result.output.every(isWord) ? '' : 'The result follows in the next message.';
}

function isWord(part: Part): boolean {
  return part.type === 'text' || part.type === 'refusal';
}

/** The tool role of the Chat API takes text only, so that is the default. */
function mediaStaysInside(scope: EncodeScope): boolean {
  return scope.target.quirks.noImagesInToolResults === false;
}

function mediaBeside(id: string, result: ToolResultItem, scope: EncodeScope): readonly ChatPart[] {
  if (mediaStaysInside(scope)) return [];
  const parts = encodeParts(
    result.output.filter((part) => !isWord(part)),
    scope,
  );
  return parts.length === 0 ? [] : [{ type: 'text', text: `From the result of tool call ${id}:` }, ...parts];
}

/** A result whose call is not in the history (cut off by a compaction): its text is kept as the user's. */
export function encodeOrphan(result: ToolResultItem, scope: EncodeScope): readonly ChatMessage[] {
  scope.losses.hint('tool-result.call', 'a result without its call was told as text');
  const head: Part = { type: 'text', text: `Result of an earlier tool call (${result.callId}):` };
  const content = encodeContent([head, ...result.output], scope, { asArray: false, separator: '\n' });
  return [{ role: 'user', content }];
}
