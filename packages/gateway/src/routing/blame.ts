import type { RestReason } from '@turnpike/contract/exchange-record';
import type { FailureCode } from '@turnpike/contract/failure-codes';
import type { Failure } from '../core/failure.ts';

/** `credential`: a key. `deployment`: a key for a model. `place`: a model at a provider, by whatever key. `provider`: its address, whatever is asked there. */
export type Scope = 'credential' | 'deployment' | 'place' | 'provider';

/** Whose fault a failure is. */
export interface Blame {
  readonly scopes: readonly Scope[];
  readonly why: RestReason;
  /** What the provider says to wait, in milliseconds. */
  readonly toldMs?: number;
  /** It is hardly chance, so fewer of its kind are enough. */
  readonly certain?: true;
}

/** What is not listed says nothing of anybody's health. */
const blamed: Readonly<Partial<Record<FailureCode, Blame>>> = {
  'upstream-credential-refused': { scopes: ['credential'], why: 'credential-refused' },
  'upstream-quota-exhausted': { scopes: ['credential'], why: 'quota-exhausted' },
  'upstream-rate-limited': { scopes: ['deployment'], why: 'rate-limited' },
  'upstream-model-missing': { scopes: ['deployment'], why: 'model-missing' },
  // A connection may also break because of what one model does, while others answer.
  'upstream-unreachable': { scopes: ['place', 'provider'], why: 'unreachable' },
  'upstream-timeout': { scopes: ['place'], why: 'failing' },
  'upstream-cut': { scopes: ['place'], why: 'failing' },
  'upstream-garbled': { scopes: ['place'], why: 'failing' },
  'upstream-error': { scopes: ['place'], why: 'failing' },
  'upstream-overloaded': { scopes: ['place'], why: 'failing' },
};

/** Whose fault it is that an attempt failed. Undefined: nobody's whose health is watched. */
export function blameOf(failure: Failure, status: number | undefined): Blame | undefined {
  const blame = blamed[failure.code];
  if (!blame) return undefined;
  const told = failure.retryAfterMs === undefined ? {} : { toldMs: failure.retryAfterMs };
  // A key that is refused with 403 may do less than others, and not nothing.
  if (failure.code === 'upstream-credential-refused' && status === 403)
    return { ...blame, ...told, scopes: ['deployment'] };
  const code = codeOf(failure.cause);
  if (code !== undefined && nobodyThere.has(code)) return { scopes: ['provider'], why: 'unreachable', certain: true };
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return { scopes: ['provider'], why: 'unreachable' };
  return { ...blame, ...told };
}

/** Whether another key of the same model at the same provider would hardly do better. */
export function blamesPlace(failure: Failure): boolean {
  const scopes = blameOf(failure, undefined)?.scopes ?? [];
  return scopes.includes('place') || scopes.includes('provider');
}

/** No connection, for a reason that has nothing to do with what was asked. */
const nobodyThere: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  // Certificates do not become better from one request to the next.
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
