import { Failure } from '../../core/failure.ts';
import type { Frame } from '../../core/frame.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { Mutable } from '../../core/mutable.ts';
import type { FrameNote, Observation, ReplyObserver } from '../dialect.ts';
import { isEndMark, isKnownType, semanticDeltas, typeInBytes } from './event-type.ts';
import { opensEarly } from './output-item.ts';
import { isTerminalType, terminalOfEvent, terminalOfWhole } from './terminal.ts';

/** Watches a stream that passes untouched: a look at the type of each event; only the first, the first item and the last are parsed. */
export function createObserver(): ReplyObserver {
  const seen: Mutable<Observation> = { semantic: false };
  let started = false;

  function push(frame: Frame): FrameNote {
    if (seen.terminal !== undefined) return undefined;
    const type = typeInBytes(frame);
    if (type === undefined || !isKnownType(type)) onUnknown(frame, type);
    else onType(type, frame);
    return type?.endsWith('.delta') === true ? 'piece' : undefined;
  }

  function onType(type: string, frame: Frame): void {
    if (isTerminalType(type)) onTerminal(type, frame);
    else if (!started && (type === 'response.created' || type === 'response.in_progress')) onStart(frame);
    else if (!seen.semantic) onContent(type, frame);
  }

  /** The type is not where it usually is: the one case in which the whole event must be read to know it. */
  function onUnknown(frame: Frame, hint: string | undefined): void {
    const event = parseJson(frame.data.toString('utf8'));
    if (isJsonObject(event)) {
      if (typeof event['type'] === 'string' && isKnownType(event['type'])) onType(event['type'], frame);
      return;
    }
    if (hint === undefined && !isEndMark(frame.data)) seen.terminal = garbled();
  }

  function onStart(frame: Frame): void {
    const event = parseJson(frame.data.toString('utf8'));
    if (!isJsonObject(event)) return;
    readStart(isJsonObject(event['response']) ? event['response'] : {});
  }

  function readStart(response: JsonObject): void {
    started = true;
    const { id, model } = response;
    if (typeof id === 'string') seen.replyId = id;
    if (typeof model === 'string') seen.model = model;
  }

  function onContent(type: string, frame: Frame): void {
    if (semanticDeltas.has(type)) seen.semantic = true;
    else if (type === 'response.output_item.added' || type === 'response.output_item.done') onItem(type, frame);
    if (seen.semantic) started = true;
  }

  function onItem(type: string, frame: Frame): void {
    const event = parseJson(frame.data.toString('utf8'));
    if (!isJsonObject(event)) seen.terminal = garbled();
    else if (isJsonObject(event['item'])) seen.semantic = type.endsWith('.done') || opensEarly(event['item']);
  }

  function onTerminal(type: string, frame: Frame): void {
    const event = parseJson(frame.data.toString('utf8'));
    if (!isJsonObject(event)) {
      seen.terminal = garbled();
      return;
    }
    const response = isJsonObject(event['response']) ? event['response'] : {};
    if (!started) readStart(response);
    readEnd(terminalOfEvent(type, event), response);
    seen.closed = true;
  }

  function readEnd(terminal: ReturnType<typeof terminalOfEvent>, response: JsonObject): void {
    if (terminal.usage) seen.usage = terminal.usage;
    if (terminal.type === 'reply-failed') {
      seen.terminal = terminal.failure;
      return;
    }
    seen.terminal = terminal.stop === 'complete' ? 'done' : 'incomplete';
    const output = response['output'];
    if (Array.isArray(output) && output.some(isJsonObject)) seen.semantic = true;
  }

  function whole(body: JsonObject): void {
    readStart(body);
    readEnd(terminalOfWhole(body), body);
  }

  return { push, whole, seen };
}

function garbled(): Failure {
  return new Failure('upstream-garbled', 'The provider sent an event that is no JSON.');
}
