import { Failure } from '../../core/failure.ts';
import type { Frame } from '../../core/frame.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/json.ts';
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
  let semantic = false;
  let terminal: Observation['terminal'];
  let closed = false;
  let stopReason: Json | undefined;
  let head: { model?: string; replyId?: string } = {};

  function push(frame: Frame): FrameNote {
    if (terminal !== undefined) return undefined;
    switch (frame.event ?? nameOf(frame)) {
      case 'content_block_delta':
        semantic = true;
        return 'piece';
      case 'content_block_start':
        // A text block opens empty; any other is already something.
        semantic ||= !frame.data.includes(textBlock);
        break;
      case 'message_start':
      case 'message_delta':
      case 'error':
        read(parseJson(frame.data.toString('utf8')));
        break;
      case 'message_stop':
        semantic = true;
        closed = true;
        terminal = incomplete.has(stopReason) ? 'incomplete' : 'done';
        break;
      default:
    }
    return undefined;
  }

  function read(event: Json | undefined): void {
    if (!isJsonObject(event)) {
      terminal = new Failure('upstream-garbled', 'The provider sent something that is not JSON in its stream.');
    } else if (event['type'] === 'message_start' && isJsonObject(event['message'])) {
      open(event['message']);
    } else if (event['type'] === 'message_delta') {
      usage.add(event['usage']);
      if (isJsonObject(event['delta'])) stopReason = event['delta']['stop_reason'] ?? stopReason;
    } else if (event['type'] === 'error') {
      closed = true;
      terminal = failureOfEvent(event);
    }
  }

  function open({ id, model, usage: reported }: JsonObject): void {
    usage.add(reported);
    head = { ...(typeof model === 'string' ? { model } : {}), ...(typeof id === 'string' ? { replyId: id } : {}) };
  }

  function whole(body: JsonObject): void {
    terminal = failureOfWhole(body);
    if (terminal) return;
    open(body);
    semantic = true;
    terminal = incomplete.has(body['stop_reason']) ? 'incomplete' : 'done';
  }

  return {
    push,
    whole,
    get seen() {
      const told = usage.usage;
      return {
        semantic,
        ...(terminal ? { terminal } : {}),
        ...(closed ? { closed } : {}),
        ...(told ? { usage: told } : {}),
        ...head,
      };
    },
  };
}

/** Some vendors that copied the dialect send no event names: then the payload's own type tells. */
function nameOf(frame: Frame): Json | undefined {
  const event = parseJson(frame.data.toString('utf8'));
  return isJsonObject(event) ? event['type'] : undefined;
}
