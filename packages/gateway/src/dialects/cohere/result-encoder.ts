import type { ToolResultItem } from '../../core/items.ts';
import { tellFoundTools } from '../shared/found-tools.ts';
import type { AnsweredCall } from '../shared/turns.ts';
import { encodeContent, encodeParts, isWord } from './part-encoder.ts';
import type { CohereMessage, CoherePart, EncodeScope } from './types.ts';

/** The results of one turn's calls, in the order of the calls, then what a result cannot hold as one user message. */
export function encodeResults(calls: readonly AnsweredCall[], scope: EncodeScope): readonly CohereMessage[] {
  const messages = calls.map(({ call, result }) => resultMessage(call.callId, result, scope));
  const media = calls.flatMap(({ result }) => (result ? mediaBeside(result, scope) : []));
  return media.length === 0 ? messages : [...messages, { role: 'user', content: media }];
}

function resultMessage(callId: string, result: ToolResultItem | undefined, scope: EncodeScope): CohereMessage {
  return { role: 'tool', tool_call_id: callId, content: result ? wordsOf(result, scope) : missing(scope) };
}

/** A call without a result is refused. An agent that was interrupted has none. */
function missing({ losses }: EncodeScope): string {
  losses.hint('tool-result.missing', 'a call without a result was answered for the agent as not finished');
  return 'The call was interrupted: there is no result.';
}

/** A result without words still says something: the tools that a search found, or that a picture follows. */
function wordsOf(result: ToolResultItem, scope: EncodeScope): string | readonly CoherePart[] {
  if (result.isError === true)
    scope.losses.hint('tool-result.error', 'Cohere has no mark for a failed call; the text says it');
  const content = encodeContent(result.output.filter(isWord), '\n', scope);
  if (content !== '') return content;
  if (result.tools) return tellFoundTools(result.tools, scope.tools);
  return result.output.every(isWord) ? 'There is no output.' : 'The result follows in the next message.';
}

function mediaBeside({ callId, output }: ToolResultItem, scope: EncodeScope): readonly CoherePart[] {
  const media = encodeParts(
    output.filter((part) => !isWord(part)),
    scope,
  );
  return media.length === 0 ? [] : [{ type: 'text', text: `From the result of tool call ${callId}:` }, ...media];
}

/** A result whose call is not in the history (cut off by a compaction): it is kept as the user's. */
export function encodeOrphan({ callId, output }: ToolResultItem, scope: EncodeScope): readonly CohereMessage[] {
  scope.losses.hint('tool-result.call', 'a result without its call was told as text');
  const text = `Result of an earlier tool call (${callId}):`;
  return [{ role: 'user', content: encodeContent([{ type: 'text', text }, ...output], '\n', scope) }];
}
