import type { ApiName } from '../operations/operation.ts';
import { apis } from '../operations/table.ts';
import type { Endpoint } from './endpoint.ts';
import { passageEndpointOf } from './passage-endpoint.ts';
import type { Provider } from './provider.ts';

const withLists = ['openai', 'anthropic', 'google'] as const satisfies readonly ApiName[];

/** What can be asked of a provider that costs nothing: what its configuration names, else its list of models. Undefined: there is none. */
export function freeCheckOf(provider: Provider): Endpoint | undefined {
  const path = provider.healthCheck?.path;
  if (path !== undefined) return passageEndpointOf(provider, { path }, '');
  const api = withLists.find((each) => provider.speaks.some((dialect) => apis[each].speaks.includes(dialect)));
  return api && passageEndpointOf(provider, { path: '/models', api }, '');
}
