import type { ReplyEvent, StopReason } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { Frame } from '../../core/frame.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { DecodeContext, ReplyDecoder } from '../dialect.ts';
import { createBlockDecoder } from '../messages/block-decoder.ts';
import { given } from '../shared/given.ts';
import { createBlockReader } from './block-reader.ts';
import { failureOfException } from './failure.ts';
import { usageOf } from './usage.ts';

/** Reads the events of a ConverseStream. Frames are named as the events. */
export function createReplyDecoder(context: DecodeContext): ReplyDecoder {
  let events: ReplyEvent[] = [];
  const blocks = createBlockReader(createBlockDecoder(context, (event) => events.push(event)));
  let started = false;
  let ended = false;
  let stop: StopReason | undefined;
  let usage: Usage | undefined;

  function start(): void {
    if (!started) events.push({ type: 'reply-start' });
    started = true;
  }

  function finish(reason: StopReason): void {
    ended = true;
    events.push({ type: 'reply-done', stop: reason, ...given('usage', usage) });
  }

  function fail(failure: Failure): void {
    start();
    ended = true;
    events.push({ type: 'reply-failed', failure, ...given('usage', usage) });
  }

  function handle(name: string, event: JsonObject): void {
    if (!isEvent(name)) return fail(failureOfException(name, event));
    start();
    if (name === 'contentBlockStart') blocks.start(event);
    else if (name === 'contentBlockDelta') blocks.delta(event);
    else if (name === 'contentBlockStop') blocks.stop();
    else if (name === 'messageStop') endMessage(event['stopReason']);
    else if (name === 'metadata') tell(usageOf(event));
  }

  function endMessage(reason: Json | undefined): void {
    blocks.finish();
    const read = stopOf(reason);
    if (read instanceof Failure) return fail(read);
    stop = read;
    // Usage comes behind the end; a proxy may have put it before.
    if (usage) finish(stop);
  }

  function tell(told: Usage | undefined): void {
    usage = told ?? usage;
    if (stop !== undefined) finish(stop);
  }

  function collect(read: () => void): readonly ReplyEvent[] {
    if (ended) return [];
    events = [];
    read();
    return events;
  }

  return {
    push: ({ event = '', data }: Frame) =>
      collect(() => {
        const payload = data.length === 0 ? {} : parseJson(data.toString('utf8'));
        if (isJsonObject(payload)) handle(event, payload);
        else fail(new Failure('upstream-garbled', 'The provider sent a stream event that is not a JSON object.'));
      }),
    end: () =>
      collect(() => {
        if (stop !== undefined) finish(stop);
        else fail(new Failure('upstream-cut', 'The provider ended its stream before the answer was complete.'));
      }),
    complete: () => stop !== undefined && !ended,
  };
}

/** Reads a whole answer: the same events that a stream would have brought, told at once. */
export function decodeReply(body: JsonObject, context: DecodeContext): readonly ReplyEvent[] {
  const output = isJsonObject(body['output']) ? body['output']['message'] : undefined;
  const start: ReplyEvent = { type: 'reply-start' };
  if (!isJsonObject(output)) return [start, { type: 'reply-failed', failure: failureOfException('', body) }];
  const events: ReplyEvent[] = [start];
  const blocks = createBlockReader(createBlockDecoder(context, (event) => events.push(event)));
  const content: readonly Json[] = Array.isArray(output['content']) ? output['content'] : [];
  for (const block of content) if (isJsonObject(block)) blocks.whole(block);
  blocks.finish();
  const stop = stopOf(body['stopReason']);
  const usage = given('usage', usageOf(body));
  events.push(
    stop instanceof Failure
      ? { type: 'reply-failed', failure: stop, ...usage }
      : { type: 'reply-done', stop, ...usage },
  );
  return events;
}

/** Events of an answer, also those that are yet unknown. All else names an exception. */
function isEvent(name: string): boolean {
  return /^(message|content|metadata)/.test(name);
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
const stops: Readonly<Record<string, StopReason>> = {
  end_turn: 'complete',
  tool_use: 'complete',
  max_tokens: 'max-output-tokens',
  model_context_window_exceeded: 'max-output-tokens',
  stop_sequence: 'stop-sequence',
  guardrail_intervened: 'content-filter',
  content_filtered: 'content-filter',
};

function stopOf(reason: Json | undefined): StopReason | Failure {
  if (typeof reason !== 'string') return 'other';
  if (reason.startsWith('malformed'))
    return new Failure('upstream-garbled', `The model wrote what Bedrock could not read (${reason}).`);
  return Object.hasOwn(stops, reason) ? (stops[reason] ?? 'other') : 'other';
}
