import type { Reply, ReplyEvent } from '../../src/core/events.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Item, ToolName } from '../../src/core/items.ts';
import { isJsonObject, type Json, parseJson } from '../../src/core/json.ts';
import { foldReply } from '../../src/dialects/shared/reply.ts';

/** What an answer says whatever dialect carried it: text, calls, tokens and how it ended; or that it failed. */
export function gistOf(events: readonly ReplyEvent[]) {
  const reply = foldReply(events);
  if (reply instanceof Failure) return 'failed';
  return {
    // Chat has one message per answer: it joins several with an empty line.
    text: reply.items.map(textOf).join('').replaceAll('\n\n', ''),
    calls: reply.items.flatMap(callOf),
    usage: reply.usage && tokensOf(reply.usage),
    // Not every dialect has words for the other ways to stop: they count as complete.
    stop: reply.stop === 'max-output-tokens' || reply.stop === 'content-filter' ? reply.stop : 'complete',
  };
}

function tokensOf(usage: NonNullable<Reply['usage']>) {
  return { input: usage.inputTokens, output: usage.outputTokens, cached: usage.cachedInputTokens };
}

function textOf(item: Item): string {
  if (item.type !== 'message') return '';
  return item.parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');
}

function callOf(item: Item) {
  return item.type === 'tool-call' ? [{ name: fullName(item.tool), input: inputOf(item.input) }] : [];
}

/** Dialects without namespaces say them in the name. */
function fullName(tool: ToolName): string {
  return tool.namespace === undefined ? tool.name : `${tool.namespace}__${tool.name}`;
}

/** Arguments as JSON; a freeform input that travelled as a function is taken out of its wrapping. */
function inputOf(input: string): Json {
  const value = parseJson(input === '' ? '{}' : input) ?? input;
  const inner = isJsonObject(value) && Object.keys(value).length === 1 ? value['input'] : undefined;
  return typeof inner === 'string' ? (parseJson(inner) ?? inner) : value;
}
