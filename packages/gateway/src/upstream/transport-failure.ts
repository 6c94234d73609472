import { Failure } from '../core/failure.ts';
import type { UpstreamCall } from './upstream.ts';

/** Whoever vouches for the certificate is nobody that Node or its user knows. */
const unknownAuthorities: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What an error of the connection means for the exchange. `answered`: the head had arrived. */
export function failureOfTransport(error: Error, call: Place, answered: boolean): Failure {
  if (error instanceof Failure) return error;
  const nested = failureInCauses(error);
  if (nested) return nested;
  switch (codeOf(error)) {
    case 'UND_ERR_CONNECT_TIMEOUT':
      return timeout(`No connection to the provider at ${hostOf(call)} within ${call.deadlines.connectMs} ms.`, error);
    case 'UND_ERR_HEADERS_TIMEOUT':
      return tooLate(call, error);
    case 'UND_ERR_BODY_TIMEOUT':
      return silentAnswer(call, error);
    default:
      return answered
        ? cutAnswer(call, error)
        : new Failure('upstream-unreachable', `The provider at ${hostOf(call)} ${troubleOf(codeOf(error))}.`, {
            cause: error,
          });
  }
}

/** What it was, and the system's own name of it, by which people search. */
function troubleOf(code: string): string {
  const words = [...troubles.entries()].find(([, codes]) => codes.has(code))?.[0];
  return words === undefined ? `could not be reached (${code})` : `could not be reached: ${words} (${code})`;
}

const troubles: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['its host is not found', new Set(['ENOTFOUND'])],
  ['the name server does not answer', new Set(['EAI_AGAIN'])],
  ['nobody listens there', new Set(['ECONNREFUSED'])],
  ['there is no way to it from here', new Set(['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'])],
  ['it closed the connection without an answer', new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])],
  ['its base_url begins with https, and it does not speak TLS', new Set(['ERR_SSL_WRONG_VERSION_NUMBER'])],
  ['its certificate is for another host', new Set(['ERR_TLS_CERT_ALTNAME_INVALID'])],
  ['its certificate has expired', new Set(['CERT_HAS_EXPIRED'])],
  [
    'its certificate is of an authority that is not known here; the variable NODE_EXTRA_CA_CERTS names a file with more of them',
    unknownAuthorities,
  ],
]);

type Place = Pick<UpstreamCall, 'origin' | 'deadlines'>;

/** The failure for an answer whose head never came. */
export function tooLate(call: Place, cause?: unknown): Failure {
  return timeout(
    `The provider at ${hostOf(call)} did not begin to answer within ${call.deadlines.headersMs} ms.`,
    cause,
  );
}

/** The answer began and then stood still for too long. */
export function silentAnswer(call: Place, cause?: Error): Failure {
  return timeout(
    `The provider at ${hostOf(call)} fell silent for ${call.deadlines.idleMs} ms inside its answer.`,
    cause,
  );
}

/** The answer began and its connection broke. */
export function cutAnswer(call: Place, cause: Error): Failure {
  return new Failure(
    'upstream-cut',
    `The connection to the provider at ${hostOf(call)} broke inside its answer (${codeOf(cause)}).`,
    {
      cause,
    },
  );
}

function timeout(message: string, cause: unknown): Failure {
  return new Failure('upstream-timeout', message, { cause });
}

function hostOf({ origin }: Place): string {
  return new URL(origin).host;
}

/** True where a kept-alive connection was closed under a request before any answer: sending it again is right. */
export function wasStaleConnection(failure: Failure): boolean {
  const code = failure.cause instanceof Error ? codeOf(failure.cause) : '';
  return (
    failure.code === 'upstream-unreachable' && (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE')
  );
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function failureInCauses(error: Error): Failure | undefined {
  if (error instanceof AggregateError) {
    for (const inner of error.errors) if (inner instanceof Failure) return inner;
  }
  return error.cause instanceof Failure ? error.cause : undefined;
}
