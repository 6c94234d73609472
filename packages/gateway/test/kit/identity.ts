import { type ResourceKind, resourceKinds } from '@turnpike/contract/resources/kinds';
import { createDirectory, type Directory } from '../../src/identity/directory.ts';
import { type Authenticator, createAuthenticator, type AuthenticatorParts } from '../../src/identity/authenticate.ts';
import { knownResources } from '../../src/identity/file-resources.ts';
import { createKeyHasher, sha256Of } from '../../src/identity/key-hash.ts';
import type { Principal } from '../../src/identity/principal.ts';
import { type FileResource, type KnownResource, parseResource } from '../../src/identity/resources.ts';
import { principalOfKey } from '../../src/identity/resolve-principal.ts';

/** The hasher of an installation whose encryption key is all zeros. */
export const testHasher = createKeyHasher([Buffer.alloc(32)]);

/** A resource as its schema fills it in. Throws what the schema refuses. */
export function resource<Kind extends ResourceKind>(
  kind: Kind,
  fields: { readonly id: string; readonly [field: string]: unknown },
): KnownResource<Kind> {
  return parseResource(kind, fields);
}

/** A virtual key that one value opens. */
export function keyResource(
  value: string,
  fields: { readonly id: string; readonly [field: string]: unknown },
): FileResource {
  return { resource: resource('virtual_keys', fields), sha256: sha256Of(value) };
}

/** A directory of these. */
export function directoryOf(resources: readonly (KnownResource | FileResource)[]): Directory {
  const directory = createDirectory();
  const all = resources.map((each): FileResource => ('resource' in each ? each : { resource: each }));
  directory.replaceFile(knownResources(all, testHasher));
  return directory;
}

/** An authenticator of a directory with these, where a test has no house. */
export function authenticatorOf(
  resources: readonly (KnownResource | FileResource)[],
  parts: Partial<AuthenticatorParts> & Pick<AuthenticatorParts, 'clock'>,
): Authenticator {
  return createAuthenticator({ directory: directoryOf(resources), hasher: testHasher, ...parts });
}

/** Who has a key with these fields and nobody above. */
export function principalWith(fields: { readonly [field: string]: unknown } = {}): Principal {
  return principalOfKey(resourceKinds.virtual_keys.parse({ id: 'ann', ...fields }), directoryOf([]));
}
