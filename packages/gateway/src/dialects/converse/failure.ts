import type { Failure } from '../../core/failure.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/json.ts';
import type { ErrorAnswer } from '../dialect.ts';
import { given } from '../shared/given.ts';
import { failureOfStatus } from '../shared/http-failure.ts';

/** What an exception means: the field's common word for it, and its usual status, which in a stream nobody tells. */
interface Meaning {
  readonly type: string;
  readonly status: number;
}

const refusedKey: Meaning = { type: 'authentication_error', status: 403 };

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html and …/CommonErrors.html */
const exceptions: Readonly<Record<string, Meaning>> = {
  ThrottlingException: { type: 'rate_limit_error', status: 429 },
  TooManyRequestsException: { type: 'rate_limit_error', status: 429 },
  ServiceQuotaExceededException: { type: 'insufficient_quota', status: 400 },
  ServiceUnavailableException: { type: 'overloaded_error', status: 503 },
  ModelNotReadyException: { type: 'overloaded_error', status: 429 },
  ModelTimeoutException: { type: 'timeout_error', status: 408 },
  ModelErrorException: { type: 'server_error', status: 424 },
  ModelStreamErrorException: { type: 'server_error', status: 424 },
  InternalServerException: { type: 'server_error', status: 500 },
  InternalFailure: { type: 'server_error', status: 500 },
  ResourceNotFoundException: { type: 'model_not_found', status: 404 },
  AccessDeniedException: refusedKey,
  ExpiredTokenException: refusedKey,
  IncompleteSignatureException: refusedKey,
  InvalidSignatureException: refusedKey,
  MissingAuthenticationTokenException: refusedKey,
  UnrecognizedClientException: refusedKey,
};

/** `ValidationException` stands for much; only its words tell. */
const words: readonly (readonly [said: RegExp, type: string])[] = [
  [
    /input is too long|prompt is too long|exceed(s|ed)? (the )?context|too many (input )?tokens/i,
    'context_length_exceeded',
  ],
  [
    /model identifier is invalid|isn.t supported.*inference profile|(do|does)n.t have access to the model/i,
    'model_not_found',
  ],
  [/content filter|blocked by .*guardrail/i, 'content_filter'],
];

/** Reads Bedrock's error answer. The exception's name stands in a header or in the body, with or without a namespace. */
export function decodeFailure(answer: ErrorAnswer): Failure {
  const parsed = parseJson(answer.body.toString('utf8'));
  const body = isJsonObject(parsed) ? parsed : {};
  const told = [answer.headers['x-amzn-errortype'], body['__type'], body['code']];
  return failureOf(answer, nameOf(told.find((name) => typeof name === 'string' && name !== '')), body);
}

/** The failure that an exception inside a stream is. Its name is that of the frame. */
export function failureOfException(frameName: string, payload: JsonObject): Failure {
  const name = nameOf(frameName);
  const headers = { 'content-type': 'application/json' };
  const status = exceptions[name]?.status ?? (name === 'ValidationException' ? 400 : 500);
  return failureOf({ status, headers, now: 0, body: Buffer.from(JSON.stringify(payload)) }, name, payload);
}

function failureOf(answer: ErrorAnswer, name: string, body: JsonObject): Failure {
  const message = [body['message'], body['Message'], body['originalMessage']].find((text) => typeof text === 'string');
  const said = words.find(([pattern]) => pattern.test(message ?? ''))?.[1];
  const isPlain = name === '' || name === 'ValidationException' || name === 'AccessDeniedException';
  const type = (isPlain ? said : undefined) ?? exceptions[name]?.type;
  return failureOfStatus(answer, {
    ...given('message', message),
    ...given('code', name === '' ? undefined : name),
    ...given('type', type),
  });
}

/** `com.amazon.coral.service#ThrottlingException:http://…` → `ThrottlingException`; frames of a stream begin small. */
function nameOf(told: Json | readonly string[] | undefined): string {
  if (typeof told !== 'string') return '';
  const name = told.replace(/^.*#/, '').replace(/:.*$/s, '').trim();
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
