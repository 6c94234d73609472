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
      return jsonAnswer(403, errorBody(hookDenied, message));
    case 'credential':
      return jsonAnswer(403, errorBody(hookDenied, credentialMessage(message)));
    case 'prompt':
      return jsonAnswer(400, errorBody({ code: 'invalid_prompt', type: spelling.type }, message));
    case 'missing':
      return jsonAnswer(404, errorBody(spelling, message));
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

/** The developer must not look for the fault in their own key. */
function credentialMessage(message: string): string {
  return `The gateway's own key for this provider was refused; your key is fine. Tell whoever runs the gateway. (${message})`;
}

/**
 * 429 makes Codex wait exactly `retry-after`; without that header it gives up at once and drops the message,
 * while a stream that fails with `rate_limit_exceeded` is tried again after the time that its message names.
 */
function waitAnswer(failure: Failure, spelling: FailureSpelling, caller: CallerTraits): FailureAnswer {
  const { retryAfterMs } = failure;
  if (retryAfterMs !== undefined && retryAfterMs > longestSilentWaitMs) {
    return jsonAnswer(403, errorBody(hookDenied, waitMessage(failure)));
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
