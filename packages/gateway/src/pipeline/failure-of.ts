import { asFailure, Failure } from '../core/failure.ts';
import type { Inbound } from './inbound.ts';

/** What was thrown, as the failure that it means. Whatever goes wrong after the client had left is a consequence of that. */
export function failureOf(thrown: unknown, { signal, id }: Inbound): Failure {
  if (!signal.aborted) return asFailure(thrown, id);
  if (thrown instanceof Failure && thrown.code === 'client-gone') return thrown;
  return new Failure('client-gone', 'The client closed the connection.', { cause: thrown });
}
