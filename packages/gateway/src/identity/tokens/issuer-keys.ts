import { createLocalJWKSet, type CryptoKey, errors, type FlattenedJWSInput, type JWSHeaderParameters } from 'jose';
import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';

/** Fetches a JSON document by GET. Rejects where it cannot be had in reasonable time and size. */
export type FetchJson = (url: string, options: { readonly allowPrivate: boolean }) => Promise<unknown>;

/** Where an issuer is. */
export interface IssuerPlace {
  /** For messages. */
  readonly id: string;
  readonly issuer: string;
  readonly jwks_uri?: string | undefined;
  readonly allow_private: boolean;
}

/** The public keys of an issuer. */
export interface IssuerKeys {
  /**
   * The key that a token says it was signed with. Throws `token-unverifiable` where the issuer does not answer, and jose's
   * `JWKSNoMatchingKey` and `JWKSMultipleMatchingKeys`.
   */
  find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey>;
}

/** After this long the keys are fetched anew, while the old ones still serve. */
const freshMs = 10 * 60_000;
/** An issuer that has been silent for longer than this may have withdrawn its keys. */
const staleMs = 24 * 3_600_000;
/** Keys that nobody has heard of do not make us ask the issuer more often than this. */
const cooldownMs = 10_000;

/** Keys are fetched when they are first needed, and when a token names one that is not among them. */
export function createIssuerKeys(place: IssuerPlace, fetchJson: FetchJson, clock: Clock): IssuerKeys {
  let held: { readonly find: ReturnType<typeof createLocalJWKSet>; readonly fetchedMs: number } | undefined;
  let triedMs = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;
  let why = '';

  /** One at a time, however many wait for it. */
  function refresh(): Promise<void> {
    fetching ??= load().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  async function load(): Promise<void> {
    triedMs = clock.monotonicMs();
    try {
      const find = createLocalJWKSet(await fetchKeys(place, fetchJson));
      held = { find, fetchedMs: triedMs };
    } catch (thrown) {
      why = thrown instanceof Error ? thrown.message : String(thrown);
      throw thrown;
    }
  }

  const mayAsk = () => clock.monotonicMs() - triedMs >= cooldownMs;
  const ageMs = () => (held ? clock.monotonicMs() - held.fetchedMs : Number.POSITIVE_INFINITY);

  async function atHand(): Promise<NonNullable<typeof held>> {
    if (ageMs() > staleMs && (fetching || mayAsk())) await refresh().catch(() => {});
    else if (ageMs() > freshMs && mayAsk()) void refresh().catch(() => {});
    if (held && ageMs() <= staleMs) return held;
    throw new Failure('token-unverifiable', `The keys of the token issuer "${place.id}" cannot be had: ${why}.`, {
      retryAfterMs: cooldownMs,
    });
  }

  return {
    async find(header, token) {
      const before = await atHand();
      try {
        return await before.find(header, token);
      } catch (thrown) {
        const isNew = thrown instanceof errors.JWKSNoMatchingKey && (fetching !== undefined || mayAsk());
        if (!isNew) throw thrown;
        await refresh().catch(() => {});
        return (await atHand()).find(header, token);
      }
    },
  };
}

async function fetchKeys(place: IssuerPlace, fetchJson: FetchJson): Promise<{ keys: JsonObject[] }> {
  const options = { allowPrivate: place.allow_private };
  const address = place.jwks_uri ?? keysAddress(await fetchJson(discoveryAddress(place.issuer), options), place);
  const found = await fetchJson(address, options);
  const keys = isJsonObject(found) ? found['keys'] : undefined;
  if (!Array.isArray(keys)) throw new Error(`${address} lists no keys`);
  // Keys of kinds that we do not know are none of our business.
  return { keys: keys.filter(isJsonObject) };
}

function discoveryAddress(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** A document that speaks for another issuer, or leads from a safe place to an unsafe one, is not believed. */
function keysAddress(document: unknown, { issuer }: IssuerPlace): string {
  const said = isJsonObject(document) ? document : {};
  if (said['issuer'] !== issuer) throw new Error(`its discovery document is of another issuer`);
  const address = said['jwks_uri'];
  if (typeof address !== 'string' || !URL.canParse(address)) throw new Error('its discovery document names no keys');
  const { protocol } = new URL(address);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:'));
  if (!isSafe) throw new Error('its keys are not at an https address');
  return address;
}
