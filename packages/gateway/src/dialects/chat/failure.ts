import type { FailureCode } from '@turnpike/contract/failure-codes';
import type { Failure } from '../../core/failure.ts';
import type { OutFrame } from '../../core/frame.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/json.ts';
import type { CallerTraits, ErrorAnswer, FailureAnswer } from '../dialect.ts';
import { finalStatus, isBeyondCaller } from '../shared/final-status.ts';
import { type ErrorDetails, failureOfStatus } from '../shared/http-failure.ts';
import { given } from '../shared/given.ts';
import { isFilled } from './types.ts';

interface ErrorWords {
  readonly type: string;
  readonly code: string;
}

const invalid = 'invalid_request_error';

/** Every failure in OpenAI's words: what its clients look at to decide what to do next. */
const words = {
  'request-malformed': { type: invalid, code: 'invalid_request' },
  'request-ambiguous': { type: invalid, code: 'ambiguous_request' },
  'request-too-large': { type: invalid, code: 'request_too_large' },
  'request-encoding-unsupported': { type: invalid, code: 'unsupported_encoding' },
  'route-not-found': { type: invalid, code: 'unknown_url' },
  'method-not-allowed': { type: invalid, code: 'method_not_supported' },
  'client-gone': { type: invalid, code: 'client_closed_request' },
  'key-missing': { type: 'authentication_error', code: 'missing_api_key' },
  'key-unknown': { type: 'authentication_error', code: 'invalid_api_key' },
  'key-disabled': { type: 'permission_error', code: 'api_key_disabled' },
  'key-expired': { type: 'permission_error', code: 'api_key_expired' },
  'key-orphaned': { type: 'permission_error', code: 'api_key_orphaned' },
  'token-invalid': { type: 'authentication_error', code: 'invalid_token' },
  'token-expired': { type: 'authentication_error', code: 'token_expired' },
  'token-forbidden': { type: 'permission_error', code: 'token_forbidden' },
  'token-unverifiable': { type: 'server_error', code: 'token_unverifiable' },
  'foreign-login': { type: 'permission_error', code: 'foreign_login' },
  'rule-refused': { type: 'permission_error', code: 'refused_by_rule' },
  'model-forbidden': { type: 'permission_error', code: 'model_not_allowed' },
  'provider-forbidden': { type: 'permission_error', code: 'provider_not_allowed' },
  'caller-address-forbidden': { type: 'permission_error', code: 'address_not_allowed' },
  'model-unknown': { type: invalid, code: 'model_not_found' },
  'budget-exhausted': { type: 'insufficient_quota', code: 'insufficient_quota' },
  'rate-limited': { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  'deployment-limited': { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  'counters-unreachable': { type: 'server_error', code: 'counters_unreachable' },
  'price-unknown': { type: 'permission_error', code: 'price_unknown' },
  'meaning-lost': { type: invalid, code: 'unsupported_by_model' },
  'upstream-unreachable': { type: 'server_error', code: 'upstream_unreachable' },
  'upstream-timeout': { type: 'server_error', code: 'upstream_timeout' },
  'upstream-cut': { type: 'server_error', code: 'upstream_cut' },
  'upstream-garbled': { type: 'server_error', code: 'upstream_garbled' },
  'upstream-error': { type: 'server_error', code: 'upstream_error' },
  'upstream-overloaded': { type: 'server_error', code: 'overloaded' },
  'upstream-rate-limited': { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  'upstream-quota-exhausted': { type: 'insufficient_quota', code: 'insufficient_quota' },
  'upstream-credential-refused': { type: 'server_error', code: 'upstream_credential_refused' },
  'upstream-model-missing': { type: invalid, code: 'model_not_found' },
  'upstream-request-refused': { type: invalid, code: 'upstream_request_refused' },
  'upstream-seal-refused': { type: invalid, code: 'invalid_encrypted_content' },
  'upstream-content-refused': { type: invalid, code: 'content_policy_violation' },
  'context-too-long': { type: invalid, code: 'context_length_exceeded' },
  'address-forbidden': { type: 'server_error', code: 'address_forbidden' },
  'not-ready': { type: 'server_error', code: 'not_ready' },
  'shutting-down': { type: 'server_error', code: 'shutting_down' },
  defect: { type: 'server_error', code: 'internal_error' },
} satisfies Record<FailureCode, ErrorWords>;

function errorBody(failure: Failure): JsonObject {
  const { type, code } = words[failure.code];
  return { error: { message: failure.message, type, param: null, code } };
}

/** Writes a failure as OpenAI would. */
export function encodeFailure(failure: Failure, caller: CallerTraits): FailureAnswer {
  const verbatim = upstreamsOwn(failure);
  if (verbatim) return verbatim;
  return {
    status: finalStatus(failure, caller),
    headers: { 'content-type': 'application/json', ...retryHeaders(failure) },
    body: JSON.stringify(errorBody(failure)),
  };
}

const passedOn: ReadonlySet<FailureCode> = new Set([
  'upstream-request-refused',
  'upstream-content-refused',
  'context-too-long',
]);

/** What a provider had against the request, unmodified where it is in this dialect's shape: clients repair themselves by its wording. */
function upstreamsOwn({ code, upstream }: Failure): FailureAnswer | undefined {
  if (!upstream || !passedOn.has(code) || upstream.status < 400 || upstream.status > 499) return undefined;
  const body = Buffer.from(upstream.body).toString('utf8');
  const value = parseJson(body);
  const error = isJsonObject(value) && value['type'] !== 'error' ? value['error'] : undefined;
  if (!isJsonObject(error) || typeof error['message'] !== 'string' || error['status'] !== undefined) return undefined;
  return {
    status: upstream.status,
    headers: { 'content-type': upstream.contentType, 'x-should-retry': 'false' },
    body,
  };
}

/** `x-should-retry` is the word that OpenAI's own libraries obey before they look at the status. */
function retryHeaders(failure: Failure): Record<string, string> {
  const { blame } = failure.traits;
  const inVain =
    blame === 'caller' || blame === 'policy' || isBeyondCaller(failure) || failure.code === 'upstream-quota-exhausted';
  const seconds = failure.retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(failure.retryAfterMs / 1_000));
  return {
    ...given('retry-after', seconds?.toString()),
    ...(inVain && seconds === undefined ? { 'x-should-retry': 'false' } : {}),
  };
}

/**
 * A failure inside a stream: one chunk with an `error`, on which OpenAI's libraries and the AI SDK raise. No end mark follows: a client
 * that overlooks the error must not take the answer for whole.
 */
export function failureFrames(failure: Failure): readonly OutFrame[] {
  return [{ data: JSON.stringify(errorBody(failure)) }];
}

/** Reads a vendor's error answer. */
export function decodeFailure(answer: ErrorAnswer): Failure {
  const body = parseJson(answer.body.toString('utf8'));
  // Google's compatible endpoint puts the error into an array.
  const value = Array.isArray(body) ? body[0] : body;
  return failureOfStatus(answer, isJsonObject(value) ? errorDetails(value) : {});
}

/** The words in an error body: `error` is an object or a text; some vendors have `message` or `detail` at the top. */
export function errorDetails(body: JsonObject): ErrorDetails {
  const error = isJsonObject(body['error']) ? body['error'] : body;
  const message = [error['message'], body['error'], body['message'], body['detail'], error['detail']].find(isFilled);
  return {
    ...given('message', message),
    ...given('code', wordOf(error['code'])),
    ...given('type', wordOf(error['type'])),
  };
}

function wordOf(value: Json | undefined): string | undefined {
  return typeof value === 'number' ? String(value) : isFilled(value) ? value : undefined;
}
