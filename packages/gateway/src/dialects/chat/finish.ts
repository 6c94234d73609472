import type { StopReason } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { failureOfStatus } from '../shared/http-failure.ts';
import { errorDetails } from './failure.ts';
import { isFilled } from './types.ts';

/** Finish reasons of the field; what is not here is `other`. */
const stops: Readonly<Record<string, StopReason>> = {
  stop: 'complete',
  tool_calls: 'complete',
  function_call: 'complete',
  end_turn: 'complete',
  eos: 'complete',
  length: 'max-output-tokens',
  max_tokens: 'max-output-tokens',
  model_length: 'max-output-tokens',
  content_filter: 'content-filter',
  sensitive: 'content-filter',
};

export function stopOf(finish: string): StopReason {
  return Object.hasOwn(stops, finish) ? (stops[finish] ?? 'other') : 'other';
}

/** Finish reasons that say that the vendor broke off: OpenRouter's, Z.ai's, DeepSeek's, vLLM's. */
const breaks: ReadonlySet<string> = new Set(['error', 'network_error', 'insufficient_system_resource', 'abort']);

/** The failure that a finish reason tells, if it tells one. */
export function failureOfFinish(finish: string, choice: JsonObject): Failure | undefined {
  if (!breaks.has(finish)) return undefined;
  if (choice['error'] !== undefined && choice['error'] !== null) return failureOfValue(choice['error'], choice);
  const code = finish === 'insufficient_system_resource' ? 'upstream-overloaded' : 'upstream-error';
  return new Failure(code, `The provider broke off its answer (finish reason "${finish}").`);
}

/** The failure in a chunk or a whole answer that is an error in spite of status 200. */
export function failureInAnswer(body: JsonObject, event: string | undefined): Failure | undefined {
  const error = body['error'];
  if (isJsonObject(error) || isFilled(error)) return failureOfValue(error, body);
  // Older vLLM and a bare SSE `error` event have the error's fields at the top.
  if (body['object'] === 'error' || event === 'error') return failureOfValue(body, body);
  return undefined;
}

/** Vendors give a status as the error's `code` here, where no HTTP status can tell it. */
function failureOfValue(error: Json, whole: JsonObject): Failure {
  const code = isJsonObject(error) ? (error['code'] ?? error['status']) : undefined;
  const status = Number(isFilled(code) || typeof code === 'number' ? code : Number.NaN);
  const isStatus = Number.isInteger(status) && status >= 400 && status <= 599;
  return failureOfStatus(
    {
      status: isStatus ? status : 502,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(whole)),
      now: 0,
    },
    errorDetails(isJsonObject(error) || typeof error === 'string' ? { error } : {}),
  );
}
