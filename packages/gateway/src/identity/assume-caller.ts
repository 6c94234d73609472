import { grant } from '@turnpike/contract/resources/grant';
import type { ResourceKind } from '@turnpike/contract/resources/kinds';
import { z } from 'zod';
import type { JsonObject } from '../core/json.ts';
import { checkExpiry } from './authenticate.ts';
import type { Directory } from './directory.ts';
import type { GrantFields } from './grant.ts';
import type { Party } from './party.ts';
import type { Principal } from './principal.ts';
import { principalOfKey, resolvePrincipal } from './resolve-principal.ts';
import { bearerOfClaims } from './tokens/bearer-of-claims.ts';

/** Whose request is to be imagined. Ids; nothing at all: somebody to whom everything is allowed. */
export interface AssumedCaller {
  readonly key?: string | undefined;
  readonly user?: string | undefined;
  readonly team?: string | undefined;
  readonly organization?: string | undefined;
  /** What a token of this issuer says. */
  readonly token?: { readonly issuer: string; readonly claims: JsonObject } | undefined;
  /** What the caller has besides, unless a token says it. */
  readonly tags?: readonly string[];
  readonly metadata?: Party['metadata'];
}

type Known = Pick<Directory, 'get'>;

/** What of it does not exist, as `[kind, id]`. */
export function unknownIn(assumed: AssumedCaller, directory: Known): readonly [ResourceKind, string] | undefined {
  const { key, user, team, organization, token } = assumed;
  const named: readonly (readonly [ResourceKind, string | undefined])[] = [
    ['virtual_keys', key],
    ['users', user],
    ['teams', team],
    ['organizations', organization],
    ['token_issuers', token?.issuer],
  ];
  for (const [kind, id] of named) if (id !== undefined && directory.get(kind, id) === undefined) return [kind, id];
  return undefined;
}

/** Who that would be to this gateway. Throws what refuses keys and tokens of that kind, but for what only their bearers can show. */
export function assumeCaller(assumed: AssumedCaller, directory: Known, nowMs: number): Principal {
  const { key: keyId, user, team, organization, token, tags = [], metadata = {} } = assumed;
  const key = keyId === undefined ? undefined : directory.get('virtual_keys', keyId);
  if (key) {
    checkExpiry(key, nowMs);
    const own = { tags: [...key.tags, ...tags], metadata: { ...key.metadata, ...metadata } };
    return principalOfKey({ ...key, ...own }, directory);
  }
  const issuer = token && directory.get('token_issuers', token.issuer);
  if (issuer) return bearerOfClaims(token.claims, issuer, directory);
  const name = user ?? team ?? organization ?? 'anybody';
  const principal = resolvePrincipal(
    {
      id: `assumed:${name}`,
      name,
      tenant: `assumed:${name}`,
      own: { holder: `caller "${name}"`, grant: { ...everything(), tags: [...tags] } },
      ...(user === undefined ? {} : { user }),
      ...(team === undefined ? {} : { team }),
      ...(organization === undefined ? {} : { organization }),
    },
    directory,
  );
  // What a key would say of itself, if there was one.
  const parties = { ...principal.parties, key: { id: '', tags: [...tags], metadata } };
  return Object.keys(metadata).length === 0 ? principal : { ...principal, parties };
}

/** Whoever is nobody in particular is kept from nothing. */
function everything(): GrantFields {
  return grantSchema.parse({});
}

const grantSchema = z.strictObject(grant);
