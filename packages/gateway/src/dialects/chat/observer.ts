import { isSemantic, type ReplyEvent, type ReplyStart, type StopReason } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { Frame } from '../../core/frame.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { Mutable } from '../../core/mutable.ts';
import type { DecodeContext, FrameNote, Observation, ReplyObserver } from '../dialect.ts';
import { anyName, createToolTable } from '../shared/tool-table.ts';
import { failureInAnswer, failureOfFinish, stopOf } from './finish.ts';
import { createReplyDecoder, decodeReply, doneMark, firstChoice, garbled } from './reply-decoder.ts';
import { isFilled } from './types.ts';
import { usageOf } from './usage.ts';

/**
 * Watches an answer that passes untouched. The first few frames are decoded, so that "semantic" means exactly what it means there.
 * After that a frame is parsed only when its bytes say that there is something to learn from it.
 */
export function createObserver(): ReplyObserver {
  const context: DecodeContext = {
    tools: createToolTable({ model: '', stream: true, items: [], tools: [] }, anyName),
    issuer: '',
  };
  const decoder = createReplyDecoder(context);
  const seen: Mutable<Observation> = { semantic: false };

  function push(frame: Frame): FrameNote {
    if (seen.closed) return undefined;
    const isLast = isDoneMark(frame.data);
    if (isLast) seen.closed = true;
    // Nothing counts after a failure, here as there.
    if (seen.terminal instanceof Failure) return undefined;
    if (!seen.semantic) learn(decoder.push(frame));
    // An answer whose vendor gives no finish reason is done by the mark.
    if (isLast) {
      seen.terminal ??= 'done';
      return undefined;
    }
    const piece = seen.semantic ? 'piece' : undefined;
    if (frame.event !== 'error' && !hasNews(frame.data)) return piece;
    const text = frame.data.toString('utf8').trim();
    return text === '' ? undefined : (inspect(parseJson(text), frame.event) ?? piece);
  }

  function learn(events: readonly ReplyEvent[]): void {
    for (const event of events) {
      seen.semantic ||= isSemantic(event);
      if (event.type === 'reply-start') open(event);
      else if (event.type === 'reply-failed') seen.terminal = event.failure;
      else if (event.type === 'reply-done') seen.terminal ??= outcomeOf(event.stop);
    }
  }

  function open({ id, model }: ReplyStart): void {
    if (model !== undefined) seen.model = model;
    if (id !== undefined) seen.replyId = id;
  }

  function inspect(chunk: unknown, event: string | undefined): FrameNote {
    if (!isJsonObject(chunk)) {
      seen.terminal = garbled();
      return undefined;
    }
    const reported = usageOf(chunk);
    if (reported) seen.usage = reported;
    const choice = firstChoice(chunk);
    const finish = choice?.['finish_reason'];
    const failure =
      failureInAnswer(chunk, event) ?? (choice && isFilled(finish) ? failureOfFinish(finish, choice) : undefined);
    if (failure) seen.terminal = failure;
    else if (isFilled(finish)) seen.terminal = outcomeOf(stopOf(finish));
    return reported && !failure && isEmptyList(chunk, 'choices') ? 'usage-only' : undefined;
  }

  function whole(body: JsonObject): void {
    const events = decodeReply(body, context);
    learn(events);
    const last = events.at(-1);
    if ((last?.type === 'reply-done' || last?.type === 'reply-failed') && last.usage) seen.usage = last.usage;
    seen.closed = true;
  }

  return { push, whole, seen };
}

function outcomeOf(stop: StopReason): 'done' | 'incomplete' {
  return stop === 'max-output-tokens' || stop === 'content-filter' ? 'incomplete' : 'done';
}

function isEmptyList(chunk: JsonObject, key: string): boolean {
  const value = chunk[key];
  return Array.isArray(value) && value.length === 0;
}

function isDoneMark(data: Buffer): boolean {
  return data.length < 16 && data.toString('latin1').trim() === doneMark;
}

/** Keys whose values are null, or absent, in all chunks that only carry words. */
const newsKeys: readonly Buffer[] = ['"finish_reason"', '"usage"', '"error"'].map((key) => Buffer.from(key));

function hasNews(data: Buffer): boolean {
  if (data[0] !== openingBrace) return data.length > 0;
  return newsKeys.some((key) => hasValue(data, key));
}

const space = 0x20;
const colon = 0x3a;
const letterN = 0x6e;
const openingBrace = 0x7b;

/** Whether a key stands in the bytes with another value than null. Inside a JSON text its quotes would be escaped, so words never match. */
function hasValue(data: Buffer, key: Buffer): boolean {
  for (let at = data.indexOf(key); at !== -1; at = data.indexOf(key, at + key.length)) {
    let next = at + key.length;
    while (data[next] === space || data[next] === colon) next += 1;
    if (data[next] !== letterN) return true;
  }
  return false;
}
