import type { Failure } from '../../core/failure.ts';
import type { CallerTraits, FailureAnswer } from '../dialect.ts';
import { errorBody, type FailureSpelling, jsonAnswer, retryAfterHeader, waitMessage } from './failure-answer.ts';

/** Longer than this nobody should sit before a silent terminal: Codex would sleep through any `retry-after`, six times over. */
const longestSilentWaitMs = 120_000;

/** Writes a failure for Codex. What each form makes it do was measured with the real client. */
export function codexAnswer(failure: Failure, spelling: FailureSpelling, caller: CallerTraits): FailureAnswer {
  const { message } = failure;
  switch (spelling.codex) {
    case 'denied':
      return finalAnswer(message, caller, { status: 403, error: hookDenied });
    case 'credential':
      return finalAnswer(message, caller, { status: 403, error: hookDenied });
    case 'prompt':
      return finalAnswer(message, caller, { status: 400, error: { code: 'invalid_prompt', type: spelling.type } });
    case 'missing':
      return finalAnswer(message, caller, { status: 404, error: spelling });
    case 'context':
      return jsonAnswer(400, errorBody(spelling, message));
    case 'quota':
      return jsonAnswer(429, errorBody(spelling, message));
    case 'wait':
      return waitAnswer(failure, spelling, caller);
    case 'stream':
      if (caller.stream) return failedStream({ code: 'server_error', message }, caller);
      return plainAnswer(failure, spelling);
    default:
      return plainAnswer(failure, spelling);
  }
}

const hookDenied = { code: 'inference_hook_denied', type: 'permission_error' };

interface FinalForm {
  readonly status: number;
  readonly error: { readonly code: string; readonly type: string };
}

/**
 * A failure after which asking again is in vain, to be shown verbatim. Releases before 0.169 ask six times after `inference_hook_denied` (and
 * before 0.166 after `model_not_found`), and show the JSON of a 400 as it is. The bare text of a 400 they show well, since 0.80.
 * Over a WebSocket there is no bare text; a failed stream does the same there, and everywhere since 0.99.
 */
function finalAnswer(message: string, caller: CallerTraits, { status, error }: FinalForm): FailureAnswer {
  const { agentRelease, stream } = caller;
  if (agentRelease === undefined || !isBefore(agentRelease, 169)) return jsonAnswer(status, errorBody(error, message));
  if (stream && !isBefore(agentRelease, 99)) return failedStream({ code: 'invalid_prompt', message }, caller);
  return { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: message };
}

/** All releases so far are 0.something. */
function isBefore(release: string, minor: number): boolean {
  const [major = 0, actual = 0] = release.split('.').map(Number);
  return major === 0 && actual < minor;
}

/**
 * 429 makes Codex wait exactly `retry-after`; without that header it gives up at once and drops the message,
 * while a stream that fails with `rate_limit_exceeded` is tried again after the time that its message names.
 */
function waitAnswer(failure: Failure, spelling: FailureSpelling, caller: CallerTraits): FailureAnswer {
  const { retryAfterMs } = failure;
  if (retryAfterMs !== undefined && retryAfterMs > longestSilentWaitMs) {
    return finalAnswer(waitMessage(failure), caller, { status: 403, error: hookDenied });
  }
  if (retryAfterMs === undefined && caller.stream) {
    return failedStream({ code: 'rate_limit_exceeded', message: waitMessage(failure) }, caller);
  }
  return jsonAnswer(429, errorBody(spelling, failure.message), retryAfterHeader(failure));
}

function plainAnswer(failure: Failure, spelling: FailureSpelling): FailureAnswer {
  return jsonAnswer(failure.traits.status, errorBody(spelling, failure.message), retryAfterHeader(failure));
}

/** A whole stream that only fails. There is no clock here: `created_at` is 0, which Codex does not read. */
function failedStream(error: { code: string; message: string }, caller: CallerTraits): FailureAnswer {
  const id = `resp_${caller.exchangeId}`;
  const base = { id, object: 'response', created_at: 0, model: caller.model ?? '', output: [] };
  const created = {
    type: 'response.created',
    sequence_number: 0,
    response: { ...base, status: 'in_progress', error: null },
  };
  const failed = { type: 'response.failed', sequence_number: 1, response: { ...base, status: 'failed', error } };
  const body = [created, failed].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  return { status: 200, headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }, body };
}
