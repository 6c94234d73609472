import { Failure } from '../core/failure.ts';
import type { DialectName } from '../core/items.ts';
import { confinedPath } from '../operations/confined-path.ts';
import type { ApiName } from '../operations/operation.ts';
import { apis } from '../operations/table.ts';
import { type Endpoint, locate, withQuery } from './endpoint.ts';
import type { Provider } from './provider.ts';

/** A path below the root of a provider's API. */
export interface ProviderPath {
  /** May have a place for the model. */
  readonly path: string;
  /** Absent: below the base URL, whatever it is. */
  readonly api?: ApiName;
  /** The provider's name of the model, where one is asked. */
  readonly model?: string;
}

type Address = Pick<Provider, 'baseUrl'> & Partial<Pick<Provider, 'places' | 'query'>>;

/**
 * The address of an operation that passes through. Throws `model-unknown` for a model's name that cannot stand in a path, and
 * `route-not-found` for a path that would lead out of the provider's base URL.
 */
export function passageEndpointOf(provider: Address, { path, api, model }: ProviderPath, query: string): Endpoint {
  if (confinedPath(path.replace('{model}', 'model')) === undefined) {
    throw new Failure('route-not-found', 'The path has something in it that must not stand in a path.');
  }
  const { baseUrl, query: own = {} } = provider;
  const root = api === undefined ? '' : rootOf(provider, api, model);
  const asked = Object.fromEntries([...new URLSearchParams(query)].filter(([name]) => own[name] === undefined));
  const base = baseUrl.pathname.replace(/\/+$/, '');
  return withQuery(locate(baseUrl.origin, base, root + path, model ?? ''), { ...asked, ...own });
}

/** How the paths of a dialect's own calls end, below the root of its API. */
const ownPaths: Readonly<Partial<Record<DialectName, string>>> = {
  responses: '/responses',
  chat: '/chat/completions',
  messages: '/messages',
  gemini: '/models/{model}:generateContent',
  cohere: '/chat',
};

const versionAtEnd = /\/v\d[a-z0-9]*$/;

/** The root of an API: where the vendor has put that API's own calls, else behind the API's version. */
function rootOf({ baseUrl, places = {} }: Address, api: ApiName, model: string | undefined): string {
  const { speaks, version } = apis[api];
  const roots = speaks.flatMap((dialect) => rootAt(places[dialect]?.path, ownPaths[dialect]) ?? []);
  const general = roots.find((root) => !root.includes('{model}'));
  // Where models have roots of their own, only what is asked of a model lies there.
  const root = model === undefined ? general : (roots.find((each) => each.includes('{model}')) ?? general);
  return root ?? (versionAtEnd.test(baseUrl.pathname.replace(/\/+$/, '')) ? '' : version);
}

function rootAt(path: string | undefined, own: string | undefined): string | undefined {
  return path !== undefined && own !== undefined && path.endsWith(own) ? path.slice(0, -own.length) : undefined;
}
