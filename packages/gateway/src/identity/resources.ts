import { type ResourceKind, resourceKinds, type ResourceOf } from '@turnpike/contract/resources/kinds';

/** A value of a virtual key, by its keyed hash. */
export interface KeyDigest {
  readonly digest: string;
  /** When a value that was replaced stops working, in milliseconds since 1970. Absent: with the key. */
  readonly until?: number;
}

/** A resource and what is known of it besides. */
export type KnownResource<Kind extends ResourceKind = ResourceKind> = {
  readonly [Each in Kind]: {
    readonly kind: Each;
    readonly body: ResourceOf<Each>;
    /** Of virtual keys: the values that open them. Absent in a change: as before. */
    readonly digests?: readonly KeyDigest[];
  };
}[Kind];

/** One resource made, changed or gone. */
export type ResourceChange =
  | { readonly change: 'put'; readonly resource: KnownResource }
  | { readonly change: 'delete'; readonly kind: ResourceKind; readonly id: string };

/** A resource of the configuration document. Of a key's value there is only the SHA-256, because documents are read before the encryption key is known. */
export interface FileResource {
  readonly resource: KnownResource;
  readonly sha256?: string;
}

/** A resource as its schema fills it in: the boundary at which bodies become resources. Throws what the schema refuses, a `ZodError`. */
export function parseResource<Kind extends ResourceKind>(kind: Kind, body: unknown): KnownResource<Kind> {
  // The schema of the kind has just said so; the compiler cannot follow it through the union.
  return { kind, body: resourceKinds[kind].parse(body) } as unknown as KnownResource<Kind>;
}
