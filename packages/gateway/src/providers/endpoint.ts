import { Failure } from '../core/failure.ts';
import type { DialectName } from '../core/items.ts';
import type { Place, Provider } from './provider.ts';

/** Where one call goes. */
export interface Endpoint {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
}

/** What of a provider says where its calls go. */
type Address = Pick<Provider, 'baseUrl'> & Partial<Pick<Provider, 'places' | 'query'>>;

/** The address of a model call. Throws `model-unknown` for a model name that cannot stand in a path. */
export function endpointOf(provider: Address, dialect: DialectName, model: string, stream: boolean): Endpoint {
  const { baseUrl, places, query } = provider;
  const base = baseUrl.pathname.replace(/\/+$/, '');
  const place = places?.[dialect] ?? usualPlace(dialect, base);
  const template = stream ? (place.streamPath ?? place.path) : place.path;
  return withQuery(locate(baseUrl.origin, base, template, model), query);
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

/** Stands in a place for the model's name. */
const modelMark = '{model}';
/** Stands there for a name that must not be more than one segment: ARNs hold slashes. */
const segmentMark = '{model-segment}';

const usualPlaces: Readonly<Record<Exclude<DialectName, 'gemini'>, Place>> = {
  responses: { path: '/responses' },
  chat: { path: '/chat/completions' },
  // The vendors' own libraries add the version themselves, so base URLs are found with and without it.
  messages: { path: '/v1/messages' },
  cohere: { path: '/v2/chat' },
  converse: { path: `/model/${segmentMark}/converse`, streamPath: `/model/${segmentMark}/converse-stream` },
};

const geminiPlace: Place = {
  path: `/models/${modelMark}:generateContent`,
  streamPath: `/models/${modelMark}:streamGenerateContent?alt=sse`,
};

const geminiPlaceUnversioned: Place = {
  path: `/v1beta${geminiPlace.path}`,
  streamPath: `/v1beta${geminiPlace.streamPath}`,
};

function usualPlace(dialect: DialectName, base: string): Place {
  if (dialect !== 'gemini') return usualPlaces[dialect];
  return /\/v1(?:alpha|beta)?$/.test(base) ? geminiPlace : geminiPlaceUnversioned;
}

/** The address that a template means: below the base path, up from it, or a whole URL. Throws `model-unknown`. */
export function locate(origin: string, base: string, template: string, model: string): Endpoint {
  const path = withModel(template, model);
  if (path.startsWith('/')) return { origin, path: joined(base, path) };
  const url = new URL(path, `${origin}${base}/`);
  return { origin: url.origin, path: url.pathname + url.search };
}

function withModel(template: string, model: string): string {
  if (template.includes(segmentMark)) return template.replace(segmentMark, () => encodeSegments([model]));
  if (!template.includes(modelMark)) return template;
  // Slashes stay, for proxies whose model names hold them, and so does the `@` before a version, which Google's own libraries leave as it is.
  return template.replace(modelMark, () =>
    encodeSegments(model.replace(/^models\//, '').split('/')).replaceAll('%40', '@'),
  );
}

/** A path below the base. What the base already ends with is not said twice: people write `…/openai`, `…/openai/v1` and neither. */
function joined(base: string, path: string): string {
  const segments = path.split('/');
  for (let count = segments.length; count > 1; count -= 1) {
    const head = segments.slice(0, count).join('/');
    if (base.endsWith(head)) return base + path.slice(head.length);
  }
  return base + path;
}

/** The address with these parameters in its query. */
export function withQuery({ origin, path }: Endpoint, query: Readonly<Record<string, string>> = {}): Endpoint {
  const names = Object.keys(query);
  if (names.length === 0) return { origin, path };
  return { origin, path: `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(query).toString()}` };
}

/** What a path segment must not be: empty, a dot segment (a caller would leave the path) or half a character (it has no UTF-8). */
const unusable = /^\.{0,2}$|\p{Surrogate}/u;

function encodeSegments(segments: readonly string[]): string {
  if (segments.some((segment) => unusable.test(segment))) {
    const name = segments.join('/');
    throw new Failure('model-unknown', `"${name}" is not a model name that this provider can be asked for.`);
  }
  return segments.map(encodeURIComponent).join('/');
}
