import { Failure } from '../../core/failure.ts';
import type { Frame } from '../../core/frame.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/json.ts';
import type { Mutable } from '../../core/mutable.ts';
import type { FrameNote, Observation, ReplyObserver } from '../dialect.ts';
import { failureOfEvent, failureOfWhole } from './failure-reader.ts';
import { createUsageReader } from './usage.ts';

const textBlock = '"type":"text"';
/** Stop reasons that say the answer is not whole. */
const incomplete: ReadonlySet<Json | undefined> = new Set(['max_tokens', 'model_context_window_exceeded', 'refusal']);

/**
 * Watches a Messages stream. Nearly all frames are content deltas: their event name is enough, only the frames that
 * tell usage, the stop reason or an error are parsed.
 */
export function createObserver(): ReplyObserver {
  const usage = createUsageReader();
  const seen: Mutable<Observation> = { semantic: false };
  let stopReason: Json | undefined;

  function push(frame: Frame): FrameNote {
    if (seen.terminal !== undefined) return undefined;
    switch (frame.event ?? nameOf(frame)) {
      case 'content_block_delta':
        seen.semantic = true;
        return 'piece';
      case 'content_block_start':
        // A text block opens empty; any other is already something.
        seen.semantic ||= !frame.data.includes(textBlock);
        break;
      case 'message_start':
      case 'message_delta':
      case 'error':
        read(parseJson(frame.data.toString('utf8')));
        break;
      case 'message_stop':
        seen.semantic = true;
        seen.closed = true;
        seen.terminal = incomplete.has(stopReason) ? 'incomplete' : 'done';
        break;
      default:
    }
    return undefined;
  }

  function read(event: Json | undefined): void {
    if (!isJsonObject(event)) {
      seen.terminal = new Failure('upstream-garbled', 'The provider sent something that is not JSON in its stream.');
    } else if (event['type'] === 'message_start' && isJsonObject(event['message'])) {
      open(event['message']);
    } else if (event['type'] === 'message_delta') {
      count(event['usage']);
      if (isJsonObject(event['delta'])) stopReason = event['delta']['stop_reason'] ?? stopReason;
    } else if (event['type'] === 'error') {
      seen.closed = true;
      seen.terminal = failureOfEvent(event);
    }
  }

  function open({ id, model, usage: reported }: JsonObject): void {
    count(reported);
    if (typeof model === 'string') seen.model = model;
    if (typeof id === 'string') seen.replyId = id;
  }

  function count(reported: Json | undefined): void {
    usage.add(reported);
    const told = usage.told();
    if (told) seen.usage = told;
  }

  function whole(body: JsonObject): void {
    const failure = failureOfWhole(body);
    if (failure) {
      seen.terminal = failure;
      return;
    }
    open(body);
    seen.semantic = true;
    seen.terminal = incomplete.has(body['stop_reason']) ? 'incomplete' : 'done';
  }

  return { push, whole, seen };
}

/** Some vendors that copied the dialect send no event names: then the payload's own type tells. */
function nameOf(frame: Frame): Json | undefined {
  const event = parseJson(frame.data.toString('utf8'));
  return isJsonObject(event) ? event['type'] : undefined;
}
