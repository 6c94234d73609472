import { CountersUnreachable } from './counters.ts';
import type { CountersRefusal } from './refusal.ts';

/** Asking sooner than this again is of no use. */
const retryAfterMs = 5000;

/** What counters that cannot be asked mean to a request. Anything else that they throw is a defect. */
export function countersRefusal(error: unknown): CountersRefusal {
  if (!(error instanceof CountersUnreachable)) throw error;
  return { refused: true, why: 'counters-unreachable', retryAfterMs };
}
