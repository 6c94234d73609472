import { Failure } from '../core/failure.ts';
import { confinedPath } from '../operations/confined-path.ts';
import type { ApiName } from '../operations/operation.ts';
import { apis } from '../operations/table.ts';
import type { Endpoint } from './endpoint.ts';
import type { Provider } from './provider.ts';

/** A path below the root of a provider's API. */
export interface ProviderPath {
  /** May have a place for the model. */
  readonly path: string;
  /** Absent: below the base URL, whatever it is. */
  readonly api?: ApiName;
  readonly model?: string;
}

const versionAtEnd = /\/v\d[a-z0-9]*$/;

/**
 * The address of an operation that passes through. Throws `model-unknown` for a model's name that cannot stand in a path, and
 * `route-not-found` for a path that would lead out of the provider's base URL.
 */
export function passageEndpointOf(
  provider: Pick<Provider, 'baseUrl'>,
  { path, api, model }: ProviderPath,
  query: string,
): Endpoint {
  const { origin, pathname } = provider.baseUrl;
  const base = pathname.replace(/\/+$/, '');
  const version = api !== undefined && !versionAtEnd.test(base) ? apis[api].version : '';
  const known = model === undefined ? path : path.replace('{model}', () => encodedModel(model));
  const below = api === undefined ? withoutTwice(known, base) : known;
  if (confinedPath(below) === undefined) {
    throw new Failure('route-not-found', 'The path has something in it that must not stand in a path.');
  }
  return { origin, path: base + version + below + (query === '' ? '' : `?${query}`) };
}

/** Callers may write the version that already stands at the end of the base URL. */
function withoutTwice(path: string, base: string): string {
  const version = /^\/v\d[a-z0-9]*(?=\/)/.exec(path)?.[0];
  return version !== undefined && base.endsWith(version) ? path.slice(version.length) : path;
}

function encodedModel(model: string): string {
  const segments = model.replace(/^models\//, '').split('/');
  const encoded = segments.map((segment) => (/\p{Surrogate}/u.test(segment) ? '' : encodeURIComponent(segment)));
  if (confinedPath(`/${encoded.join('/')}`) !== undefined) return encoded.join('/');
  throw new Failure('model-unknown', `"${model}" is not a model name that this provider can be asked for.`);
}
