import type { IncomingMessage } from 'node:http';
import type { Method } from '../operations/operation.ts';
import type { Passage } from '../pipeline/passage/passage.ts';
import type { PassageRoute } from './passage-routes.ts';

const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What a request asks of a provider, or undefined where nothing is ever asked with its method. */
export function passageOf(request: IncomingMessage, { path, places, provider }: PassageRoute): Passage | undefined {
  const method = methods.find((each) => each === request.method);
  const named = provider ?? headerOf(request);
  return (
    method && {
      method,
      path,
      query: request.url?.split('?').slice(1).join('?') ?? '',
      places,
      ...(named === undefined ? {} : { provider: named }),
    }
  );
}

/** Which provider is meant, for clients that can set headers but not their base URL. */
function headerOf({ headers }: IncomingMessage): string | undefined {
  const name = headers['x-turnpike-provider'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}
