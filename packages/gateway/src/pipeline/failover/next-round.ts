import type { FailureCode } from '@turnpike/contract/failure-codes';
import type { FailoverRules } from '../../config/build-failover.ts';
import type { Deployment } from '../../config/deployment.ts';
import type { Health } from '../../routing/health.ts';
import type { Failed } from './race.ts';

/** Those that are tried once more, and how long to wait before. */
export interface Round {
  readonly deployments: readonly Deployment[];
  readonly pauseMs: number;
}

export interface RoundParts {
  readonly rules: FailoverRules;
  readonly health: Pick<Health, 'standing'>;
  readonly nowMs: number;
  /** How many rounds there were. */
  readonly rounds: number;
  /** From 0 to 1: how much of the pause is waited, beside what a provider demands. */
  readonly chance: number;
}

/** What may be over in a moment. A timeout is not: it has cost the caller its time already. */
const passing: ReadonlySet<FailureCode> = new Set([
  'upstream-unreachable',
  'upstream-cut',
  'upstream-garbled',
  'upstream-error',
  'upstream-overloaded',
  'upstream-rate-limited',
]);

/** Whether the same deployment may do better soon. */
export function isPassing(code: FailureCode): boolean {
  return passing.has(code);
}

/**
 * Who may be tried again after a round in which everybody has failed: whoever had a failure that passes, and does not rest for longer than a
 * caller should wait. Not whoever broke off an answer: that has cost time and money, and would again. Undefined where there is nobody, or the rounds are used up.
 */
export function nextRound(failures: readonly Failed[], parts: RoundParts): Round | undefined {
  const { rules, health, nowMs, rounds, chance } = parts;
  if (rounds >= rules.rounds) return undefined;
  const willing = failures
    .filter(({ failure, begun }) => !begun && isPassing(failure.code))
    .map(({ deployment }) => ({ deployment, restMs: restOf(deployment, health, nowMs) }))
    .filter(({ restMs }) => restMs <= rules.maxBackoffMs)
    .toSorted((one, other) => one.restMs - other.restMs);
  const [soonest] = willing;
  if (!soonest) return undefined;
  const longestMs = Math.min(rules.backoffMs * 2 ** (rounds - 1), rules.maxBackoffMs - soonest.restMs);
  return {
    deployments: willing.map(({ deployment }) => deployment),
    pauseMs: soonest.restMs + chance * longestMs,
  };
}

/** A provider's `Retry-After` is among what a deployment rests for. */
function restOf(deployment: Deployment, health: Pick<Health, 'standing'>, nowMs: number): number {
  const standing = health.standing(deployment, nowMs);
  return standing.state === 'resting' ? Math.max(0, standing.untilMs - nowMs) : 0;
}
