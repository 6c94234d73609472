/** A virtual key as the data plane knows it. The value itself is nowhere: only its digest is kept. */
export interface VirtualKey {
  /** Name in configuration and records. */
  readonly name: string;
  /** SHA-256 of the key's value, hex. */
  readonly digest: string;
  /** Model names it may ask for; `*` matches any run of characters. */
  readonly models: readonly string[];
  readonly disabled?: boolean;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** Who makes a request. */
export interface Principal {
  readonly key: VirtualKey;
}

/** Whose things these are: what is sealed for one tenant cannot be opened by another. */
export function tenantOf({ key }: Principal): string {
  return key.name;
}
