import type { FailureCode } from '@turnpike/contract/failure-codes';
import { Failure } from '../../core/failure.ts';
import type { ErrorAnswer } from '../dialect.ts';
import { headerOf, retryAfterMsOf } from './retry-after.ts';

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
  return new Failure(code, said ? said : unsaid(code, answer), {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    upstream: {
      status: answer.status,
      contentType: headerOf(answer, 'content-type') ?? 'application/octet-stream',
      body: answer.body,
      ...(word === undefined ? {} : { code: word }),
    },
  });
}

/** Whoever says nothing is quoted, or is not at home where it was asked. */
function unsaid(code: FailureCode, answer: ErrorAnswer): string {
  const { status } = answer;
  const quoted = plainWords(answer);
  if (code === 'upstream-model-missing')
    return `The provider has nothing there (HTTP status ${status}${quoted}): its base_url may be wrong, or the model's name.`;
  return `The provider answered with HTTP status ${status}${quoted}.`;
}

const longestQuote = 120;

/** What proxies in front of providers write. A page for browsers says nothing to a developer. */
function plainWords(answer: ErrorAnswer): string {
  if (headerOf(answer, 'content-type')?.startsWith('text/plain') !== true) return '';
  const text = answer.body
    .toString('utf8', 0, 4 * longestQuote)
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? '' : `: "${text.slice(0, longestQuote)}"`;
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
  billing_not_active: 'upstream-quota-exhausted',
  context_length_exceeded: 'context-too-long',
  invalid_prompt: 'upstream-content-refused',
  content_policy_violation: 'upstream-content-refused',
  content_filter: 'upstream-content-refused',
  image_content_policy_violation: 'upstream-content-refused',
  cyber_policy: 'upstream-content-refused',
  bio_policy: 'upstream-content-refused',
  misalignment_policy_violation: 'upstream-content-refused',
  invalid_api_key: 'upstream-credential-refused',
  invalid_authentication_error: 'upstream-credential-refused',
  authentication_error: 'upstream-credential-refused',
  permission_error: 'upstream-credential-refused',
  access_terminated: 'upstream-credential-refused',
  account_deactivated: 'upstream-credential-refused',
  model_not_found: 'upstream-model-missing',
  model_decommissioned: 'upstream-model-missing',
  model_not_available: 'upstream-model-missing',
  invalid_model: 'upstream-model-missing',
  DeploymentNotFound: 'upstream-model-missing',
  invalid_encrypted_content: 'upstream-seal-refused',
  // The caller names something that this account does not have.
  previous_response_not_found: 'upstream-request-refused',
  server_error: 'upstream-error',
  api_error: 'upstream-error',
  timeout_error: 'upstream-timeout',
  vector_store_timeout: 'upstream-timeout',
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
  /insufficient (balance|credit|quota|funds)|balance.{0,20}insufficient|exceeded your current quota|credit balance|payment required|key limit exceeded|reached your specified api usage limits/i;
const badKey =
  /api.?key.{0,30}(invalid|not valid|incorrect|expired)|(invalid|incorrect) api.?key|(organization|account|project).{0,40}(disabled|deactivated|suspended)|location is not supported/i;
/** Vendors retire models with a 400, too. */
const modelGone =
  /\bmodels?\b.{0,120}(not exist|not found|decommissioned|no longer (available|supported|served)|been (removed|retired|shut down|deprecated and))|(not a valid|invalid|unknown|unsupported) model\b(?! (parameter|output|input|setting))/is;
/** A 404 that is about something else that the caller names. */
const otherGone =
  /\b(item|response|conversation|file|container|batch|vector.?store|prompt|cached.?content)s?\b.{0,120}(not found|not exist|expired)/is;

/**
 * Sealed state that a provider cannot open, or not with what now stands before it, as OpenAI, Azure, xAI, Anthropic (also on Bedrock and Vertex AI)
 * and Google say it. Few of them give a code. Most of these texts are public only in the issues of those who met them (docs/decisions/0028).
 */
const refusedSeal = new RegExp(
  [
    /encrypted.?content.{0,200}(could not be (verified|decrypted)|was not issued to this caller)/,
    /could not (decrypt|decode) the (provided encrypted.?content|compaction blob)/,
    /conflicting authenticated continuation identities|invalid encrypted reasoning/,
    /invalid .?(signature|data).? in .?(redacted_)?thinking.? block/,
    /(corrupted|invalid) thought.?signature|thought.?signature is not valid/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'is',
);

/** Whether Claude misses a thought at the beginning of a tool loop: another model began it and gave none. */
export function missesThought(message: string): boolean {
  return /expected .?thinking.? or .?redacted_thinking.?, but found/i.test(message);
}

/** The failure that an HTTP status means; the message helps where vendors use one status for several things. */
export function failureCodeOfStatus(status: number, message = ''): FailureCode {
  if (status === 404) return isOtherGone(message) ? 'upstream-request-refused' : 'upstream-model-missing';
  const known = byStatus[status];
  if (known !== undefined)
    return mayLackMoney.has(status) && outOfMoney.test(message) ? 'upstream-quota-exhausted' : known;
  if (status >= 500 || status < 400) return 'upstream-error';
  if (refusedSeal.test(message) || missesThought(message)) return 'upstream-seal-refused';
  if (tooLong.test(message)) return 'context-too-long';
  if (outOfMoney.test(message)) return 'upstream-quota-exhausted';
  if (badKey.test(message)) return 'upstream-credential-refused';
  return modelGone.test(message) ? 'upstream-model-missing' : 'upstream-request-refused';
}

const byStatus: Readonly<Partial<Record<number, FailureCode>>> = {
  401: 'upstream-credential-refused',
  402: 'upstream-quota-exhausted',
  403: 'upstream-credential-refused',
  // The address is wrong, or the model is not served there any more.
  405: 'upstream-model-missing',
  410: 'upstream-model-missing',
  408: 'upstream-timeout',
  504: 'upstream-timeout',
  // Nothing is wrong with the request: the server was at something else, or what it asks itself has failed.
  409: 'upstream-error',
  421: 'upstream-error',
  423: 'upstream-error',
  424: 'upstream-error',
  425: 'upstream-error',
  499: 'upstream-error',
  413: 'context-too-long',
  429: 'upstream-rate-limited',
  503: 'upstream-overloaded',
  529: 'upstream-overloaded',
};

const mayLackMoney: ReadonlySet<number> = new Set([401, 403, 429]);

function isOtherGone(message: string): boolean {
  return otherGone.test(message) && !modelGone.test(message);
}
