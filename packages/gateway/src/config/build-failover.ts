import type { ConfigDocument } from '@turnpike/contract/config';
import type { AliasFailoverEntry, FailoverEntry } from '@turnpike/contract/config-failover';

/** What becomes of a request when a deployment fails it or is slow. Times in milliseconds; what is absent is off. */
export interface FailoverRules {
  /** How many attempts one exchange may make. */
  readonly maxAttempts: number;
  /** How often the plan may be gone through. */
  readonly rounds: number;
  /** Longest pause before the second round. It doubles with each further one, up to `maxBackoffMs`. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** From sending a request until the first byte of a streamed answer, while there is another deployment to try. */
  readonly firstByteMs: number;
  /** From sending a request until a streamed answer has begun. */
  readonly firstTokenMs?: number;
  /** After so long without a beginning, the next deployment is asked beside it. */
  readonly hedgeAfterMs?: number;
  /** From the request's arrival until an answer has begun. */
  readonly deadlineMs?: number;
  /** An answer that breaks off is gone on with, where its agent notices nothing of it. */
  readonly resume: boolean;
}

/** The rules that hold for all names, or for one whose own come first. */
export function buildFailover(
  { failover, server }: Pick<ConfigDocument, 'failover' | 'server'>,
  own?: AliasFailoverEntry,
): FailoverRules {
  const entry: FailoverEntry = { ...failover, ...given(own) };
  return Object.freeze({
    maxAttempts: entry.max_attempts ?? server.max_attempts,
    rounds: entry.rounds,
    backoffMs: entry.backoff_ms,
    maxBackoffMs: entry.max_backoff_ms,
    firstByteMs: entry.first_byte_timeout_ms,
    resume: entry.resume === 'on',
    ...timeOf('firstTokenMs', entry.first_token_timeout_ms),
    ...timeOf('hedgeAfterMs', entry.hedge_after_ms),
    ...timeOf('deadlineMs', entry.deadline_ms),
  });
}

/** What is there, without what is left out. */
function given(own: AliasFailoverEntry = {}): Partial<FailoverEntry> {
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
}

function timeOf<Key extends string>(key: Key, value: number | 'off'): { readonly [K in Key]?: number } {
  const spread: { [K in Key]?: number } = {};
  if (value !== 'off') spread[key] = value;
  return spread;
}
