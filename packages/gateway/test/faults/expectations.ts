import type { FailureCode } from '@turnpike/contract/failure-codes';
import type { Fault } from '../kit/faulty-upstream.ts';

/**
 * What a fault must come to.
 * `early`: nothing was told yet, so another deployment takes over; without one the caller gets an error answer.
 * `late`: text was told already, so the stream ends in one failure. `harmless`: the caller notices nothing.
 */
interface Expectation {
  readonly when: 'early' | 'late' | 'harmless';
  /** Codes that say truly what happened. */
  readonly codes: readonly FailureCode[];
}

const unreachable: readonly FailureCode[] = ['upstream-unreachable', 'upstream-cut'];

export const expectations: Readonly<Record<Fault, Expectation>> = {
  refused: { when: 'early', codes: ['upstream-unreachable'] },
  'hang-before-headers': { when: 'early', codes: ['upstream-timeout'] },
  'hang-at-start': { when: 'early', codes: ['upstream-timeout'] },
  'only-life-signs': { when: 'early', codes: ['upstream-timeout'] },
  'hang-midway': { when: 'late', codes: ['upstream-timeout'] },
  'reset-before-headers': { when: 'early', codes: unreachable },
  'reset-at-start': { when: 'early', codes: ['upstream-cut'] },
  'reset-midway': { when: 'late', codes: ['upstream-cut'] },
  'cut-at-start': { when: 'early', codes: ['upstream-cut'] },
  'cut-midway': { when: 'late', codes: ['upstream-cut'] },
  'cut-inside-frame': { when: 'late', codes: ['upstream-cut'] },
  'half-close-midway': { when: 'late', codes: ['upstream-cut'] },
  'empty-stream': { when: 'early', codes: ['upstream-cut', 'upstream-garbled'] },
  'status-429': { when: 'early', codes: ['upstream-rate-limited'] },
  'status-429-retry-after': { when: 'early', codes: ['upstream-rate-limited'] },
  'status-500': { when: 'early', codes: ['upstream-error'] },
  'status-529': { when: 'early', codes: ['upstream-overloaded'] },
  'html-200': { when: 'early', codes: ['upstream-garbled'] },
  'error-json-200': { when: 'early', codes: ['upstream-overloaded', 'upstream-error'] },
  'other-json-200': { when: 'early', codes: ['upstream-error', 'upstream-garbled', 'upstream-cut'] },
  'compressed-unasked': { when: 'early', codes: ['upstream-garbled'] },
  'only-interim-heads': { when: 'early', codes: ['upstream-timeout'] },
  'error-at-start': { when: 'early', codes: ['upstream-overloaded', 'upstream-error'] },
  'error-midway': { when: 'late', codes: ['upstream-overloaded', 'upstream-error'] },
  'terminal-twice': { when: 'harmless', codes: [] },
  'open-after-end': { when: 'harmless', codes: [] },
  'loud-content-type': { when: 'harmless', codes: [] },
  'length-too-long': { when: 'late', codes: ['upstream-cut'] },
  'length-too-short': { when: 'late', codes: ['upstream-cut'] },
  'huge-frame': { when: 'late', codes: ['upstream-garbled'] },
  drip: { when: 'harmless', codes: [] },
};
