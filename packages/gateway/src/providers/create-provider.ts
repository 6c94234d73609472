import type { DialectName } from '../core/items.ts';
import type { Quirks } from '../dialects/dialect.ts';
import { type CloudAuth, createAuthorizer } from './cloud/cloud-auth.ts';
import type { Credential, HealthCheck, KeyHeader, Place, Places, Provider, Vendor } from './provider.ts';

/** What a configuration entry says of a provider; the vendor's row says the rest. */
export interface ProviderSettings {
  /** The provider's name in the configuration. */
  readonly name: string;
  /** Labels that callers may demand. */
  readonly tags?: readonly string[];
  readonly vendor: Vendor;
  readonly baseUrl?: string;
  /** Where the vendor's address depends on one. */
  readonly region?: string;
  /** Where the vendor's addresses name one. */
  readonly project?: string;
  /** Laid over the vendor's. */
  readonly places?: Places;
  readonly query?: Readonly<Record<string, string>>;
  readonly keyHeader?: KeyHeader;
  readonly speaks?: readonly DialectName[];
  /** May be empty only for vendors that need no key. A keyless provider of another vendor has one credential without a secret. */
  readonly credentials: readonly Credential[];
  /** Credentials of a cloud, instead of keys. */
  readonly cloudAuth?: CloudAuth;
  readonly allowPrivate?: boolean;
  /** Default: `auto`, which is on at the vendor's own address, if the vendor speaks it. */
  readonly websocket?: 'auto' | 'on' | 'off';
  /** Default: false. */
  readonly passthrough?: boolean;
  readonly healthCheck?: HealthCheck;
  readonly headers?: Readonly<Record<string, string>>;
  /** Laid over the vendor's. */
  readonly quirks?: Quirks;
}

/** A provider ready for use. Throws an Error with a sentence for whoever wrote the configuration. */
export function createProvider(settings: ProviderSettings): Provider {
  const { name, vendor } = settings;
  const speaks = settings.speaks ?? vendor.speaks;
  if (speaks.length === 0) throw new Error(`Provider ${name} must speak at least one dialect.`);
  return Object.freeze({
    name,
    ...(settings.tags && settings.tags.length > 0 ? { tags: settings.tags } : {}),
    vendor,
    baseUrl: parseBaseUrl(name, settings.baseUrl ?? vendor.baseUrl ?? regionalUrl(settings)),
    places: placesOf(settings),
    query: { ...vendor.query, ...settings.query },
    ...(settings.keyHeader ? { keyHeader: settings.keyHeader } : {}),
    speaks,
    issuer: vendor.separate === true ? name : vendor.issuer,
    quirks: { ...vendor.quirks, ...settings.quirks },
    credentials: credentialsOf(settings),
    allowPrivate: settings.allowPrivate ?? false,
    websocket: speaksWebSocket(settings),
    passthrough: settings.passthrough ?? false,
    ...(settings.healthCheck ? { healthCheck: settings.healthCheck } : {}),
    headers: mergeHeaders(name, vendor.headers, settings.headers),
  });
}

/** What stands at another address may be a server that takes only HTTP. */
function speaksWebSocket({ websocket = 'auto', vendor, baseUrl }: ProviderSettings): boolean {
  if (websocket !== 'auto') return websocket === 'on';
  return vendor.websocket === true && (baseUrl === undefined || baseUrl === vendor.baseUrl);
}

function regionalUrl({ vendor: { regional }, region = regional?.fallback }: ProviderSettings): string | undefined {
  return region === undefined ? undefined : regional?.baseUrl(region);
}

/** The places with all filled in that does not depend on a call. */
function placesOf({ vendor, project, region = vendor.regional?.fallback, places }: ProviderSettings): Places {
  const known: Readonly<Record<string, string | undefined>> = { project, location: region };
  const fill = (path: string) =>
    path.replace(/\{(project|location)\}/g, (mark, name: string) =>
      known[name] === undefined ? mark : encodeURIComponent(known[name]),
    );
  const filled = Object.entries(vendor.places ?? {}).map(([dialect, { path, streamPath }]): [string, Place] => [
    dialect,
    { path: fill(path), ...(streamPath === undefined ? {} : { streamPath: fill(streamPath) }) },
  ]);
  return { ...Object.fromEntries(filled), ...places };
}

function parseBaseUrl(name: string, text: string | undefined): URL {
  if (text === undefined)
    throw new Error(`Provider ${name} needs a base_url, for example https://models.example.com/v1.`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The text itself is not repeated: a mistyped URL may hold a key.
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new Error(`The base_url of provider ${name} must be a whole URL that begins with https:// or http://.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error(`The base_url of provider ${name} must not hold a user name or password; put the key under keys.`);
  }
  if (text.includes('?') || text.includes('#')) {
    throw new Error(`The base_url of provider ${name} must not hold a query (?) or a fragment (#).`);
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

function credentialsOf({ name, vendor, credentials, cloudAuth }: ProviderSettings): Provider['credentials'] {
  if (cloudAuth) return [{ id: `${name}#${cloudAuth.kind}`, authorizer: createAuthorizer(cloudAuth) }];
  const [first, ...others] = credentials;
  if (first) return [first, ...others];
  if (vendor.auth === 'none' || vendor.local) return [{ id: `${name}#1` }];
  const variable = vendor.environment[0];
  const hint = variable === undefined ? 'add one under keys' : `add one under keys or set ${variable}`;
  throw new Error(`Provider ${name} has no key: ${hint}. If it needs none, say keyless: true.`);
}

const headerName = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

function mergeHeaders(name: string, ...layers: readonly (Readonly<Record<string, string>> | undefined)[]) {
  const merged: Record<string, string> = {};
  for (const [key, value] of layers.flatMap((layer) => Object.entries(layer ?? {}))) {
    const header = key.toLowerCase();
    if (!headerName.test(header)) throw new Error(`Provider ${name} has a header whose name is not allowed: ${key}.`);
    if (/[\0\r\n]/.test(value)) throw new Error(`Header ${header} of provider ${name} must be a single line.`);
    merged[header] = value;
  }
  return merged;
}
