import { Failure } from '../../core/failure.ts';
import type { JsonObject } from '../../core/json.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import type { Mutable } from '../../core/mutable.ts';
import type { Observation, ReplyObserver } from '../dialect.ts';
import { failureOfChunk } from './failure.ts';
import { blockOf, endOf, unfinished } from './finish.ts';
import { objectField, objectsField, signatureField, stringField } from './types.ts';
import { usageOf } from './usage.ts';

/** Watches a stream that passes untouched. Every chunk reports the usage so far, so every chunk is read; there are few, and they are small. */
export function createObserver(): ReplyObserver {
  const seen: Mutable<Observation> = { semantic: false };

  function look(chunk: JsonObject): void {
    if (seen.terminal instanceof Failure) return;
    const failure = failureOfChunk(chunk);
    if (failure) {
      seen.terminal = failure;
      return;
    }
    const [candidate] = objectsField(chunk, 'candidates');
    const semantic = seen.semantic || (candidate !== undefined && tells(candidate));
    const end = candidate ? endOf(candidate, semantic) : blockOf(chunk);
    const terminal = end === undefined || end instanceof Failure ? end : end === 'complete' ? 'done' : 'incomplete';
    const usage = usageOf(chunk);
    const model = stringField(chunk, 'modelVersion');
    const replyId = stringField(chunk, 'responseId');
    seen.semantic = semantic;
    if (terminal !== undefined) seen.terminal = terminal;
    if (usage) seen.usage = usage;
    if (model !== undefined) seen.model = model;
    if (replyId !== undefined) seen.replyId = replyId;
  }

  return {
    push(frame) {
      const chunk = parseJson(frame.data.toString('utf8'));
      if (isJsonObject(chunk)) look(chunk);
      return seen.semantic ? 'piece' : undefined;
    },
    whole(body) {
      look(body);
      // Without an end it would be relayed as an empty success.
      if (seen.terminal === undefined) seen.terminal = unfinished();
    },
    seen,
  };
}

/** Whether a candidate brings anything that the decoder would make an item of. */
function tells(candidate: JsonObject): boolean {
  return objectsField(objectField(candidate, 'content') ?? {}, 'parts').some((part) => {
    if (part['text'] !== undefined) return part['text'] !== '' || part[signatureField] !== undefined;
    const functionCall = objectField(part, 'functionCall');
    return functionCall ? functionCall['name'] !== undefined : Object.keys(part).length > 0;
  });
}
