import type { KeyHasher } from './key-hash.ts';
import type { FileResource, KnownResource } from './resources.ts';

/** The document's resources as the directory takes them: its keys with the digests of their values. */
export function knownResources(resources: readonly FileResource[], hasher: KeyHasher): KnownResource[] {
  return resources.map(({ resource, sha256 }) => {
    if (sha256 === undefined) return resource;
    return { ...resource, digests: [{ digest: hasher.digestsOf(sha256)[0] }] };
  });
}
