import { Failure } from '../core/failure.ts';
import type { DialectName } from '../core/items.ts';
import type { Provider } from './provider.ts';

/** Where one call goes. */
export interface Endpoint {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
}

/** The address of a model call. Throws `model-unknown` for a model name that cannot stand in a path. */
export function endpointOf(
  provider: Pick<Provider, 'baseUrl'>,
  dialect: DialectName,
  model: string,
  stream: boolean,
): Endpoint {
  const { origin, pathname } = provider.baseUrl;
  const base = pathname.replace(/\/+$/, '');
  return { origin, path: base + operationPath(base, dialect, { model, stream }) };
}

/** The address of the vendor's own web search, or undefined where it has none. */
export function searchEndpointOf(provider: Pick<Provider, 'baseUrl' | 'vendor'>): Endpoint | undefined {
  return endpointAt(provider.baseUrl, provider.vendor.searchPath);
}

/** The address at which the vendor condenses histories, or undefined where it does not. */
export function compactEndpointOf(provider: Pick<Provider, 'baseUrl' | 'vendor'>): Endpoint | undefined {
  return endpointAt(provider.baseUrl, provider.vendor.compactPath);
}

function endpointAt({ origin, pathname }: URL, path: string | undefined): Endpoint | undefined {
  return path === undefined ? undefined : { origin, path: pathname.replace(/\/+$/, '') + path };
}

function operationPath(base: string, dialect: DialectName, call: { model: string; stream: boolean }): string {
  if (dialect === 'responses') return '/responses';
  if (dialect === 'chat') return '/chat/completions';
  // The libraries of the next two add the version themselves, so base URLs are found with and without it.
  if (dialect === 'messages') return base.endsWith('/v1') ? '/messages' : '/v1/messages';
  if (dialect === 'cohere') return base.endsWith('/v2') ? '/chat' : '/v2/chat';
  return (/\/v1(?:alpha|beta)?$/.test(base) ? '' : '/v1beta') + geminiOperation(call);
}

function geminiOperation({ model, stream }: { model: string; stream: boolean }): string {
  const operation = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  return `/models/${encodeModel(model.replace(/^models\//, ''))}:${operation}`;
}

/** What a path segment must not be: empty, a dot segment (a caller would leave the path) or half a character (it has no UTF-8). */
const unusable = /^\.{0,2}$|\p{Surrogate}/u;

/** Slashes stay, for proxies whose model names hold them. */
function encodeModel(model: string): string {
  const segments = model.split('/');
  if (segments.some((segment) => unusable.test(segment))) {
    throw new Failure('model-unknown', `"${model}" is not a model name that this provider can be asked for.`);
  }
  return segments.map(encodeURIComponent).join('/');
}
