import { Failure } from '../../core/failure.ts';
import { isPassing } from './next-round.ts';
import type { Failed } from './race.ts';

type Told = Pick<Failed, 'deployment' | 'failure'>;

/**
 * What the caller is told when nobody could answer. The most hopeful of the failures: a key that was refused is no reason to give up
 * where another deployment was only overloaded, and nobody should wait for the one that is away the longest.
 */
export function failureToTell(failures: readonly [Told, ...Told[]], asked: string): Failure {
  const told = mostHopeful(failures);
  const count = new Set(failures.map(({ deployment }) => deployment)).size;
  if (count === 1) return told;
  const which = told === failures.at(-1)?.failure ? 'The last one' : 'One of them';
  const { code, message, retryAfterMs, limit } = told;
  return new Failure(code, `${count} deployments of "${asked}" failed. ${which}: ${message}`, {
    cause: told,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(limit === undefined ? {} : { limit }),
  });
}

/** The one after which coming back helps soonest; of equals the last. */
function mostHopeful([first, ...others]: readonly [Told, ...Told[]]): Failure {
  return others.reduce((best, { failure }) => (waitOf(failure) <= waitOf(best) ? failure : best), first.failure);
}

/** Infinite where coming back is in vain. */
function waitOf({ code, retryAfterMs }: Failure): number {
  const helps = isPassing(code) || code === 'upstream-timeout' || code === 'deployment-limited';
  return helps ? (retryAfterMs ?? 0) : Infinity;
}
