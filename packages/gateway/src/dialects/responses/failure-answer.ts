import type { Failure, UpstreamError } from '../../core/failure.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { FailureAnswer } from '../dialect.ts';

/**
 * How Codex must hear of a failure so that it shows the message and does not retry in vain.
 * `denied`: 403 with the one code that it shows verbatim at once. `credential`: the same, saying that it is the gateway's key.
 * `prompt`: 400, verbatim. `missing`: 404, verbatim. `context`, `quota`: its own texts, one shot.
 * `wait`: 429 or a stream that says how long. `stream`: a stream that fails, tried 6 times; a 5xx is tried 30 times and its message dropped.
 * `plain`: as everybody else.
 */
export type CodexWay =
  'denied' | 'credential' | 'prompt' | 'missing' | 'context' | 'quota' | 'wait' | 'stream' | 'plain';

export interface FailureSpelling {
  readonly code: string;
  readonly type: string;
  readonly codex: CodexWay;
}

/** OpenAI's error form. */
export function errorBody(error: { readonly code: string; readonly type: string }, message: string): JsonObject {
  return { error: { message, type: error.type, param: null, code: error.code } };
}

export function jsonAnswer(
  status: number,
  body: JsonObject,
  headers: Readonly<Record<string, string>> = {},
): FailureAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** `retry-after` in whole seconds where waiting helps. */
export function retryAfterHeader(failure: Failure): Readonly<Record<string, string>> {
  return failure.retryAfterMs === undefined ? {} : { 'retry-after': String(secondsOf(failure.retryAfterMs)) };
}

function secondsOf(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1_000));
}

/** Codex waits for as long as the words "try again in …" say; without them it would come back at once. */
export function waitMessage(failure: Failure): string {
  if (/try again in/i.test(failure.message)) return failure.message;
  return `${failure.message} Please try again in ${secondsOf(failure.retryAfterMs ?? defaultWaitMs)}s.`;
}

const defaultWaitMs = 2_000;

/** Whether a provider's own error body is in this dialect's form: then it passes verbatim, because clients repair themselves by its wording. */
export function passesUpstreamBody(upstream: UpstreamError): boolean {
  const body = parseJson(Buffer.from(upstream.body).toString('utf8'));
  return (
    isJsonObject(body) &&
    body['type'] === undefined &&
    isJsonObject(body['error']) &&
    typeof body['error']['code'] !== 'number'
  );
}
