import type { Failure } from '../../core/failure.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { AgentName, FailureAnswer } from '../../dialects/dialect.ts';
import { dialects } from '../../dialects/registry.ts';

/** Headers of an error answer that say nothing once it is a message. */
const httpOnly: ReadonlySet<string> = new Set(['content-type', 'content-length', 'cache-control']);

/** An error answer as a message. Codex ignores one without `status` and would wait for minutes. */
export function errorMessage(answer: FailureAnswer): string {
  const headers = Object.entries(answer.headers).filter(([name]) => !httpOnly.has(name));
  return JSON.stringify({
    type: 'error',
    status: answer.status,
    error: errorOf(answer),
    headers: Object.fromEntries(headers),
  });
}

function errorOf({ body }: FailureAnswer): JsonObject {
  const value = parseJson(body);
  if (isJsonObject(value) && isJsonObject(value['error'])) return value['error'];
  return { type: 'server_error', code: 'server_error', message: body, param: null };
}

/** A failure outside an exchange, as a message in the words that this agent shows. */
export function failureMessage(failure: Failure, agent: AgentName): string {
  return errorMessage(dialects.responses.encodeFailure(failure, { agent, stream: false, exchangeId: 'none' }));
}

/** Refusals that only this wire knows. The codes are OpenAI's; at the first two Codex connects again and sends everything, without a word. */
const refusals = {
  previous_response_not_found: { status: 400, param: 'previous_response_id' },
  websocket_connection_limit_reached: { status: 400, param: null },
  response_already_in_flight: { status: 409, param: null },
} as const;

export function refusalMessage(code: keyof typeof refusals, message: string): string {
  const { status, param } = refusals[code];
  return JSON.stringify({ type: 'error', status, error: { type: 'invalid_request_error', code, message, param } });
}
