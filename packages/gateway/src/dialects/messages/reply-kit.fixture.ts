import { isSemantic, type Reply, type ReplyEvent } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { Frame, OutFrame } from '../../core/frame.ts';
import type { CanonicalRequest } from '../../core/items.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { DecodeContext, EncodeContext, Observation } from '../dialect.ts';
import { foldReply } from '../shared/reply.ts';
import { createToolTable } from '../shared/tool-table.ts';
import { messages } from './index.ts';
import { nameRules } from './tool-writer.ts';
import { textOf } from './types.ts';

const request: CanonicalRequest = {
  model: 'm',
  stream: true,
  items: [],
  tools: [
    { type: 'custom', name: 'apply_patch' },
    { type: 'namespace', name: 'agents', tools: [{ type: 'function', name: 'spawn' }] },
  ],
};
export const context: DecodeContext = { tools: createToolTable(request, nameRules), issuer: 'anthropic' };
export const encoding: EncodeContext = { model: 'asked', createdAt: 0, newId: (prefix) => `${prefix}1` };

function frame(event: JsonObject, named = true): Frame {
  return { event: named ? textOf(event, 'type') : undefined, data: Buffer.from(JSON.stringify(event)) };
}

export function decode(events: readonly JsonObject[]): readonly ReplyEvent[] {
  const decoder = messages.createReplyDecoder(context);
  return [...events.flatMap((event) => decoder.push(frame(event))), ...decoder.end()];
}

export function encode(events: readonly ReplyEvent[]): readonly JsonObject[] {
  const encoder = messages.createReplyEncoder(encoding);
  return events.flatMap((event) => encoder.push(event)).map(eventOf);
}

function eventOf(out: OutFrame): JsonObject {
  const event = 'data' in out ? parseJson(out.data) : undefined;
  if (!isJsonObject(event) || !('event' in out)) throw new Error('a frame without event name or JSON');
  if (out.event !== event['type']) throw new Error("an event name that is not the event's type");
  return event;
}

export function folded(events: readonly ReplyEvent[]): Reply {
  const reply = foldReply(events);
  if (reply instanceof Failure) throw reply;
  return reply;
}

export const start: JsonObject = {
  type: 'message_start',
  message: {
    id: 'msg_9',
    model: 'claude-x',
    usage: {
      input_tokens: 5,
      cache_read_input_tokens: 3,
      cache_creation_input_tokens: 2,
      cache_creation: { ephemeral_1h_input_tokens: 1 },
      output_tokens: 1,
    },
  },
};
export const stop: JsonObject = { type: 'message_stop' };
export const open = (block: JsonObject): JsonObject => ({
  type: 'content_block_start',
  index: 0,
  content_block: block,
});
export const delta = (value: JsonObject): JsonObject => ({ type: 'content_block_delta', index: 0, delta: value });
const close: JsonObject = { type: 'content_block_stop', index: 0 };
export const ended = (reason: string): JsonObject => ({
  type: 'message_delta',
  delta: { stop_reason: reason },
  usage: { output_tokens: 7, output_tokens_details: { thinking_tokens: 4 } },
});

export function answer(...blocks: readonly (readonly JsonObject[])[]): readonly JsonObject[] {
  return [start, ...blocks.flatMap((block) => [...block, close]), ended('end_turn'), stop];
}

export const think = [
  open({ type: 'thinking', thinking: '', signature: '' }),
  delta({ type: 'thinking_delta', thinking: 'hm' }),
  delta({ type: 'signature_delta', signature: 'c2ln' }),
];
export const text = [
  open({ type: 'text', text: '' }),
  delta({ type: 'text_delta', text: 'Hel' }),
  delta({ type: 'text_delta', text: 'lo' }),
];

/** What an observer saw of a stream. `named`: frames carry event names. */
export function observe(events: readonly JsonObject[], named: boolean): Observation {
  const observer = messages.createObserver();
  for (const event of events) observer.push(frame(event, named));
  return observer.seen;
}

/** What an observer should have seen, by what decoding told. */
export function observationOf(told: readonly ReplyEvent[]): Observation {
  const last = told.at(-1);
  const head = told.find((event) => event.type === 'reply-start');
  const usage = last?.type === 'reply-done' || last?.type === 'reply-failed' ? last.usage : undefined;
  return {
    semantic: told.some(isSemantic),
    ...terminalOf(last),
    ...(usage ? { usage } : {}),
    ...(head?.model === undefined ? {} : { model: head.model }),
    ...(head?.id === undefined ? {} : { replyId: head.id }),
  };
}

function terminalOf(last: ReplyEvent | undefined): Pick<Observation, 'terminal' | 'closed'> {
  // Whether a body was cut is seen by whoever reads it: the observer only sees frames.
  if (last?.type === 'reply-failed') {
    if (last.failure.code === 'upstream-cut') return {};
    // A frame that cannot be read ends the reading, but its stream told no end.
    return last.failure.code === 'upstream-garbled'
      ? { terminal: last.failure }
      : { terminal: last.failure, closed: true };
  }
  if (last?.type !== 'reply-done') return {};
  const incomplete = last.stop === 'max-output-tokens' || last.stop === 'content-filter';
  return { terminal: incomplete ? 'incomplete' : 'done', closed: true };
}
