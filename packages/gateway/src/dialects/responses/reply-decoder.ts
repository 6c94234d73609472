import type { ReplyEvent } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { Frame } from '../../core/frame.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { DecodeContext, ReplyDecoder } from '../dialect.ts';
import { createOutput, type Output } from './output.ts';
import { isTerminalType, terminalOfEvent, terminalOfWhole } from './terminal.ts';
import { isEndMark, isTold, typeInBytes } from './event-type.ts';

/** Reads a Responses stream. Content with `output_item.done` alone is enough, and so are deltas alone. */
export function createReplyDecoder(context: DecodeContext): ReplyDecoder {
  let started = false;
  let ended = false;
  const output = createOutput(context);

  function push(frame: Frame): readonly ReplyEvent[] {
    if (ended) return [];
    const event = parseJson(frame.data.toString('utf8'));
    if (isJsonObject(event)) return onEvent(typeOf(event, frame), event);
    return isIdle(frame) ? [] : fail(new Failure('upstream-garbled', 'The provider sent an event that is no JSON.'));
  }

  function onEvent(type: string, event: JsonObject): readonly ReplyEvent[] {
    const response = isJsonObject(event['response']) ? event['response'] : {};
    if (isTerminalType(type)) {
      const terminal = terminalOfEvent(type, event);
      const rest = terminal.type === 'reply-done' ? output.finish(response) : [];
      ended = true;
      return [...start(response), ...rest, terminal];
    }
    if (type === 'response.created' || type === 'response.in_progress') return start(response);
    const events = output.push(type, event);
    return events.length === 0 ? [] : [...start({}), ...events];
  }

  function start(response: JsonObject): readonly ReplyEvent[] {
    if (started) return [];
    started = true;
    return [startOf(response)];
  }

  function fail(failure: Failure): readonly ReplyEvent[] {
    ended = true;
    return [...start({}), { type: 'reply-failed', failure }];
  }

  function end(): readonly ReplyEvent[] {
    if (ended) return [];
    return fail(new Failure('upstream-cut', 'The provider closed the stream before the answer was complete.'));
  }

  return { push, end };
}

/** Reads a whole answer as the events of a stream. */
export function decodeReply(body: JsonObject, context: DecodeContext): readonly ReplyEvent[] {
  const output: Output = createOutput(context);
  const terminal = terminalOfWhole(body);
  return [startOf(body), ...(terminal.type === 'reply-done' ? output.finish(body) : []), terminal];
}

function startOf(response: JsonObject): ReplyEvent {
  const { id, model } = response;
  return {
    type: 'reply-start',
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof model === 'string' ? { model } : {}),
  };
}

function typeOf(event: JsonObject, frame: Frame): string {
  return typeof event['type'] === 'string' ? event['type'] : (frame.event ?? '');
}

/** `[DONE]`, nothing at all, or a damaged event that would have told nothing. */
function isIdle(frame: Frame): boolean {
  const type = typeInBytes(frame);
  return type === undefined ? isEndMark(frame.data) : !isTold(type);
}
