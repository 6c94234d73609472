import type { Json } from '../../core/json.ts';
import type { AuditEntry } from './audit-log.ts';

/** A resource as the store keeps it. What its body means is for others to know. */
export interface StoredResource {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
  /** Of its last change. Grows over all kinds, in the order in which changes became visible. */
  readonly revision: bigint;
  readonly body: Json;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Set on what was deleted, which only `changesSince` tells of. */
  readonly deletedAt?: number;
}

/** `absent`: it must not exist. A revision: it must still have this one. */
export type Expected = 'absent' | bigint;

export interface PutChange {
  readonly type: 'put';
  readonly kind: string;
  readonly id: string;
  /** Unique in its kind, compared character by character. */
  readonly name?: string;
  readonly body: Json;
  /** Left out: it is made or replaced, whatever was there. */
  readonly expected?: Expected;
  /** Its secret, sealed. Null takes it away; left out, it stays. */
  readonly sealed?: string | null;
}

export interface DeleteChange {
  readonly type: 'delete';
  readonly kind: string;
  readonly id: string;
  readonly expected?: bigint;
}

export type ResourceChange = PutChange | DeleteChange;

/** What the admin API manages. */
export interface ResourceStore {
  /** Everything that exists, in parts, what was changed last at the end. Afterwards `changesSince` the last revision tells of what has changed meanwhile. */
  loadAll(): AsyncIterable<readonly StoredResource[]>;
  /** The last one that was given. */
  revision(): Promise<bigint>;
  /** What was changed or deleted after a revision, in the order of revisions, in parts. Nothing that is committed later is behind what was seen. */
  changesSince(revision: bigint): AsyncIterable<readonly StoredResource[]>;
  get(kind: string, id: string): Promise<StoredResource | undefined>;
  /** Those of a kind that exist, in no order. */
  getMany(kind: string, ids: readonly string[]): Promise<readonly StoredResource[]>;
  /**
   * Makes all changes and writes their audit events, or does nothing. Answers the new revisions in the order of the changes.
   * With `ground`, only if that is still the last revision: then all that the changes were checked against still holds.
   * Throws `StoreConflict` where a resource is not as expected, a name is taken, or the ground has moved.
   */
  apply(changes: readonly ResourceChange[], audit: readonly AuditEntry[], ground?: bigint): Promise<readonly bigint[]>;
  /** The sealed secrets of a kind, by the id of their resource. */
  secretsOf(kind: string): Promise<ReadonlyMap<string, string>>;
  /** Calls back soon after there is a newer revision, whoever made it. */
  watch(onRevision: (revision: bigint) => void): Promise<{ close(): Promise<void> }>;
}

/**
 * `changed`: it has another revision. `exists`, `missing`: it should not, or should. `name-taken`: by another of its kind.
 * `ground-moved`: something else, anything, has changed meanwhile.
 */
export type ConflictReason = 'changed' | 'exists' | 'missing' | 'name-taken' | 'ground-moved';

/** A change that does not fit what is there. Nothing was changed. */
export class StoreConflict extends Error {
  override readonly name = 'StoreConflict';
  readonly reason: ConflictReason;
  readonly kind: string;
  readonly id: string;

  constructor(reason: ConflictReason, { kind, id, name }: { kind: string; id: string; name?: string | undefined }) {
    super(`${kind}/${id}: ${reason}${name === undefined ? '' : ` (${name})`}`);
    this.reason = reason;
    this.kind = kind;
    this.id = id;
  }
}
