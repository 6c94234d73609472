import type { ReplyDone, ReplyFailed, StopReason } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { failureCodeOfStatus, failureCodeOfWords } from '../shared/http-failure.ts';
import { retryMsInText } from '../shared/retry-after.ts';
import { usageOf } from './usage.ts';

/** Types of stream events that end an answer. `response.done` is what some vendors send for `completed`. */
const terminalTypes: ReadonlySet<string> = new Set([
  'response.completed',
  'response.done',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
  'error',
]);

export function isTerminalType(type: string): boolean {
  return terminalTypes.has(type);
}

/** The terminal event that a stream event of a terminal type tells. */
export function terminalOfEvent(type: string, event: JsonObject): ReplyDone | ReplyFailed {
  if (type === 'error') {
    const error = isJsonObject(event['error']) ? event['error'] : event;
    return { type: 'reply-failed', failure: failureOfError(error) };
  }
  const response = isJsonObject(event['response']) ? event['response'] : {};
  const status = type === 'response.completed' || type === 'response.done' ? response['status'] : type.slice(9);
  return terminalOfResponse(response, status);
}

/** The terminal event that a response object tells by its status. */
function terminalOfResponse(response: JsonObject, status: Json | undefined): ReplyDone | ReplyFailed {
  const usage = usageOf(response);
  const used = usage ? { usage } : {};
  if (status === 'failed' || status === 'cancelled') {
    const error = isJsonObject(response['error']) ? response['error'] : { code: status };
    return { type: 'reply-failed', failure: failureOfError(error), ...used };
  }
  return { type: 'reply-done', stop: status === 'incomplete' ? stopOf(response) : 'complete', ...used };
}

/**
 * The terminal event that a whole answer tells. Some vendors send their errors with status 200, and what has no output at all
 * is no answer: taken for one, it would be an empty success.
 */
export function terminalOfWhole(body: JsonObject): ReplyDone | ReplyFailed {
  const terminal = terminalOfResponse(body, body['status']);
  if (terminal.type === 'reply-failed' || Array.isArray(body['output'])) return terminal;
  const { error } = body;
  if (typeof error === 'string') return { type: 'reply-failed', failure: failureOfError({ message: error }) };
  if (isJsonObject(error)) return { type: 'reply-failed', failure: failureOfError(error) };
  const failure = new Failure('upstream-garbled', 'The provider sent JSON that is no Responses answer.');
  return { type: 'reply-failed', failure };
}

function stopOf(response: JsonObject): StopReason {
  const details = response['incomplete_details'];
  const reason = isJsonObject(details) ? details['reason'] : undefined;
  if (reason === 'max_output_tokens' || reason === 'max_tokens') return 'max-output-tokens';
  return reason === 'content_filter' ? 'content-filter' : 'other';
}

/** The failure that an error object inside a stream tells. */
function failureOfError(error: JsonObject): Failure {
  const code = typeof error['code'] === 'string' ? error['code'] : undefined;
  const type = typeof error['type'] === 'string' ? error['type'] : undefined;
  const said = typeof error['message'] === 'string' ? error['message'] : '';
  const message = said === '' ? `The provider broke off with ${code ?? type ?? 'no reason given'}.` : said;
  const words = { ...(code === undefined ? {} : { code }), ...(type === undefined ? {} : { type }) };
  const retryAfterMs = retryMsInText(message);
  const failureCode = failureCodeOfWords(words) ?? failureCodeOfStatus(statusOf(error), message);
  return new Failure(failureCode, message, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/**
 * In a stream there is no status. Some vendors give one as the error's code; else what is said to be wrong with the request is taken for a 400.
 * https://platform.openai.com/docs/api-reference/responses/object#responses/object-error
 */
function statusOf({ code, status, type }: JsonObject): number {
  const told = typeof code === 'number' ? code : status;
  if (typeof told === 'number' && told >= 400 && told <= 599) return told;
  return type === 'invalid_request_error' || (typeof code === 'string' && /(^|_)image(_|$)/.test(code)) ? 400 : 502;
}
