import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { decodeJwt, type JWTPayload } from 'jose';
import type { Clock } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import type { JsonObject } from '../../core/json.ts';
import type { TokenBearers } from '../authenticate.ts';
import type { Directory } from '../directory.ts';
import type { Principal } from '../principal.ts';
import { bearerOfClaims } from './bearer-of-claims.ts';
import { createIssuerKeys, type FetchJson, type IssuerKeys } from './issuer-keys.ts';
import { verifyToken } from './verify-token.ts';

type Issuer = ResourceOf<'token_issuers'>;

export interface TokenParts {
  readonly directory: Pick<Directory, 'version' | 'get' | 'list'>;
  readonly fetchJson: FetchJson;
  readonly clock: Clock;
}

/** A token that was found to be good. What it says is kept, not what that means here, which may change. */
interface Verified {
  readonly issuer: Issuer;
  readonly claims: JsonObject;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** On the monotonic clock. */
  readonly verifiedMs: number;
  bearer?: { readonly version: number; readonly principal: Principal };
}

/** Longer ones than any issuer makes. */
const maxTokenLength = 16_384;
/** How many tokens are remembered. */
const maxRemembered = 10_000;
/** A remembered token is verified again after this, so that a key that its issuer withdraws is out of force. */
const believedMs = 10 * 60_000;

/** Bearers of tokens of the issuers in the directory. A token is verified once and then known by its hash. */
export function createTokenBearers({ directory, fetchJson, clock }: TokenParts): TokenBearers {
  const remembered = new Map<string, Verified>();
  const verifying = new Map<string, Promise<Verified>>();
  const keysOf = keysByIssuer(fetchJson, clock);

  function recall(sha256: string): Verified | undefined {
    const known = remembered.get(sha256);
    if (!known) return undefined;
    const isCurrent = directory.get('token_issuers', known.issuer.id) === known.issuer;
    remembered.delete(sha256);
    if (!isCurrent || clock.monotonicMs() - known.verifiedMs > believedMs || known.expiresAt <= clock.now())
      return undefined;
    // Last in the order of insertion, so that the first is the one that was not used for longest.
    remembered.set(sha256, known);
    return known;
  }

  function remember(sha256: string, verified: Verified): void {
    remembered.set(sha256, verified);
    const [oldest] = remembered.keys();
    if (remembered.size > maxRemembered && oldest !== undefined) remembered.delete(oldest);
  }

  async function verify(token: string, issuer: Issuer, sha256: string): Promise<Verified> {
    const claims = await verifyToken(token, issuer, keysOf(issuer), clock);
    const expiresAt = (Number(claims['exp']) + issuer.clock_skew_s) * 1000;
    const verified = { issuer, claims, expiresAt, verifiedMs: clock.monotonicMs() };
    remember(sha256, verified);
    return verified;
  }

  /** Many requests come with the same new token at once. */
  function verifyOnce(token: string, issuer: Issuer, sha256: string): Promise<Verified> {
    let running = verifying.get(sha256);
    if (!running) {
      running = verify(token, issuer, sha256).finally(() => verifying.delete(sha256));
      verifying.set(sha256, running);
    }
    return running;
  }

  function principalOf(verified: Verified): Principal {
    const version = directory.version();
    if (verified.bearer?.version !== version) {
      const principal = bearerOfClaims(verified.claims, verified.issuer, directory);
      verified.bearer = { version, principal };
    }
    return verified.bearer.principal;
  }

  return {
    bearerOf(token, sha256) {
      if (!looksLikeToken(token)) return undefined;
      const known = recall(sha256);
      if (known) return principalOf(known);
      const issuer = issuerOf(token, directory);
      if (!issuer) return undefined;
      if (issuer.disabled) throw new Failure('token-forbidden', `The token issuer "${issuer.id}" is disabled.`);
      return verifyOnce(token, issuer, sha256).then(principalOf);
    },
  };
}

/** Every JWT begins with an object in JSON, so with these letters. */
function looksLikeToken(text: string): boolean {
  return text.startsWith('eyJ');
}

/** The issuer that a token claims to be from; of several of the same name, the one that it is meant for. */
function issuerOf(token: string, directory: Pick<Directory, 'list'>): Issuer | undefined {
  const issuers = [...directory.list('token_issuers')];
  if (issuers.length === 0) return undefined;
  if (token.length > maxTokenLength) {
    throw new Failure('token-invalid', `The token is too long: it may have ${maxTokenLength} characters.`);
  }
  const { iss, aud } = claimsUnchecked(token);
  const namesakes = issuers.filter((issuer) => issuer.issuer === iss);
  const meant = new Set([aud ?? []].flat());
  return namesakes.find(({ audiences }) => audiences.some((audience) => meant.has(audience))) ?? namesakes[0];
}

function claimsUnchecked(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
}

/** An issuer's keys are kept for as long as it is at the same place. */
function keysByIssuer(fetchJson: FetchJson, clock: Clock): (issuer: Issuer) => IssuerKeys {
  const kept = new Map<string, { readonly place: string; readonly keys: IssuerKeys }>();
  return (issuer) => {
    const { id, issuer: name, jwks_uri, allow_private } = issuer;
    const place = JSON.stringify([name, jwks_uri, allow_private]);
    const known = kept.get(id);
    if (known?.place === place) return known.keys;
    const keys = createIssuerKeys(issuer, fetchJson, clock);
    kept.set(id, { place, keys });
    return keys;
  };
}
