import { createHash } from 'node:crypto';
import type { ReplyEvent, StopReason } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { Frame } from '../../core/frame.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { DecodeContext, ReplyDecoder } from '../dialect.ts';
import { createAnswerBuilder } from './answer-builder.ts';
import { readDelta } from './delta-reader.ts';
import { failureInAnswer, failureOfFinish, stopOf } from './finish.ts';
import { given } from '../shared/given.ts';
import { isFilled } from './types.ts';
import { usageOf } from './usage.ts';

export const doneMark = '[DONE]';

/** Turns a vendor's chunks into events. */
export function createReplyDecoder(context: DecodeContext): ReplyDecoder {
  const reader = createChunkReader(context);

  function push(frame: Frame): readonly ReplyEvent[] {
    const text = frame.data.toString('utf8').trim();
    if (text === '') return [];
    if (text === doneMark) return reader.finish({ byMark: true });
    const chunk = parseJson(text);
    if (isJsonObject(chunk)) return reader.chunk(chunk, frame.event);
    return reader.fail(garbled());
  }

  return {
    push,
    end: () => reader.finish({ byMark: false }),
    complete: reader.complete,
  };
}

/** Reads a whole answer as the one chunk it could have been. */
export function decodeReply(body: JsonObject, context: DecodeContext): readonly ReplyEvent[] {
  const reader = createChunkReader(context);
  const head = reader.chunk(body, undefined);
  return [...head, ...reader.finish({ byMark: true })];
}

/** The failure for a stream event that nobody can read. */
export function garbled(): Failure {
  return new Failure('upstream-garbled', 'The provider sent a stream event that is not a JSON object.');
}

interface ChunkReader {
  chunk(chunk: JsonObject, event: string | undefined): readonly ReplyEvent[];
  /** The answer is over. `byMark`: the vendor said so itself. */
  finish(how: { readonly byMark: boolean }): readonly ReplyEvent[];
  fail(failure: Failure): readonly ReplyEvent[];
  /** A finish reason was given and nothing has ended the answer yet. */
  complete(): boolean;
}

function createChunkReader(context: DecodeContext): ChunkReader {
  let seed = '';
  let answered = false;
  let closed = false;
  let stop: StopReason | undefined;
  let usage: Usage | undefined;
  const builder = createAnswerBuilder(context, () => seed);

  function chunk(chunk: JsonObject, event: string | undefined): readonly ReplyEvent[] {
    if (closed) return [];
    usage = usageOf(chunk) ?? usage;
    const failure = failureInAnswer(chunk, event);
    if (failure) return fail(failure);
    const choice = firstChoice(chunk);
    if (!choice) return [];
    const head = answered ? [] : begin(chunk);
    const events = [...head, ...readDelta(chunk, choice, builder)];
    const finish = choice['finish_reason'];
    if (!isFilled(finish)) return events;
    const cause = failureOfFinish(finish, choice);
    if (cause) return [...events, ...fail(cause)];
    stop = stopOf(finish);
    return events;
  }

  /** The first chunk may be about the prompt only, without id and model (Azure); the first with a choice has them. */
  function begin(chunk: JsonObject): readonly ReplyEvent[] {
    answered = true;
    const id = isFilled(chunk['id']) ? chunk['id'] : undefined;
    seed = digestOf(id ?? JSON.stringify(chunk));
    const model = isFilled(chunk['model']) ? chunk['model'] : undefined;
    return [{ type: 'reply-start', ...given('id', id), ...given('model', model) }];
  }

  /**
   * Usage may come after the finish reason, so the end is the end mark or the end of the body. An answer with neither finish reason nor
   * mark was cut; one with a mark but without a reason is whole at vendors that never give one.
   */
  function finish({ byMark }: { readonly byMark: boolean }): readonly ReplyEvent[] {
    if (closed) return [];
    if (!answered && byMark)
      return fail(new Failure('upstream-garbled', 'The provider sent an answer without any choice in it.'));
    if (stop === undefined && !byMark) {
      return fail(new Failure('upstream-cut', 'The provider ended its stream before the answer was complete.'));
    }
    closed = true;
    return [...builder.close(), { type: 'reply-done', stop: stop ?? 'complete', ...given('usage', usage) }];
  }

  function fail(failure: Failure): readonly ReplyEvent[] {
    if (closed) return [];
    closed = true;
    const head: readonly ReplyEvent[] = answered ? [] : [{ type: 'reply-start' }];
    return [...head, { type: 'reply-failed', failure, ...given('usage', usage) }];
  }

  return { chunk, finish, fail, complete: () => stop !== undefined && !closed };
}

/** The first choice. Others exist only where a caller asked for several answers, which no session does. */
export function firstChoice(chunk: JsonObject): JsonObject | undefined {
  const choices = Array.isArray(chunk['choices']) ? chunk['choices'].filter(isJsonObject) : [];
  return choices.find((choice) => choice['index'] === undefined || choice['index'] === 0);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
