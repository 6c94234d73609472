import { Failure } from '../../core/failure.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/json.ts';
import type { ErrorAnswer } from '../dialect.ts';
import { type ErrorDetails, failureCodeOfWords, failureOfStatus } from '../shared/http-failure.ts';

/** Reads an error answer. https://platform.claude.com/docs/en/api/errors */
export function decodeFailure(answer: ErrorAnswer): Failure {
  const body = parseJson(answer.body.toString('utf8'));
  // Google, in front of Claude on Vertex AI, puts its own errors into an array.
  const value: Json | undefined = Array.isArray(body) ? body[0] : body;
  return failureOfStatus(withReset(answer), isJsonObject(value) ? detailsOf(value) : {});
}

/** Reads an `error` event inside a stream that began with status 200. */
export function failureOfEvent(event: JsonObject): Failure {
  const details = detailsOf(event);
  const message = details.message?.trim();
  const said = message ? message : 'The provider broke its answer off with an error.';
  const body = Buffer.from(JSON.stringify(event));
  const word = details.type === undefined ? {} : { code: details.type };
  const upstream = { status: statusOf(details.type), contentType: 'application/json', body, ...word };
  const code = failureCodeOfWords(details);
  // Only the words tell here: the status that such an error would have had stands in for the one that never came.
  const byStatus = failureOfStatus({ status: upstream.status, headers: {}, body, now: 0 }, details);
  const { retryAfterMs } = byStatus;
  return new Failure(code ?? byStatus.code, said, {
    upstream,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The failure that JSON with status 200 is, unless it is an answer: taken for one, it would be an empty success. */
export function failureOfWhole(body: JsonObject): Failure | undefined {
  if (body['type'] === 'error' || isJsonObject(body['error'])) return failureOfEvent(body);
  if (Array.isArray(body['content'])) return undefined;
  return new Failure('upstream-garbled', 'The provider sent JSON that is no Messages answer.');
}

const statuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
};

function statusOf(type: string | undefined): number {
  return (type === undefined ? undefined : statuses[type]) ?? 500;
}

function detailsOf(body: JsonObject): ErrorDetails {
  const error = isJsonObject(body['error']) ? body['error'] : body;
  const { message, type, code } = error;
  return { ...text('message', message), ...text('type', type), ...text('code', code) };
}

function text<Key extends string>(key: Key, value: Json | undefined): { [K in Key]?: string } {
  const spread: { [K in Key]?: string } = {};
  if (typeof value === 'string') spread[key] = value;
  return spread;
}

const limits = ['requests', 'tokens', 'input-tokens', 'output-tokens'];

/** Subscriptions have one limit for everything, which says whether it refuses. */
function unifiedLimit({ headers }: ErrorAnswer): string | undefined {
  return headers['anthropic-ratelimit-unified-status'] === 'rejected' ? 'unified' : undefined;
}

/** Where there is no Retry-After, the limit that ran out says when it resets. https://platform.claude.com/docs/en/api/rate-limits */
function withReset(answer: ErrorAnswer): ErrorAnswer {
  const { headers } = answer;
  if (headers['retry-after'] !== undefined || headers['retry-after-ms'] !== undefined) return answer;
  const spent =
    limits.find((limit) => headers[`anthropic-ratelimit-${limit}-remaining`] === '0') ?? unifiedLimit(answer);
  const reset = spent === undefined ? undefined : headers[`anthropic-ratelimit-${spent}-reset`];
  return reset === undefined ? answer : { ...answer, headers: { ...headers, 'retry-after': reset } };
}
