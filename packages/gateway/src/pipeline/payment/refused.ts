import { Failure } from '../../core/failure.ts';
import { describeRefusal } from '../../ledger/describe-refusal.ts';
import type { CountersRefusal, Refusal } from '../../ledger/refusal.ts';

/** A refusal of the ledger as the failure that the client is told. */
export function refused(refusal: Refusal | CountersRefusal): Failure {
  const message = describeRefusal(refusal);
  if (refusal.why === 'counters-unreachable') {
    return new Failure('counters-unreachable', message, { retryAfterMs: refusal.retryAfterMs });
  }
  if (refusal.why === 'unpriced') return new Failure('price-unknown', message);
  const { kind, resetsAtMs, retryAfterMs, fallbackModel } = refusal;
  // Nobody waits for a budget: with a time to wait, agents would.
  const waits = kind !== 'budget' && retryAfterMs !== undefined;
  return new Failure(codeOf(refusal), message, {
    limit: {
      kind,
      ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
      ...(fallbackModel === undefined ? {} : { fallbackModel }),
    },
    ...(waits ? { retryAfterMs } : {}),
  });
}

function codeOf({ elsewhere, kind }: Refusal) {
  if (elsewhere) return 'deployment-limited';
  return kind === 'budget' ? 'budget-exhausted' : 'rate-limited';
}
