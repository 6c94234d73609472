import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import type { Clock } from '../core/clock.ts';
import { Failure } from '../core/failure.ts';
import type { Directory } from './directory.ts';
import { type KeyHasher, sha256Of } from './key-hash.ts';
import { type Principal, whomToAsk } from './principal.ts';
import { principalOfKey } from './resolve-principal.ts';
import type { KeyMatch } from './resource-table.ts';

/** What the caller showed, as the data plane found it. */
export interface Credentials {
  readonly key?: string;
  /** Codex signed in with ChatGPT sends its user's own access token: it must go nowhere. */
  readonly foreignLogin?: boolean;
  /** Where the request comes from. Absent where that cannot be told. */
  readonly address?: string;
}

/** Knows callers by what they show. */
export interface Authenticator {
  /**
   * Who is calling; at once, unless a token is seen for the first time. Throws or rejects with `foreign-login`, `key-missing`, `key-unknown`, `key-disabled`,
   * `key-expired`, `key-orphaned`, `caller-address-forbidden`, `token-invalid`, `token-expired`, `token-forbidden` or `token-unverifiable`.
   */
  authenticate(credentials: Credentials): Principal | Promise<Principal>;
}

/** Bearers of tokens that others have issued. */
export interface TokenBearers {
  /** Who bears the token. Undefined: it is no token of a known issuer. Throws or rejects with the failures of tokens. */
  bearerOf(token: string, sha256: string): Principal | Promise<Principal> | undefined;
}

export interface AuthenticatorParts {
  readonly directory: Pick<Directory, 'version' | 'findKey' | 'get'>;
  readonly hasher: KeyHasher;
  readonly clock: Clock;
  readonly tokens?: TokenBearers;
  /** A value was known by the digest of an encryption key that was replaced; this is its digest today. */
  readonly onOldDigest?: (keyId: string, old: string, current: string) => void;
}

/** Keys are looked up by keyed hash, so the time that it takes tells nothing about them. */
export function createAuthenticator(parts: AuthenticatorParts): Authenticator {
  const { directory, hasher, clock, tokens, onOldDigest } = parts;
  const ofKey = cachedPrincipals(directory);

  function matchOf(sha256: string): KeyMatch | undefined {
    const [current, ...older] = hasher.digestsOf(sha256);
    const match = directory.findKey(current);
    if (match) return match;
    for (const digest of older) {
      const found = directory.findKey(digest);
      if (!found) continue;
      onOldDigest?.(found.key.id, digest, current);
      return found;
    }
    return undefined;
  }

  function known(shown: string): Principal | Promise<Principal> {
    const sha256 = sha256Of(shown);
    const bearer = tokens?.bearerOf(shown, sha256);
    if (bearer) return bearer;
    const match = matchOf(sha256);
    if (!match) throw strangerFailure(shown);
    checkTime(match, clock.now());
    return ofKey(match.key);
  }

  return {
    authenticate({ key, foreignLogin, address }) {
      if (foreignLogin) throw foreignLoginFailure();
      if (!key) throw new Failure('key-missing', 'No virtual key was sent. Set it as the API key of your agent.');
      const principal = known(key);
      return principal instanceof Promise
        ? principal.then((each) => checkAddress(each, address))
        : checkAddress(principal, address);
    },
  };
}

/** So many callers may be active before those who were seen are forgotten: looking them up again takes microseconds. */
const maxCached = 20_000;

/** Finding out who is above a key is done once, until something changes. */
function cachedPrincipals(directory: Pick<Directory, 'version' | 'get'>) {
  let version = directory.version();
  let cache = new Map<string, Principal>();
  return (key: ResourceOf<'virtual_keys'>): Principal => {
    if (version !== directory.version() || cache.size >= maxCached) {
      version = directory.version();
      cache = new Map();
    }
    let principal = cache.get(key.id);
    if (!principal) {
      principal = principalOfKey(key, directory);
      cache.set(key.id, principal);
    }
    return principal;
  };
}

function checkTime({ key, until }: KeyMatch, nowMs: number): void {
  const name = key.name ?? key.id;
  if (until !== undefined && until <= nowMs) {
    const when = new Date(until).toISOString();
    const message = `The virtual key "${name}" has a new value since its rotation; this one stopped working at ${when}.`;
    throw new Failure('key-expired', message + whomToAsk(key.contact));
  }
  checkExpiry(key, nowMs);
}

/** Throws `key-expired`. */
export function checkExpiry(key: ResourceOf<'virtual_keys'>, nowMs: number): void {
  const { expires } = key;
  if (expires === undefined) return;
  const expiresAt = Date.parse(expires);
  if (expiresAt > nowMs) return;
  const when = new Date(expiresAt).toISOString();
  const name = key.name ?? key.id;
  throw new Failure('key-expired', `The virtual key "${name}" expired at ${when}.${whomToAsk(key.contact)}`);
}

function checkAddress(principal: Principal, address: string | undefined): Principal {
  for (const { addresses, holder } of principal.grants) {
    if (!addresses || (address !== undefined && addresses.includes(address))) continue;
    const from = address === undefined ? 'an address that cannot be told' : address;
    throw new Failure(
      'caller-address-forbidden',
      `The ${holder} may not be used from ${from}.${whomToAsk(principal.contact)}`,
    );
  }
  return principal;
}

function strangerFailure(shown: string): Failure {
  if (/^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(shown))
    return new Failure(
      'token-invalid',
      'This token is of no issuer that Turnpike trusts. Send a virtual key, or have its issuer added.',
    );
  return new Failure('key-unknown', 'This virtual key is not known to Turnpike. Check the key, or ask for a new one.');
}

function foreignLoginFailure(): Failure {
  return new Failure(
    'foreign-login',
    'Codex is signed in with ChatGPT, so it sent your ChatGPT login instead of a Turnpike virtual key. ' +
      'Run `codex logout`, or set a model_provider with env_key in ~/.codex/config.toml. Your login was not stored or forwarded.',
  );
}
