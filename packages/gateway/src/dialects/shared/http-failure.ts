import type { FailureCode } from '@turnpike/contract/failure-codes';
import { Failure } from '../../core/failure.ts';
import type { ErrorAnswer } from '../dialect.ts';

/** What a provider's error body said, in whatever shape it came. */
export interface ErrorDetails {
  readonly message?: string;
  readonly code?: string;
  readonly type?: string;
}

/** The failure in a provider's error answer: by its own words where they are known, else by HTTP status. The answer is kept whole. */
export function failureOfStatus(answer: ErrorAnswer, details: ErrorDetails): Failure {
  const told = failureCodeOfWords(details);
  // "Server error" says less than most statuses do: 529 means overload whatever the body calls it.
  const code =
    told === undefined || (told === 'upstream-error' && answer.status >= 429)
      ? failureCodeOfStatus(answer.status, details.message)
      : told;
  const said = details.message?.trim();
  const word = details.code ?? details.type;
  const waits =
    code === 'upstream-rate-limited' || code === 'upstream-overloaded' || code === 'upstream-quota-exhausted';
  const retryAfterMs = waits ? retryAfterMsOf(answer, said) : undefined;
  return new Failure(code, said ? said : `The provider answered with HTTP status ${answer.status}.`, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    upstream: {
      status: answer.status,
      contentType: headerOf(answer, 'content-type') ?? 'application/octet-stream',
      body: answer.body,
      ...(word === undefined ? {} : { code: word }),
    },
  });
}

/** Error words of the field: OpenAI's, Anthropic's and those of vendors that follow them. */
const byWord: Readonly<Record<string, FailureCode>> = {
  server_is_overloaded: 'upstream-overloaded',
  slow_down: 'upstream-overloaded',
  overloaded_error: 'upstream-overloaded',
  policy_capacity_unavailable: 'upstream-overloaded',
  engine_overloaded_error: 'upstream-overloaded',
  rate_limit_exceeded: 'upstream-rate-limited',
  rate_limit_error: 'upstream-rate-limited',
  rate_limit_reached_error: 'upstream-rate-limited',
  insufficient_quota: 'upstream-quota-exhausted',
  insufficient_user_quota: 'upstream-quota-exhausted',
  usage_limit_reached: 'upstream-quota-exhausted',
  usage_not_included: 'upstream-quota-exhausted',
  credit_balance_exhausted: 'upstream-quota-exhausted',
  exceeded_current_quota_error: 'upstream-quota-exhausted',
  budget_reached: 'upstream-quota-exhausted',
  billing_error: 'upstream-quota-exhausted',
  billing_hard_limit_reached: 'upstream-quota-exhausted',
  context_length_exceeded: 'context-too-long',
  invalid_prompt: 'upstream-content-refused',
  content_policy_violation: 'upstream-content-refused',
  content_filter: 'upstream-content-refused',
  cyber_policy: 'upstream-content-refused',
  bio_policy: 'upstream-content-refused',
  misalignment_policy_violation: 'upstream-content-refused',
  invalid_api_key: 'upstream-credential-refused',
  invalid_authentication_error: 'upstream-credential-refused',
  authentication_error: 'upstream-credential-refused',
  permission_error: 'upstream-credential-refused',
  model_not_found: 'upstream-model-missing',
  server_error: 'upstream-error',
  api_error: 'upstream-error',
  timeout_error: 'upstream-timeout',
};

/** The failure that a provider's own error code or type names, if it is a known one. The code is more exact than the type. */
export function failureCodeOfWords(details: ErrorDetails): FailureCode | undefined {
  for (const word of [details.code, details.type]) {
    if (word !== undefined && Object.hasOwn(byWord, word)) return byWord[word];
  }
  return undefined;
}

const tooLong = /context.{0,20}(length|window|size)|prompt is too long|maximum.{0,30}tokens|too many (input )?tokens/i;
const outOfMoney =
  /insufficient (balance|credit|quota|funds)|exceeded your current quota|credit balance|payment required/i;
const badKey = /api.?key.{0,30}(invalid|not valid|incorrect|expired)|(invalid|incorrect) api.?key/i;

/** The failure that an HTTP status means; the message helps where vendors use one status for several things. */
function failureCodeOfStatus(status: number, message = ''): FailureCode {
  if (status === 401 || status === 403) return 'upstream-credential-refused';
  if (status === 402) return 'upstream-quota-exhausted';
  if (status === 404) return 'upstream-model-missing';
  if (status === 408 || status === 504) return 'upstream-timeout';
  if (status === 429) return outOfMoney.test(message) ? 'upstream-quota-exhausted' : 'upstream-rate-limited';
  if (status === 503 || status === 529) return 'upstream-overloaded';
  if (status === 409 || status >= 500 || status < 400) return 'upstream-error';
  if (status === 413 || tooLong.test(message)) return 'context-too-long';
  if (outOfMoney.test(message)) return 'upstream-quota-exhausted';
  return badKey.test(message) ? 'upstream-credential-refused' : 'upstream-request-refused';
}

/** Milliseconds until another try may help: from the headers, else from the words of the message. */
function retryAfterMsOf(answer: ErrorAnswer, message = ''): number | undefined {
  const exact = Number(headerOf(answer, 'retry-after-ms'));
  if (exact > 0) return Math.ceil(exact);
  const waits = [
    durationMs(headerOf(answer, 'retry-after'), answer.now),
    ...['requests', 'tokens'].map((kind) => exhaustedResetMs(answer, kind)),
  ];
  return waits.find((wait) => wait !== undefined) ?? retryMsInText(message);
}

/** OpenAI tells when each limit resets; only the limit that ran out says how long to wait. */
function exhaustedResetMs(answer: ErrorAnswer, kind: string): number | undefined {
  if (headerOf(answer, `x-ratelimit-remaining-${kind}`) !== '0') return undefined;
  return durationMs(headerOf(answer, `x-ratelimit-reset-${kind}`), answer.now);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `12` (seconds), `1.5s`, `6m0s`, `88ms` or an HTTP or ISO date, as milliseconds from `now`. */
function durationMs(text: string | undefined, now: number): number | undefined {
  const trimmed = text?.trim();
  if (!trimmed) return undefined;
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.ceil(Number(trimmed) * 1_000);
  if (/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) return spanMs(trimmed);
  const date = Date.parse(trimmed);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function spanMs(span: string): number {
  let total = 0;
  for (const match of span.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(match[1]) * (unitMs[match[2] ?? 's'] ?? 0);
  }
  return Math.ceil(total);
}

const retryText = /(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?\s?(?:ms|seconds?|s|minutes?|m|h|d)\s?)+)/i;

/** The wait that a message tells in words: "Please try again in 1.5s". */
export function retryMsInText(message: string): number | undefined {
  const told = retryText.exec(message)?.[1];
  if (told === undefined) return undefined;
  return spanMs(
    told
      .replace(/\s/g, '')
      .replace(/seconds?/gi, 's')
      .replace(/minutes?/gi, 'm')
      .toLowerCase(),
  );
}

function headerOf(answer: ErrorAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
