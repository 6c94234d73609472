import { Failure } from '../core/failure.ts';
import type { UpstreamCall } from './upstream.ts';

/** What an error of the connection means for the exchange. `answered`: the head had arrived. */
export function failureOfTransport(
  error: Error,
  call: Pick<UpstreamCall, 'origin' | 'deadlines'>,
  answered: boolean,
): Failure {
  if (error instanceof Failure) return error;
  const nested = failureInCauses(error);
  if (nested) return nested;
  const host = new URL(call.origin).host;
  switch (codeOf(error)) {
    case 'UND_ERR_CONNECT_TIMEOUT':
      return new Failure(
        'upstream-timeout',
        `No connection to the provider at ${host} within ${call.deadlines.connectMs} ms.`,
        {
          cause: error,
        },
      );
    case 'UND_ERR_HEADERS_TIMEOUT':
      return tooLate(call, error);
    case 'UND_ERR_BODY_TIMEOUT':
      return new Failure(
        'upstream-timeout',
        `The provider at ${host} fell silent for ${call.deadlines.idleMs} ms inside its answer.`,
        {
          cause: error,
        },
      );
    default:
      return answered
        ? new Failure(
            'upstream-cut',
            `The connection to the provider at ${host} broke inside its answer (${codeOf(error)}).`,
            {
              cause: error,
            },
          )
        : new Failure('upstream-unreachable', `The provider at ${host} could not be reached (${codeOf(error)}).`, {
            cause: error,
          });
  }
}

/** The failure for an answer whose head never came. */
export function tooLate({ origin, deadlines }: Pick<UpstreamCall, 'origin' | 'deadlines'>, cause?: unknown): Failure {
  const { host } = new URL(origin);
  return new Failure(
    'upstream-timeout',
    `The provider at ${host} did not begin to answer within ${deadlines.headersMs} ms.`,
    {
      cause,
    },
  );
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
