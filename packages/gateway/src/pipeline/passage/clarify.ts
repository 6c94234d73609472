import type { Snapshot } from '../../config/snapshot.ts';
import { Failure } from '../../core/failure.ts';
import type { Principal } from '../../identity/principal.ts';
import type { ApiName, Operation } from '../../operations/operation.ts';
import { apis } from '../../operations/table.ts';
import { mayUseAll } from '../../policy/access.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Passage, Question } from './passage.ts';

/**
 * What is asked, now that the configuration can be looked at: a path means what it means in an API that the named provider has.
 * Throws `route-not-found` and `method-not-allowed`.
 */
export function clarify(asked: Passage, principal: Principal, snapshot: Snapshot): Question {
  const { provider: name, places, ...rest } = asked;
  const provider = name === undefined ? undefined : snapshot.providers.get(name);
  if (name !== undefined && !provider) throw new Failure('route-not-found', `There is no provider "${name}" here.`);
  const place = places.find(({ api }) => provider === undefined || hasApi(provider, api));
  const operation = place?.operations.find(({ method }) => method === asked.method);
  if (place && operation) return { ...rest, path: place.path, provider, known: { operation, place } };
  if (provider?.passthrough && mayUseAll(principal, provider.name)) return { ...rest, provider, known: undefined };
  if (!place) throw notThere(asked);
  const allowed = place.operations.map(({ method }) => method).join(', ');
  throw new Failure('method-not-allowed', `${asked.path} takes ${allowed}, not ${asked.method}.`);
}

/** The API in which the provider has the operation, if it has. */
export function apiAt(provider: Provider, { api, alsoIn = [] }: Operation): ApiName | undefined {
  return [api, ...alsoIn].find((each) => hasApi(provider, each));
}

/** Whether the provider has this API. */
export function hasApi({ speaks }: Provider, api: ApiName): boolean {
  return speaks.some((dialect) => apis[api].speaks.includes(dialect));
}

function notThere({ method, path, provider }: Passage): Failure {
  return new Failure(
    'route-not-found',
    `${method} ${path} is nothing that Turnpike knows of the provider "${provider}". It passes what it does not know only with \`passthrough: allow\`, and only for keys that may use all of the provider's models.`,
  );
}
