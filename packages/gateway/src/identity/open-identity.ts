import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { type Authenticator, type AuthenticatorParts, createAuthenticator } from './authenticate.ts';
import { createDirectory, type Directory } from './directory.ts';
import { knownResources } from './file-resources.ts';
import { type Following, followStore, type ResourceFeed } from './follow-store.ts';
import { createKeyHasher, type KeyHasher } from './key-hash.ts';
import type { FileResource } from './resources.ts';
import { tellProblems } from './tell-problems.ts';
import type { FetchJson } from './tokens/issuer-keys.ts';
import { createTokenBearers } from './tokens/token-bearers.ts';

export interface IdentityParts {
  readonly encryptionKeys: readonly [Buffer, ...Buffer[]];
  /** What the configuration document names. */
  readonly resources: readonly FileResource[];
  /** What operators have made. Absent: nothing. */
  readonly feed?: ResourceFeed | undefined;
  readonly fetchJson: FetchJson;
  readonly clock: Clock;
  readonly log: Log;
  readonly onOldDigest?: AuthenticatorParts['onOldDigest'];
}

/** Who there is, and how they are known. */
export interface Identity {
  readonly directory: Directory;
  readonly authenticator: Authenticator;
  readonly hasher: KeyHasher;
  /** Absent without a store. */
  readonly following: Following | undefined;
  /** Takes over what a changed document names. */
  replaceFile(resources: readonly FileResource[]): void;
  close(): Promise<void>;
}

/** Nobody is known before everybody is: resolves when the document's and the store's resources are in the directory. */
export async function openIdentity(parts: IdentityParts): Promise<Identity> {
  const { encryptionKeys, resources, feed, fetchJson, clock, log, onOldDigest } = parts;
  const directory = createDirectory();
  const hasher = createKeyHasher(encryptionKeys);
  const tokens = createTokenBearers({ directory, fetchJson, clock });
  directory.replaceFile(knownResources(resources, hasher));
  const following = feed && (await followStore(feed, directory, log));
  tellProblems(directory, log);
  return {
    directory,
    authenticator: createAuthenticator({ directory, hasher, clock, tokens, ...(onOldDigest && { onOldDigest }) }),
    hasher,
    following,
    replaceFile(next) {
      directory.replaceFile(knownResources(next, hasher));
      tellProblems(directory, log);
    },
    close: async () => following?.close(),
  };
}
