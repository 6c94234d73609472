import type { ItemHead, Reply, ReplyDone, ReplyEvent, StopReason } from '../../core/events.ts';
import type { OutFrame } from '../../core/frame.ts';
import type {
  CanonicalRequest,
  Item,
  MessageItem,
  ReasoningItem,
  ToolCallItem,
  ToolKind,
  ToolName,
} from '../../core/items.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { EncodeContext, ReplyEncoder } from '../dialect.ts';
import { freeformArguments } from '../shared/freeform.ts';
import { anyName, createToolTable } from '../shared/tool-table.ts';
import { failureFrames } from './failure.ts';
import { detailsOfSeal } from './reasoning-details.ts';
import { doneMark } from './reply-decoder.ts';
import { type ChatToolCall, ownFields } from './types.ts';
import { encodeUsage } from './usage.ts';

/** Stands between two texts, or two thoughts, that were items of their own: this dialect has one field for all. */
const separator = '\n\n';

/** Writes events as chunks for a client that speaks Chat Completions. */
export function createReplyEncoder(context: EncodeContext): ReplyEncoder {
  const base = {
    id: context.newId('chatcmpl-'),
    object: 'chat.completion.chunk',
    created: context.createdAt,
    model: context.model,
  };
  const names = createCallNamer(context.request);
  const calls = new Map<number, OpenCall>();
  const texts = createSeparator();
  const thoughts = createSeparator();

  // All but the delta is the same in nearly all chunks, so it is written once.
  const head = `${JSON.stringify(base).slice(0, -1)},"choices":[{"index":0,"delta":`;

  function chunk(delta: JsonObject, finish: string | null = null): OutFrame {
    return { data: `${head}${JSON.stringify(delta)},"logprobs":null,"finish_reason":${JSON.stringify(finish)}}]}` };
  }

  function startItem(index: number, head: ItemHead): readonly OutFrame[] {
    if (head.type !== 'tool-call') return [];
    const call = { at: calls.size, kind: names.kindOf(head.kind, head.tool), told: head.kind };
    calls.set(index, call);
    const opening = { index: call.at, ...callBody(head.callId, call.kind, names.nameOf(head.tool), '') };
    return [chunk({ tool_calls: [opening] })];
  }

  function input(call: OpenCall | undefined, text: string): readonly OutFrame[] {
    if (!call || text === '') return [];
    const body = call.kind === 'custom' ? { custom: { input: text } } : { function: { arguments: text } };
    return [chunk({ tool_calls: [{ index: call.at, ...body }] })];
  }

  function endItem(index: number, item: Item): readonly OutFrame[] {
    const call = calls.get(index);
    if (item.type === 'tool-call' && call && isWrapped(call)) return input(call, freeformArguments(item.input));
    const fields = item.type === 'message' ? sideFields(item) : item.type === 'reasoning' ? sealFields([item]) : {};
    return Object.keys(fields).length === 0 ? [] : [chunk(fields)];
  }

  function end(event: ReplyDone): readonly OutFrame[] {
    const last = chunk({}, finishReason(event.stop, calls.size > 0));
    const usage =
      event.usage && asksForUsage(context.request)
        ? [{ data: JSON.stringify({ ...base, choices: [], usage: encodeUsage(event.usage) }) }]
        : [];
    return [last, ...usage, { data: doneMark }];
  }

  function push(event: ReplyEvent): readonly OutFrame[] {
    switch (event.type) {
      case 'reply-start':
        return [chunk({ role: 'assistant', content: '' })];
      case 'item-start':
        return startItem(event.index, event.item);
      case 'text-delta':
        return [chunk({ content: texts.before(`${event.index}`) + event.text })];
      case 'refusal-delta':
        return [chunk({ refusal: event.text })];
      case 'summary-delta':
      case 'thought-delta':
        return [
          chunk({ reasoning_content: thoughts.before(`${event.type} ${event.index} ${event.part}`) + event.text }),
        ];
      case 'input-delta': {
        const call = calls.get(event.index);
        return call && isWrapped(call) ? [] : input(call, event.text);
      }
      case 'item-done':
        return endItem(event.index, event.item);
      case 'reply-done':
        return end(event);
      case 'reply-failed':
        return failureFrames(event.failure);
      // `opaque`: what only another dialect knows has no place here.
      default:
        return [];
    }
  }

  return { push, keepalive: () => ({ comment: 'keepalive' }) };
}

interface OpenCall {
  /** Place among the calls of this answer. */
  readonly at: number;
  /** How the client is told of it. */
  readonly kind: 'function' | 'custom';
  /** What the model wrote. */
  readonly told: ToolKind;
}

/** A freeform call to a client that never declared a freeform tool: its text must be wrapped, so it waits until it is whole. */
function isWrapped(call: OpenCall): boolean {
  return call.told === 'custom' && call.kind === 'function';
}

/** Gives the separator at the first piece of every section but the first. */
function createSeparator() {
  let current: string | undefined;
  return {
    before(section: string): string {
      const isNext = current !== undefined && current !== section;
      current = section;
      return isNext ? separator : '';
    },
  };
}

/** Tool names and kinds as the caller declared them. */
function createCallNamer(request: CanonicalRequest | undefined) {
  const table = createToolTable(request ?? { model: '', stream: true, items: [], tools: [] }, anyName);
  const custom = new Set(table.flat.filter(({ kind }) => kind === 'custom').map(({ wireName }) => wireName));
  const nameOf = (tool: ToolName) => table.wireName(tool, 'function');
  return {
    nameOf,
    kindOf: (kind: ToolKind, tool: ToolName): OpenCall['kind'] =>
      kind === 'custom' && custom.has(nameOf(tool)) ? 'custom' : 'function',
  };
}

function callBody(id: string, kind: OpenCall['kind'], name: string, input: string): ChatToolCall {
  return kind === 'custom'
    ? { id, type: 'custom', custom: { name, input } }
    : { id, type: 'function', function: { name, arguments: input } };
}

function finishReason(stop: StopReason, called: boolean): string {
  if (stop === 'max-output-tokens') return 'length';
  if (stop === 'content-filter') return 'content_filter';
  return called ? 'tool_calls' : 'stop';
}

/** Usage in a stream is only for those who asked: others choke on a chunk without choices. */
function asksForUsage(request: CanonicalRequest | undefined): boolean {
  if (!request) return true;
  const options = ownFields(request)['stream_options'];
  return isJsonObject(options) && options['include_usage'] === true;
}

/** Citations, images and the like, when the answer came in this same dialect. */
function sideFields(item: MessageItem): JsonObject {
  return ownFields(item);
}

/** Sealed thoughts have a field here only in OpenRouter's form; those of other dialects stay behind. */
function sealFields(items: readonly ReasoningItem[]): JsonObject {
  const details = items.flatMap(({ seal }) => detailsOfSeal(seal));
  return details.length === 0 ? {} : { reasoning_details: details };
}

/** Writes a whole answer. */
export function encodeReply(reply: Reply, context: EncodeContext): JsonObject {
  const messages = reply.items.filter((item) => item.type === 'message');
  const reasoning = reply.items.filter((item) => item.type === 'reasoning');
  const calls = reply.items.filter((item) => item.type === 'tool-call');
  const thought = reasoning.flatMap(({ text, summary }) => [...(text ?? []), ...summary]).join(separator);
  const names = createCallNamer(context.request);
  const message: JsonObject = {
    role: 'assistant',
    content: contentOf(messages),
    refusal: refusalOf(messages),
    ...(thought === '' ? {} : { reasoning_content: thought }),
    ...sealFields(reasoning),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => wholeCall(call, names)) }),
    ...messages.map(sideFields).reduce((all, some) => ({ ...all, ...some }), {}),
  };
  return {
    id: context.newId('chatcmpl-'),
    object: 'chat.completion',
    created: context.createdAt,
    model: context.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(reply.stop, calls.length > 0) }],
    ...(reply.usage ? { usage: encodeUsage(reply.usage) } : {}),
  };
}

function wholeCall(call: ToolCallItem, names: ReturnType<typeof createCallNamer>): ChatToolCall {
  const kind = names.kindOf(call.kind, call.tool);
  const input = call.kind === 'custom' && kind === 'function' ? freeformArguments(call.input) : call.input;
  return { ...callBody(call.callId, kind, names.nameOf(call.tool), input), ...ownFields(call) };
}

function contentOf(messages: readonly MessageItem[]): string | null {
  const texts = messages.map(({ parts }) =>
    parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join(''),
  );
  const said = texts.filter((text) => text !== '');
  return said.length === 0 ? null : said.join(separator);
}

function refusalOf(messages: readonly MessageItem[]): string | null {
  const refusals = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'refusal' ? [part.text] : [])),
  );
  return refusals.length === 0 ? null : refusals.join('');
}
