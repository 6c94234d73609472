import type { ReplyEvent } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { Frame } from '../../core/frame.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { DecodeContext, ReplyDecoder } from '../dialect.ts';
import { given } from '../shared/given.ts';
import { type AnswerBuilder, createAnswerBuilder } from './answer-builder.ts';
import { failureInAnswer, stopOf } from './failure.ts';
import { usageOf } from './usage.ts';

/** Turns Cohere's stream events into ours. Citations have no place in the canonical form: their texts stand in the answer anyway. */
export function createReplyDecoder(context: DecodeContext): ReplyDecoder {
  const builder = createAnswerBuilder(context);
  let started = false;
  let closed = false;

  function start(id: Json | undefined): readonly ReplyEvent[] {
    if (started) return [];
    started = true;
    return [{ type: 'reply-start', ...given('id', textOf(id) || undefined) }];
  }

  function push(frame: Frame): readonly ReplyEvent[] {
    const text = frame.data.toString('utf8').trim();
    if (closed || text === '' || text === '[DONE]') return [];
    const event = parseJson(text);
    return isJsonObject(event) ? read(event) : fail(garbled());
  }

  function read(event: JsonObject): readonly ReplyEvent[] {
    const delta = objectOf(event['delta']);
    if (event['type'] === 'message-end') return finish(delta);
    // An error has no type, in a stream as elsewhere.
    if (event['type'] === undefined) return fail(failureInAnswer(event));
    const head = start(event['id']);
    return [...head, ...readEvent(event, objectOf(delta['message']), builder)];
  }

  function finish(delta: JsonObject): readonly ReplyEvent[] {
    const stop = stopOf(textOf(delta['finish_reason']), delta);
    const usage = usageOf(delta['usage']);
    if (stop instanceof Failure) return fail(stop, usage);
    const head = start(undefined);
    closed = true;
    return [...head, ...builder.close(), { type: 'reply-done', stop, ...given('usage', usage) }];
  }

  function fail(failure: Failure, usage?: Usage): readonly ReplyEvent[] {
    if (closed) return [];
    const head = start(undefined);
    closed = true;
    return [...head, { type: 'reply-failed', failure, ...given('usage', usage) }];
  }

  return {
    push,
    end: () => fail(new Failure('upstream-cut', 'The provider ended its stream before the answer was complete.')),
  };
}

/** Reads a whole answer as the events that a stream would have had. */
export function decodeReply(body: JsonObject, context: DecodeContext): readonly ReplyEvent[] {
  const message = objectOf(body['message']);
  if (!isJsonObject(body['message']))
    return [{ type: 'reply-start' }, { type: 'reply-failed', failure: failureInAnswer(body) }];
  const builder = createAnswerBuilder(context);
  const said = [
    ...builder.say('thought', 'plan', textOf(message['tool_plan'])),
    ...contentOf(message['content']).flatMap((part, at) => sayPart(builder, at, part)),
    ...objectsOf(message['tool_calls']).flatMap((call, at) => [
      ...builder.startCall(at, nameOf(call)),
      ...builder.input(at, textOf(objectOf(call['function'])['arguments'])),
      ...builder.endCall(at),
    ]),
    ...builder.close(),
  ];
  const stop = stopOf(textOf(body['finish_reason']), body);
  const usage = given('usage', usageOf(body['usage']));
  const end: ReplyEvent =
    stop instanceof Failure
      ? { type: 'reply-failed', failure: stop, ...usage }
      : { type: 'reply-done', stop, ...usage };
  return [{ type: 'reply-start', ...given('id', textOf(body['id']) || undefined) }, ...said, end];
}

function readEvent(event: JsonObject, message: JsonObject, builder: AnswerBuilder): readonly ReplyEvent[] {
  const slot = typeof event['index'] === 'number' ? event['index'] : 0;
  switch (event['type']) {
    case 'content-start':
    case 'content-delta':
      return sayPart(builder, slot, objectOf(message['content']));
    case 'tool-plan-delta':
      return builder.say('thought', 'plan', textOf(message['tool_plan']));
    case 'tool-call-start':
    case 'tool-call-delta': {
      const call = objectOf(message['tool_calls']);
      const head = event['type'] === 'tool-call-start' ? builder.startCall(slot, nameOf(call)) : [];
      return [...head, ...builder.input(slot, textOf(objectOf(call['function'])['arguments']))];
    }
    case 'tool-call-end':
      return builder.endCall(slot);
    default:
      return [];
  }
}

function sayPart(builder: AnswerBuilder, at: number, part: JsonObject): readonly ReplyEvent[] {
  return [
    ...builder.say('thought', `content ${at}`, textOf(part['thinking'])),
    ...builder.say('text', `content ${at}`, textOf(part['text'])),
  ];
}

function nameOf(call: JsonObject) {
  return { id: textOf(call['id']), name: textOf(objectOf(call['function'])['name']) };
}

function contentOf(content: Json | undefined): readonly JsonObject[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content);
}

function garbled(): Failure {
  return new Failure('upstream-garbled', 'The provider sent a stream event that is not a JSON object.');
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
