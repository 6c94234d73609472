import type { StopReason } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { ErrorAnswer } from '../dialect.ts';
import { given } from '../shared/given.ts';
import { failureOfStatus } from '../shared/http-failure.ts';

/** Reads Cohere's error answer: a `message`, and nothing else that tells more than the status. */
export function decodeFailure(answer: ErrorAnswer): Failure {
  const body = parseJson(answer.body.toString('utf8'));
  return failureOfStatus(answer, isJsonObject(body) ? given('message', messageIn(body)) : {});
}

/** The failure in a stream or an answer that began well. There is no status to tell more. */
export function failureInAnswer(body: JsonObject): Failure {
  const answer = { status: 502, headers: { 'content-type': 'application/json' }, now: 0 };
  return decodeFailure({ ...answer, body: Buffer.from(JSON.stringify(body)) });
}

/** Proxies in front of Cohere answer in OpenAI's form. */
function messageIn({ message, error }: JsonObject): string | undefined {
  const candidates = [message, isJsonObject(error) ? error['message'] : error];
  return candidates.find((text): text is string => typeof text === 'string' && text !== '');
}

const stops: Readonly<Record<string, StopReason>> = {
  COMPLETE: 'complete',
  TOOL_CALL: 'complete',
  STOP_SEQUENCE: 'stop-sequence',
  MAX_TOKENS: 'max-output-tokens',
  ERROR_TOXIC: 'content-filter',
};

/** Why an answer ended, or the failure that ended it. */
export function stopOf(finish: string, delta: JsonObject): StopReason | Failure {
  if (finish === 'TIMEOUT') return new Failure('upstream-timeout', 'Cohere ran out of time while it answered.');
  if (finish === 'ERROR') {
    return messageIn(delta) === undefined
      ? new Failure('upstream-error', 'Cohere broke off its answer (finish reason "ERROR").')
      : failureInAnswer(delta);
  }
  return Object.hasOwn(stops, finish) ? (stops[finish] ?? 'other') : 'other';
}
