import type { DialectName } from '../core/items.ts';
import { matchesAny } from '../core/name-pattern.ts';
import type { Secret } from '../core/secret.ts';
import type { Quirks } from '../dialects/dialect.ts';
import type { Authorizer } from './authorizer.ts';
import type { CloudKind } from './cloud/cloud-auth.ts';

/** How a provider takes its key. */
export type AuthScheme = 'bearer' | 'x-api-key' | 'x-goog-api-key' | 'api-key' | 'none';

/**
 * Where the calls of one dialect go: a path below the base URL (from `../` it leads up from there) or a whole URL, in which `{model}`
 * stands for the model's name. In a vendor's row also `{project}` and `{location}`.
 */
export interface Place {
  readonly path: string;
  /** Where asking for a stream goes to a path of its own. */
  readonly streamPath?: string;
}

/** Places that are not the usual ones of their dialects. */
export type Places = Readonly<Partial<Record<DialectName, Place>>>;

/** The header that carries a key, and what stands before the key in it. */
export interface KeyHeader {
  /** Lower case. */
  readonly name: string;
  readonly prefix: string;
}

/**
 * One vendor as data: all that a configuration entry need not repeat. Most vendors are a single row of `compatible.ts`.
 */
export interface Vendor {
  /** The configuration's `kind`, and the default name of the provider. */
  readonly kind: string;
  /** For people. */
  readonly title: string;
  /** Default base URL including any version path, no trailing slash: dialect paths are appended to it. Absent where only the user can know it. */
  readonly baseUrl?: string;
  /** The address depends on a region: the variables that usually name it, and where it leads. */
  readonly regional?: Regional;
  /** Its addresses name a project: the variables that usually do. */
  readonly project?: { readonly environment: readonly string[] };
  readonly places?: Places;
  /** Query parameters of every call. */
  readonly query?: Readonly<Record<string, string>>;
  /** Dialects in order of preference when the caller's own is not among them. */
  readonly speaks: readonly DialectName[];
  readonly auth: AuthScheme;
  /** It takes credentials of this cloud, too. */
  readonly cloud?: CloudKind;
  /** Environment variables that hold a key, first found wins. */
  readonly environment: readonly string[];
  /** Whose seals it makes and takes (see `Dialect.homeIssuer`). */
  readonly issuer: string;
  /** Its servers have nothing in common: none may see another's sealed state, so each provider is an issuer of its own. */
  readonly separate?: boolean;
  /** Provider id in the price data, where it has one. */
  readonly priceId?: string;
  /** Runs on the user's own machine or network: needs no key, may live on private addresses. */
  readonly local?: boolean;
  /** Headers every request carries (API versions). */
  readonly headers?: Readonly<Record<string, string>>;
  readonly quirks?: Quirks;
  /** Path of a web search that agents call by itself, outside any answer. */
  readonly searchPath?: string;
  /** The vendor condenses long histories itself; the path of a call that does only that. */
  readonly compactPath?: string;
  /** Reads OpenRouter's routing fields itself: they are left in what it is sent. */
  readonly takesRoutingFields?: boolean;
  /** Its Responses API can be spoken over a WebSocket, too. */
  readonly websocket?: boolean;
  /** The vendor's public page that says so. */
  readonly docs: string;
}

/** An address that depends on a region. */
export interface Regional {
  /** Variables that usually name the region. */
  readonly environment: readonly string[];
  /** Where nobody names one. Absent: somebody must. */
  readonly fallback?: string;
  baseUrl(region: string): string;
}

/** One of a provider's keys. */
export interface Credential {
  /** Stable name for records, e.g. `openai#1`. Never derived from the secret. */
  readonly id: string;
  /** Absent for keyless providers. */
  readonly secret?: Secret;
  /** Instead of a secret: proves at each call who calls. */
  readonly authorizer?: Authorizer;
  /** Its share of the sessions, against the provider's other keys. Default: 1. */
  readonly weight?: number;
  /** The provider's own names, or patterns, of the models it is for. Absent: all. */
  readonly models?: readonly string[];
  readonly limits?: CredentialLimits;
}

/** How much a key may be used, whoever asks. */
export interface CredentialLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly concurrentRequests?: number;
}

/** Whether a key may be used for a model. */
export function isFor({ models }: Credential, model: string): boolean {
  return models === undefined || matchesAny(models, model);
}

/** How the gateway finds out by itself whether a provider is well. Without a model: a path is asked, or else its list of models. */
export interface HealthCheck {
  readonly everyMs: number;
  readonly model?: string;
  readonly path?: string;
}

/** A configured provider, ready for use. Immutable. */
export interface Provider {
  /** The name in the configuration: the `provider` of `provider/model`. */
  readonly name: string;
  /** Labels that callers may demand. Absent: none. */
  readonly tags?: readonly string[];
  readonly vendor: Vendor;
  readonly baseUrl: URL;
  readonly places?: Places;
  readonly query?: Readonly<Record<string, string>>;
  /** Where keys stand. Absent: as the vendor says. */
  readonly keyHeader?: KeyHeader;
  readonly speaks: readonly DialectName[];
  readonly issuer: string;
  readonly quirks: Quirks;
  readonly credentials: readonly [Credential, ...Credential[]];
  /** May be reached at private and link-local addresses. Loopback is always allowed. */
  readonly allowPrivate: boolean;
  /** Agents that speak over a WebSocket are carried on over one. */
  readonly websocket: boolean;
  /** Asked by the gateway itself from time to time. Absent: never. */
  readonly healthCheck?: HealthCheck;
  /** Requests that nobody here knows may pass to it. */
  readonly passthrough?: boolean;
  /** Extra request headers: the vendor's and the configuration's. Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}
