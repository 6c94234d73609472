import type { ReplyEvent, StopReason } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { Frame } from '../../core/frame.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { DecodeContext, ReplyDecoder } from '../dialect.ts';
import { given } from '../shared/given.ts';
import { createBlockDecoder } from './block-decoder.ts';
import { failureOfEvent, failureOfWhole } from './failure-reader.ts';
import { here } from './types.ts';
import { createUsageReader } from './usage.ts';

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
const stopReasons: Readonly<Record<string, StopReason>> = {
  end_turn: 'complete',
  tool_use: 'complete',
  max_tokens: 'max-output-tokens',
  model_context_window_exceeded: 'max-output-tokens',
  stop_sequence: 'stop-sequence',
  refusal: 'content-filter',
  pause_turn: 'pause',
};

/** Reads a stream of Anthropic events. */
export function createReplyDecoder(context: DecodeContext): ReplyDecoder {
  const reader = createEventReader(context);
  return {
    push(frame: Frame) {
      if (reader.ended() || frame.data.length === 0) return [];
      const event = parseJson(frame.data.toString('utf8'));
      if (isJsonObject(event)) return reader.read(event);
      return reader.fail(
        new Failure('upstream-garbled', 'The provider sent something that is not JSON in its stream.'),
      );
    },
    end() {
      if (reader.ended()) return [];
      return reader.fail(new Failure('upstream-cut', 'The provider cut its answer off before the end.'));
    },
  };
}

/** Reads a whole answer: the same events that a stream would have brought, told at once. */
export function decodeReply(body: JsonObject, context: DecodeContext): readonly ReplyEvent[] {
  const reader = createEventReader(context);
  const failure = failureOfWhole(body);
  if (failure) return reader.fail(failure);
  const blocks: readonly Json[] = Array.isArray(body['content']) ? body['content'] : [];
  return [
    { type: 'message_start', message: { ...body, content: [] } },
    ...blocks.flatMap((block): JsonObject[] => [
      { type: 'content_block_start', content_block: block },
      { type: 'content_block_stop' },
    ]),
    { type: 'message_delta', delta: { stop_reason: body['stop_reason'] } },
    { type: 'message_stop' },
  ].flatMap((event) => reader.read(event));
}

interface EventReader {
  read(event: JsonObject): readonly ReplyEvent[];
  fail(failure: Failure): readonly ReplyEvent[];
  ended(): boolean;
}

function createEventReader(context: DecodeContext): EventReader {
  let events: ReplyEvent[] = [];
  let started = false;
  let ended = false;
  let stop: StopReason = 'other';
  const usage = createUsageReader();
  const blocks = createBlockDecoder(context, (event) => events.push(event));

  function reported(): { usage?: Usage } {
    return given('usage', usage.told());
  }

  function fail(failure: Failure): readonly ReplyEvent[] {
    ended = true;
    const head: readonly ReplyEvent[] = started ? [] : [{ type: 'reply-start' }];
    return [...head, { type: 'reply-failed', failure, ...reported() }];
  }

  function open(message: JsonObject): void {
    const { id, model } = message;
    started = true;
    usage.add(message['usage']);
    events.push({
      type: 'reply-start',
      ...(typeof id === 'string' ? { id } : {}),
      ...(typeof model === 'string' ? { model } : {}),
      ...reported(),
    });
  }

  function close(): void {
    blocks.finish();
    ended = true;
    events.push({ type: 'reply-done', stop, ...reported() });
  }

  function handle(event: JsonObject): void {
    switch (event['type']) {
      case 'message_start':
        return open(objectAt(event, 'message'));
      case 'content_block_start':
        return blocks.start(objectAt(event, 'content_block'));
      case 'content_block_delta':
        return blocks.delta(objectAt(event, 'delta'));
      case 'content_block_stop':
        return blocks.stop();
      case 'message_delta':
        stop = stopOf(objectAt(event, 'delta')['stop_reason']) ?? stop;
        return usage.add(event['usage']);
      case 'message_stop':
        return close();
      case 'ping':
        return undefined;
      default:
        events.push({ type: 'opaque', dialect: here, value: event });
    }
  }

  return {
    fail,
    read(event) {
      if (ended) return [];
      if (event['type'] === 'error') return fail(failureOfEvent(event));
      events = [];
      handle(event);
      return events;
    },
    ended: () => ended,
  };
}

function stopOf(reason: Json | undefined): StopReason | undefined {
  if (typeof reason !== 'string') return undefined;
  return Object.hasOwn(stopReasons, reason) ? stopReasons[reason] : 'other';
}

function objectAt(event: JsonObject, key: string): JsonObject {
  const value = event[key];
  return isJsonObject(value) ? value : {};
}
