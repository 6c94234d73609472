import type { FailureCode } from '@turnpike/contract/failure-codes';
import { failureTable } from '@turnpike/contract/failure-codes';
import { Failure } from '../../core/failure.ts';
import type { OutFrame } from '../../core/frame.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import type { ErrorAnswer, FailureAnswer } from '../dialect.ts';
import { longestWaitMs } from '../shared/final-status.ts';
import { failureOfStatus } from '../shared/http-failure.ts';
import { objectField, objectsField, stringField } from './types.ts';

/** Google's canonical word for a failure, and the HTTP status where the table's own would make clients try again in vain. */
interface Spelling {
  /** https://cloud.google.com/apis/design/errors#handling_errors */
  readonly status: string;
  readonly http?: number;
}

/** Clients of this dialect try 429 and 5xx again, up to ten times: what no second try can mend is told as 4xx. */
const spellings = {
  'request-malformed': { status: 'INVALID_ARGUMENT' },
  'request-ambiguous': { status: 'INVALID_ARGUMENT' },
  'request-too-large': { status: 'INVALID_ARGUMENT' },
  'request-encoding-unsupported': { status: 'INVALID_ARGUMENT' },
  'route-not-found': { status: 'NOT_FOUND' },
  'method-not-allowed': { status: 'UNIMPLEMENTED' },
  'client-gone': { status: 'CANCELLED' },
  'key-missing': { status: 'UNAUTHENTICATED' },
  'key-unknown': { status: 'UNAUTHENTICATED' },
  'key-disabled': { status: 'PERMISSION_DENIED' },
  'key-expired': { status: 'PERMISSION_DENIED' },
  'key-orphaned': { status: 'PERMISSION_DENIED' },
  'token-invalid': { status: 'UNAUTHENTICATED' },
  'token-expired': { status: 'UNAUTHENTICATED' },
  'token-forbidden': { status: 'PERMISSION_DENIED' },
  'token-unverifiable': { status: 'UNAVAILABLE' },
  'foreign-login': { status: 'PERMISSION_DENIED' },
  'rule-refused': { status: 'PERMISSION_DENIED' },
  'model-forbidden': { status: 'PERMISSION_DENIED' },
  'provider-forbidden': { status: 'PERMISSION_DENIED' },
  'caller-address-forbidden': { status: 'PERMISSION_DENIED' },
  'model-unknown': { status: 'NOT_FOUND' },
  // 429 with any other words Gemini CLI tries ten times; this one it shows at once.
  'budget-exhausted': { status: 'PERMISSION_DENIED', http: 403 },
  'rate-limited': { status: 'RESOURCE_EXHAUSTED' },
  'deployment-limited': { status: 'RESOURCE_EXHAUSTED' },
  'counters-unreachable': { status: 'UNAVAILABLE' },
  'price-unknown': { status: 'PERMISSION_DENIED' },
  'meaning-lost': { status: 'INVALID_ARGUMENT' },
  'upstream-unreachable': { status: 'UNAVAILABLE' },
  'upstream-timeout': { status: 'DEADLINE_EXCEEDED' },
  'upstream-cut': { status: 'UNAVAILABLE' },
  'upstream-garbled': { status: 'INTERNAL' },
  'upstream-error': { status: 'INTERNAL' },
  'upstream-overloaded': { status: 'UNAVAILABLE' },
  'upstream-rate-limited': { status: 'RESOURCE_EXHAUSTED' },
  'upstream-quota-exhausted': { status: 'RESOURCE_EXHAUSTED' },
  'upstream-credential-refused': { status: 'PERMISSION_DENIED', http: 403 },
  'upstream-model-missing': { status: 'NOT_FOUND' },
  'upstream-request-refused': { status: 'INVALID_ARGUMENT' },
  'upstream-seal-refused': { status: 'INVALID_ARGUMENT' },
  'upstream-content-refused': { status: 'INVALID_ARGUMENT' },
  'context-too-long': { status: 'INVALID_ARGUMENT' },
  'address-forbidden': { status: 'PERMISSION_DENIED', http: 403 },
  'not-ready': { status: 'UNAVAILABLE' },
  'shutting-down': { status: 'UNAVAILABLE' },
  defect: { status: 'INTERNAL' },
} as const satisfies Record<FailureCode, Spelling>;

/** The answer to a request that failed before anything was sent. */
export function encodeFailure(failure: Failure): FailureAnswer {
  const body = errorBody(failure);
  const retryAfter =
    failure.retryAfterMs === undefined ? {} : { 'retry-after': String(secondsOf(failure.retryAfterMs)) };
  return {
    status: httpStatus(failure.code),
    headers: { 'content-type': 'application/json; charset=utf-8', ...retryAfter },
    body: JSON.stringify(body),
  };
}

/** One chunk that ends a stream: clients throw when a chunk holds an error. */
export function failureFrames(failure: Failure): readonly OutFrame[] {
  return [{ data: JSON.stringify(errorBody(failure)) }];
}

function errorBody(failure: Failure): JsonObject {
  const details = detailsOf(failure);
  return {
    error: {
      code: httpStatus(failure.code),
      message: failure.message,
      status: spellings[failure.code].status,
      ...(details.length > 0 ? { details } : {}),
    },
  };
}

function httpStatus(code: FailureCode): number {
  const spelling: Spelling = spellings[code];
  return spelling.http ?? failureTable[code].status;
}

const retryInfoType = 'type.googleapis.com/google.rpc.RetryInfo';
const quotaFailureType = 'type.googleapis.com/google.rpc.QuotaFailure';

function detailsOf(failure: Failure): readonly Json[] {
  const details: Json[] = [];
  if (failure.code === 'upstream-quota-exhausted' || (failure.retryAfterMs ?? 0) > longestWaitMs) {
    // Gemini CLI takes a quota by this name for spent until tomorrow and stops at once; any other 429 it tries ten times.
    details.push({ '@type': quotaFailureType, violations: [{ quotaId: 'QuotaPerDay' }] });
  } else if (failure.retryAfterMs !== undefined) {
    details.push({ '@type': retryInfoType, retryDelay: `${secondsOf(failure.retryAfterMs)}s` });
  }
  return details;
}

function secondsOf(milliseconds: number): number {
  return Math.ceil(milliseconds / 1_000);
}

/** The failure in Google's error answer, a `google.rpc.Status` under `error`. */
export function decodeFailure(answer: ErrorAnswer): Failure {
  const parsed = parseJson(answer.body.toString('utf8'));
  // Without `alt=sse` a streaming call answers with an array, also when it fails.
  const body = Array.isArray(parsed) ? parsed[0] : parsed;
  const error = isJsonObject(body) ? objectField(body, 'error') : undefined;
  if (!error) return failureOfStatus(answer, {});
  const message = stringField(error, 'message');
  const status = stringField(error, 'status');
  const general = failureOfStatus(answer, {
    ...(message === undefined ? {} : { message }),
    ...(status === undefined ? {} : { code: status }),
  });
  return answer.status === 429 ? limitFailure(general, error) : general;
}

/** The failure that a chunk of a stream tells instead of an answer, or undefined. */
export function failureOfChunk(chunk: JsonObject): Failure | undefined {
  const error = objectField(chunk, 'error');
  if (!error) return undefined;
  const code = error['code'];
  const status = typeof code === 'number' && code >= 400 ? code : statuses[stringField(error, 'status') ?? ''];
  return decodeFailure({
    status: status ?? 500,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(chunk)),
    now: 0,
  });
}

/** The HTTP statuses of Google's words. https://cloud.google.com/apis/design/errors#handling_errors */
const statuses: Readonly<Partial<Record<string, number>>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** Google says "exceeded your current quota" for minutes and for days alike; only the details tell which. */
function limitFailure(general: Failure, error: JsonObject): Failure {
  const details = objectsField(error, 'details');
  const spent = details.some(isDailyQuota);
  const delay = details.map(retryDelayMs).find((wait) => wait !== undefined);
  const limited = spent || details.length === 0 ? general.code : 'upstream-rate-limited';
  const retryAfterMs = delay ?? general.retryAfterMs;
  return new Failure(spent ? 'upstream-quota-exhausted' : limited, general.message, {
    ...(retryAfterMs === undefined || spent ? {} : { retryAfterMs }),
    ...(general.upstream ? { upstream: general.upstream } : {}),
  });
}

function isDailyQuota(detail: JsonObject): boolean {
  if (detail['@type'] !== quotaFailureType) return false;
  return objectsField(detail, 'violations').some((violation) => stringField(violation, 'quotaId')?.includes('PerDay'));
}

function retryDelayMs(detail: JsonObject): number | undefined {
  if (detail['@type'] !== retryInfoType) return undefined;
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(stringField(detail, 'retryDelay') ?? '')?.[1];
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1_000);
}
