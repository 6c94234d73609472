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
  const words = wordsFor(told);
  if (count === 1) return words === told.failure.message ? told.failure : withWords(words, told.failure);
  const which = told === failures.at(-1) ? 'The last one' : 'One of them';
  return withWords(`${count} deployments of "${asked}" failed. ${which}: ${words}`, told.failure);
}

/** Nobody must look for the fault in their own key. */
function wordsFor({ deployment: { provider }, failure: { code, message } }: Told): string {
  if (code !== 'upstream-credential-refused') return message;
  return `The gateway's own key for the provider "${provider.name}" does not work; yours is fine. Tell whoever runs the gateway. (${message})`;
}

function withWords(words: string, failure: Failure): Failure {
  const { code, retryAfterMs, limit } = failure;
  return new Failure(code, words, {
    cause: failure,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(limit === undefined ? {} : { limit }),
  });
}

/** The one after which coming back helps soonest; of equals the last. */
function mostHopeful([first, ...others]: readonly [Told, ...Told[]]): Told {
  return others.reduce((best, each) => (waitOf(each.failure) <= waitOf(best.failure) ? each : best), first);
}

/** Infinite where coming back is in vain. */
function waitOf({ code, retryAfterMs }: Failure): number {
  const helps = isPassing(code) || code === 'upstream-timeout' || code === 'deployment-limited';
  return helps ? (retryAfterMs ?? 0) : Infinity;
}
