import type { FailureCode } from '@turnpike/contract/failure-codes';
import type { Failure } from '../../core/failure.ts';
import type { OutFrame } from '../../core/frame.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { CallerTraits, EncodeContext, ErrorAnswer, FailureAnswer } from '../dialect.ts';
import { finalStatus, isBeyondCaller } from '../shared/final-status.ts';
import { failureOfStatus } from '../shared/http-failure.ts';
import { codexAnswer } from './codex-failure.ts';
import {
  errorBody,
  type FailureSpelling,
  jsonAnswer,
  passesUpstreamBody,
  retryAfterHeader,
  waitMessage,
} from './failure-answer.ts';
import { responseObject } from './response-object.ts';

const bad = { type: 'invalid_request_error', codex: 'prompt' } as const;
const denied = { type: 'permission_error', codex: 'denied' } as const;
const broken = { code: 'server_error', type: 'server_error', codex: 'stream' } as const;

/** How each failure is spelled in OpenAI's error form, and how Codex must hear of it. */
const spellings = {
  'request-malformed': { ...bad, code: 'invalid_request' },
  'request-ambiguous': { ...bad, code: 'invalid_request' },
  'request-too-large': { ...bad, code: 'request_too_large' },
  'request-encoding-unsupported': { ...bad, code: 'unsupported_encoding' },
  // Probes (`codex doctor`) read the status of a wrong URL or method: it stays what it is.
  'route-not-found': { type: 'invalid_request_error', code: 'not_found', codex: 'plain' },
  'method-not-allowed': { type: 'invalid_request_error', code: 'method_not_allowed', codex: 'plain' },
  'client-gone': { type: 'invalid_request_error', code: 'client_gone', codex: 'plain' },
  'key-missing': { ...denied, code: 'invalid_api_key' },
  'key-unknown': { ...denied, code: 'invalid_api_key' },
  'key-disabled': { ...denied, code: 'key_disabled' },
  'key-expired': { ...denied, code: 'key_expired' },
  'key-orphaned': { ...denied, code: 'key_orphaned' },
  'token-invalid': { ...denied, code: 'invalid_token' },
  // A 401 makes Codex run its `auth.command` again.
  'token-expired': { type: 'authentication_error', code: 'token_expired', codex: 'plain' },
  'token-forbidden': { ...denied, code: 'token_forbidden' },
  'token-unverifiable': { type: 'server_error', code: 'token_unverifiable', codex: 'plain' },
  'foreign-login': { ...denied, code: 'foreign_login' },
  'rule-refused': { ...denied, code: 'refused_by_rule' },
  'model-forbidden': { ...denied, code: 'model_forbidden' },
  'provider-forbidden': { ...denied, code: 'provider_forbidden' },
  'caller-address-forbidden': { ...denied, code: 'address_not_allowed' },
  'model-unknown': { type: 'invalid_request_error', code: 'model_not_found', codex: 'missing' },
  'budget-exhausted': { type: 'insufficient_quota', code: 'insufficient_quota', codex: 'denied' },
  'rate-limited': { type: 'rate_limit_error', code: 'rate_limit_exceeded', codex: 'wait' },
  'deployment-limited': { type: 'rate_limit_error', code: 'rate_limit_exceeded', codex: 'wait' },
  'counters-unreachable': { type: 'server_error', code: 'counters_unreachable', codex: 'plain' },
  'price-unknown': { ...denied, code: 'price_unknown' },
  'meaning-lost': { ...bad, code: 'unsupported_by_model' },
  'upstream-unreachable': broken,
  'upstream-timeout': broken,
  'upstream-cut': broken,
  'upstream-garbled': broken,
  'upstream-error': broken,
  'upstream-overloaded': { ...broken, code: 'server_is_overloaded' },
  'upstream-rate-limited': { type: 'rate_limit_error', code: 'rate_limit_exceeded', codex: 'wait' },
  'upstream-quota-exhausted': { type: 'insufficient_quota', code: 'insufficient_quota', codex: 'quota' },
  'upstream-credential-refused': { type: 'server_error', code: 'provider_credential_refused', codex: 'credential' },
  'upstream-model-missing': { type: 'invalid_request_error', code: 'model_not_found', codex: 'missing' },
  'upstream-request-refused': { ...bad, code: 'invalid_request' },
  'upstream-seal-refused': { ...bad, code: 'invalid_encrypted_content' },
  'upstream-content-refused': { ...bad, code: 'invalid_prompt' },
  'context-too-long': { type: 'invalid_request_error', code: 'context_length_exceeded', codex: 'context' },
  'address-forbidden': { ...denied, code: 'address_forbidden' },
  // A restart is over in seconds: Codex's patience with 503 (25 s, and it shows the message) is what is wanted.
  'not-ready': { type: 'server_error', code: 'not_ready', codex: 'plain' },
  'shutting-down': { type: 'server_error', code: 'shutting_down', codex: 'plain' },
  defect: broken,
} as const satisfies Record<FailureCode, FailureSpelling>;

/** Writes a failure before anything was sent: OpenAI's form, and for Codex the one of its forms that it shows and does not retry in vain. */
export function encodeFailure(failure: Failure, caller: CallerTraits): FailureAnswer {
  const { upstream } = failure;
  if (failure.code === 'upstream-request-refused' && upstream && passesUpstreamBody(upstream)) {
    return {
      status: upstream.status,
      headers: { 'content-type': upstream.contentType },
      body: bodyText(upstream.body),
    };
  }
  const spelling: FailureSpelling = spellings[failure.code];
  if (caller.agent === 'codex') return codexAnswer(failure, spelling, caller);
  // Waiting does not heal these, whatever their status says; the official SDKs listen to this header.
  const isHopeless = spelling.type === 'insufficient_quota' || isBeyondCaller(failure);
  const hopeless = isHopeless ? { 'x-should-retry': 'false' } : {};
  const body = errorBody(spelling, failure.message);
  return jsonAnswer(finalStatus(failure, caller), body, { ...retryAfterHeader(failure), ...hopeless });
}

function bodyText(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}

/** Error codes inside a stream. Codex knows these: the first four end the turn at once with the message, the last two are tried again. */
const streamCodes: Readonly<Record<FailureSpelling['codex'], string>> = {
  denied: 'invalid_prompt',
  credential: 'invalid_prompt',
  prompt: 'invalid_prompt',
  missing: 'model_not_found',
  context: 'context_length_exceeded',
  quota: 'insufficient_quota',
  wait: 'rate_limit_exceeded',
  stream: 'server_error',
  plain: 'server_error',
};

/** The `error` of a failed response. */
export function streamErrorOf(failure: Failure): { readonly code: string; readonly message: string } {
  const way = spellings[failure.code].codex;
  return { code: streamCodes[way], message: way === 'wait' ? waitMessage(failure) : failure.message };
}

/** Ends a stream that another wrote. Its sequence numbers are unknown here, so this one carries none. */
export function failureFrames(failure: Failure, context: EncodeContext): readonly OutFrame[] {
  const state = { id: context.newId('resp_'), status: 'failed', output: [], error: streamErrorOf(failure) } as const;
  const response = responseObject(state, context);
  return [{ event: 'response.failed', data: JSON.stringify({ type: 'response.failed', response }) }];
}

/** Reads an error answer in any of the shapes that speakers of this dialect use. */
export function decodeFailure(answer: ErrorAnswer): Failure {
  const body = parseJson(answer.body.toString('utf8'));
  return failureOfStatus(answer, isJsonObject(body) ? detailsOf(body) : {});
}

/** `{error:{…}}`, `{error:"…"}`, or the fields at the top as FastAPI-based servers write them. */
function detailsOf(body: JsonObject): { message?: string; code?: string; type?: string } {
  const inner = body['error'] ?? body;
  if (typeof inner === 'string') return { message: inner };
  const error = isJsonObject(inner) ? inner : {};
  const { code, type } = error;
  const message = error['message'] ?? error['detail'] ?? error['error_description'];
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof type === 'string' ? { type } : {}),
  };
}
