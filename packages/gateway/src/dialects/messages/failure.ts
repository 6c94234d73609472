import type { FailureCode } from '@turnpike/contract/failure-codes';
import type { Failure } from '../../core/failure.ts';
import type { OutFrame } from '../../core/frame.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { CallerTraits, FailureAnswer } from '../dialect.ts';
import { longestWaitMs } from '../shared/final-status.ts';

interface Shape {
  readonly status: number;
  /** Anthropic's error type. https://platform.claude.com/docs/en/api/errors */
  readonly type: string;
  /** Trying again cannot help: Claude Code and the SDKs are told so, else they try for minutes. */
  readonly final?: true;
}

const invalid: Shape = { status: 400, type: 'invalid_request_error' };
const forbidden: Shape = { status: 403, type: 'permission_error' };
const unauthenticated: Shape = { status: 401, type: 'authentication_error', final: true };
const unreachable: Shape = { status: 502, type: 'api_error' };
const unavailable: Shape = { status: 503, type: 'api_error' };

const shapes = {
  'request-malformed': invalid,
  'request-ambiguous': invalid,
  'request-too-large': { status: 413, type: 'request_too_large' },
  'request-encoding-unsupported': { status: 415, type: 'invalid_request_error' },
  'route-not-found': { status: 404, type: 'not_found_error' },
  'method-not-allowed': { status: 405, type: 'invalid_request_error' },
  'client-gone': { status: 499, type: 'api_error' },
  'key-missing': unauthenticated,
  'key-unknown': unauthenticated,
  'key-disabled': forbidden,
  'key-expired': forbidden,
  'key-orphaned': forbidden,
  'token-invalid': unauthenticated,
  // A helper that fetches tokens is asked for a new one after this.
  'token-expired': { status: 401, type: 'authentication_error' },
  'token-forbidden': forbidden,
  'token-unverifiable': unavailable,
  'foreign-login': forbidden,
  'rule-refused': forbidden,
  'model-forbidden': forbidden,
  'provider-forbidden': forbidden,
  'caller-address-forbidden': forbidden,
  'model-unknown': { status: 404, type: 'not_found_error' },
  'budget-exhausted': { status: 402, type: 'billing_error', final: true },
  'rate-limited': { status: 429, type: 'rate_limit_error' },
  'deployment-limited': { status: 429, type: 'rate_limit_error' },
  'counters-unreachable': unavailable,
  'price-unknown': forbidden,
  'meaning-lost': invalid,
  'upstream-unreachable': unreachable,
  'upstream-timeout': { status: 504, type: 'timeout_error' },
  'upstream-cut': unreachable,
  'upstream-garbled': unreachable,
  'upstream-error': unreachable,
  'upstream-overloaded': { status: 529, type: 'overloaded_error' },
  'upstream-rate-limited': { status: 429, type: 'rate_limit_error' },
  'upstream-quota-exhausted': { status: 402, type: 'billing_error', final: true },
  'upstream-credential-refused': { ...unreachable, final: true },
  'upstream-model-missing': { status: 404, type: 'not_found_error' },
  'upstream-request-refused': invalid,
  'upstream-seal-refused': invalid,
  'upstream-content-refused': invalid,
  'context-too-long': invalid,
  'address-forbidden': { ...unreachable, final: true },
  'not-ready': unavailable,
  'shutting-down': unavailable,
  defect: { status: 500, type: 'api_error', final: true },
} as const satisfies Record<FailureCode, Shape>;

/** Writes a failure before anything was sent. An Anthropic error body passes as it came: clients repair themselves by its wording. */
export function encodeFailure(failure: Failure, caller: CallerTraits): FailureAnswer {
  const shape = shapeFor(failure, caller);
  const own = upstreamBody(failure);
  const wait = failure.retryAfterMs;
  const final = shape.final === true || (wait !== undefined && wait > longestWaitMs);
  return {
    status: own ? own.status : shape.status,
    headers: {
      'content-type': 'application/json',
      'request-id': caller.exchangeId,
      ...(wait === undefined ? {} : { 'retry-after': String(Math.ceil(wait / 1_000)) }),
      ...(final ? { 'x-should-retry': 'false' } : {}),
    },
    body: own ? own.body : JSON.stringify({ ...errorOf(failure, shape), request_id: caller.exchangeId }),
  };
}

/** Writes a failure into a stream. */
export function failureFrames(failure: Failure): readonly OutFrame[] {
  return [{ event: 'error', data: JSON.stringify(errorOf(failure, shapes[failure.code])) }];
}

/**
 * Statuses that Claude Code has no rules of its own for: it shows our words at once, as they are. A 404 it takes for a misspelt model and
 * drops the words, a 403 for a failed login, a 400 it sends five times more with fewer features, and a 5xx it repeats for minutes.
 */
const plainStatuses: Partial<Record<FailureCode, number>> = {
  'model-unknown': 410,
  'upstream-model-missing': 410,
  'rule-refused': 423,
  'model-forbidden': 423,
  'provider-forbidden': 423,
  'price-unknown': 423,
  'meaning-lost': 424,
  'upstream-request-refused': 424,
  'upstream-seal-refused': 424,
  'upstream-content-refused': 424,
  'upstream-credential-refused': 424,
  'address-forbidden': 424,
};

function shapeFor(failure: Failure, caller: CallerTraits): Shape {
  const shape: Shape = shapes[failure.code];
  if (caller.agent !== 'claude-code') return shape;
  // Older releases repeat a 401 for minutes, whatever the headers say. One that a fresh token may mend stays: its helper is asked for one at once.
  if (shape.status === 401 && shape.final) return forbidden;
  const status = plainStatuses[failure.code];
  return status === undefined ? shape : { ...shape, status, final: true };
}

function errorOf(failure: Failure, shape: Shape): JsonObject {
  return { type: 'error', error: { type: shape.type, message: messageOf(failure) } };
}

/** Claude Code compacts a conversation when the error begins with these words. */
const tooLong = 'prompt is too long';

function messageOf({ code, message }: Failure): string {
  return code === 'context-too-long' && !message.startsWith(tooLong) ? `${tooLong}: ${message}` : message;
}

/**
 * The provider's own answer, where it speaks this dialect. Not where it refused our key or its money ran out: the status
 * and wording would blame the caller for what is the gateway's account.
 */
function upstreamBody({ code, upstream }: Failure): { status: number; body: string } | undefined {
  if (!upstream || code === 'upstream-credential-refused' || code === 'upstream-quota-exhausted') return undefined;
  const body = Buffer.from(upstream.body).toString('utf8');
  const value = parseJson(body);
  const isOurs = isJsonObject(value) && value['type'] === 'error' && isJsonObject(value['error']);
  return isOurs ? { status: upstream.status, body } : undefined;
}
