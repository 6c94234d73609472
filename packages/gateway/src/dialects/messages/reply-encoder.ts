import type { Reply, ReplyEvent, StopReason } from '../../core/events.ts';
import type { OutFrame } from '../../core/frame.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodeContext, ReplyEncoder } from '../dialect.ts';
import { blocksOf } from './block-writer.ts';
import { failureFrames } from './failure.ts';
import { type BlockSink, createItemStreamer, type ItemStreamer } from './item-streamer.ts';
import { here, textOf } from './types.ts';
import { writeUsage } from './usage.ts';

/** Writes an answer as Anthropic's stream. Claude Code needs the `event:` lines, and blocks that never interleave. */
export function createReplyEncoder(context: EncodeContext): ReplyEncoder {
  let frames: OutFrame[] = [];
  let started = false;
  let called = false;
  const streamItem = createItemQueue(createBlockSink(send));

  function send(event: JsonObject & { readonly type: string }): void {
    frames.push(frameOf(event));
  }

  function start(id = context.newId('msg_')): void {
    if (started) return;
    started = true;
    const usage = { input_tokens: 0, output_tokens: 0 };
    send({ type: 'message_start', message: { ...headOf(id, context), content: [], ...stopFields(null), usage } });
  }

  function handle(event: ReplyEvent): void {
    switch (event.type) {
      case 'reply-start':
        return start(event.id?.startsWith('msg_') ? event.id : undefined);
      case 'reply-done':
        start();
        send({
          type: 'message_delta',
          delta: stopFields(stopReasonOf(event.stop, called)),
          usage: writeUsage(event.usage),
        });
        return send({ type: 'message_stop' });
      case 'reply-failed':
        frames.push(...failureFrames(event.failure));
        return undefined;
      case 'opaque':
        if (event.dialect === here)
          frames.push({ event: textOf(event.value, 'type'), data: JSON.stringify(event.value) });
        return undefined;
      default:
        start();
        if (event.type === 'item-start' && event.item.type === 'tool-call') called = true;
        return streamItem(event);
    }
  }

  return {
    push(event) {
      frames = [];
      handle(event);
      return frames;
    },
    keepalive: () => frameOf({ type: 'ping' }),
  };
}

/** Writes a whole answer. */
export function encodeReply(reply: Reply, context: EncodeContext): JsonObject {
  const called = reply.items.some((item) => item.type === 'tool-call');
  const id = reply.id?.startsWith('msg_') ? reply.id : context.newId('msg_');
  return {
    ...headOf(id, context),
    content: reply.items.flatMap(blocksOf),
    ...stopFields(stopReasonOf(reply.stop, called)),
    usage: writeUsage(reply.usage),
  };
}

function headOf(id: string, { model }: EncodeContext): JsonObject {
  return { id, type: 'message', role: 'assistant', model };
}

function stopFields(reason: string | null): JsonObject {
  return { stop_reason: reason, stop_sequence: null };
}

const stopReasons = {
  'max-output-tokens': 'max_tokens',
  'content-filter': 'refusal',
  'stop-sequence': 'stop_sequence',
  pause: 'pause_turn',
} as const satisfies Partial<Record<StopReason, string>>;

function stopReasonOf(stop: StopReason, called: boolean): string {
  if (stop === 'complete' || stop === 'other') return called ? 'tool_use' : 'end_turn';
  return stopReasons[stop];
}

function frameOf(event: JsonObject & { readonly type: string }): OutFrame {
  return { event: event.type, data: JSON.stringify(event) };
}

function createBlockSink(send: (event: JsonObject & { readonly type: string }) => void): BlockSink {
  let index = 0;
  return {
    open: (block) => send({ type: 'content_block_start', index, content_block: block }),
    delta: (delta) => send({ type: 'content_block_delta', index, delta }),
    close() {
      send({ type: 'content_block_stop', index });
      index += 1;
    },
  };
}

type ItemEvent = Extract<ReplyEvent, { readonly index: number }>;

/** Passes on one item at a time: what belongs to others waits until the current one is done. */
function createItemQueue(sink: BlockSink): (event: ItemEvent) => void {
  const waiting = new Map<number, ItemEvent[]>();
  let active: { readonly index: number; readonly streamer: ItemStreamer } | undefined;

  function write(event: ItemEvent): void {
    if (event.type === 'item-start') active = { index: event.index, streamer: createItemStreamer(event, sink) };
    active?.streamer.push(event);
    if (event.type === 'item-done') active = undefined;
  }

  function writeWaiting(): void {
    for (const [index, events] of waiting) {
      if (active) return;
      waiting.delete(index);
      events.forEach(write);
    }
  }

  return (event) => {
    if (active ? active.index === event.index : event.type === 'item-start') write(event);
    else waiting.set(event.index, [...(waiting.get(event.index) ?? []), event]);
    writeWaiting();
  };
}
