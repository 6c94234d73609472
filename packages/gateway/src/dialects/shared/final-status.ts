import type { Failure } from '../../core/failure.ts';
import type { CallerTraits } from '../dialect.ts';

/** Agents that repeat every 429 for minutes, whatever the headers say. */
const repeaters: ReadonlySet<CallerTraits['agent']> = new Set(['opencode', 'qwen-code']);

/** Who would have to wait for longer is better told at once. */
export const longestWaitMs = 10 * 60_000;

/** Waiting does not fill these again soon. */
const spent: ReadonlySet<string> = new Set(['upstream-quota-exhausted', 'budget-exhausted']);

/** Only whoever runs the gateway can mend these: a key that a provider refuses, an address that is wrong. */
const beyondCaller: ReadonlySet<string> = new Set(['upstream-credential-refused', 'address-forbidden']);

export function isBeyondCaller({ code }: Failure): boolean {
  return beyondCaller.has(code);
}

/**
 * The status of a failure for agents of OpenAI's two dialects, so that one which no second try can mend is shown at once. opencode over
 * Responses repeats a 404, too: there models once took a moment to appear.
 */
export function finalStatus(failure: Failure, { agent }: CallerTraits): number {
  const { status } = failure.traits;
  if (repeaters.has(agent)) {
    if (spent.has(failure.code)) return 402;
    if (isBeyondCaller(failure)) return 424;
    if (status === 429 && (failure.retryAfterMs ?? 0) > longestWaitMs) return 403;
  }
  return status === 404 && agent === 'opencode' ? 400 : status;
}
