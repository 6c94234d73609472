import { type FailureCode, type FailureTraits, failureTable } from '@turnpike/contract/failure-codes';

export interface FailureDetails {
  readonly cause?: unknown;
  /** Milliseconds until trying again may help. */
  readonly retryAfterMs?: number;
  /** What the provider answered, verbatim: the express lane passes it on, because clients repair themselves by its wording. */
  readonly upstream?: UpstreamError;
  readonly limit?: LimitDetails;
}

/** A limit of this gateway that refuses, as far as clients show it. */
export interface LimitDetails {
  readonly kind: 'budget' | 'rate' | 'concurrency';
  /** When it starts anew; milliseconds since 1970. Absent: not known, or never. */
  readonly resetsAtMs?: number;
  /** The model that answers instead, where a budget names one. */
  readonly fallbackModel?: string;
}

/** A provider's error answer, kept whole. */
export interface UpstreamError {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** The provider's own error code or type, if it gave one. */
  readonly code?: string;
}

/**
 * The one kind of expected failure. Whatever else is thrown is a defect.
 * The message is for the developer at the agent's terminal: what happened and what to do.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly retryAfterMs: number | undefined;
  readonly upstream: UpstreamError | undefined;
  readonly limit: LimitDetails | undefined;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryAfterMs = details.retryAfterMs;
    this.upstream = details.upstream;
    this.limit = details.limit;
  }

  get traits(): FailureTraits {
    return failureTable[this.code];
  }
}

/** The failure itself, or a `defect` that wraps whatever else was thrown. */
export function asFailure(thrown: unknown, defectId: string): Failure {
  if (thrown instanceof Failure) return thrown;
  return new Failure('defect', `Turnpike hit an internal error (${defectId}). Please report it with this id.`, {
    cause: thrown,
  });
}
