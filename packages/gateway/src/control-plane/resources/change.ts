import type { ResourceKind } from '@turnpike/contract/resources/kinds';
import type { Path } from '../../config/problem.ts';
import type { JsonObject } from '../../core/json.ts';

/** Who changes something, for the audit log. */
export interface Actor {
  readonly name: string;
  readonly requestId?: string;
  readonly sourceIp?: string;
}

/** What must be there for a change to be made: nothing, something, or exactly this revision. Left out, it does not matter. */
export type Expected = 'absent' | 'present' | bigint;

/** A virtual key's new value: made here, given, or known by its SHA-256 (hex) only, as keys of other gateways are. */
export type KeyValue = 'generate' | { readonly value: string } | { readonly sha256: string };

interface Common {
  readonly kind: ResourceKind;
  readonly ifMatch?: Expected;
  /** Where it stands in what the caller sent, for messages. */
  readonly at?: Path;
}

interface ValueChange {
  /** Of virtual keys. A new key without one has one made. */
  readonly value?: KeyValue;
  /** How long the values that are replaced go on working. Default: not at all. */
  readonly graceSeconds?: number;
}

/** A whole resource, made or replaced. Without an `id` in the body one is made, and so is the resource. */
export interface Put extends Common, ValueChange {
  readonly op: 'put';
  readonly body: JsonObject;
}

/** Some fields of a resource that is there: a JSON merge patch (RFC 7396), so `null` takes a field away. */
export interface Patch extends Common, ValueChange {
  readonly op: 'patch';
  readonly id: string;
  readonly patch: JsonObject;
}

export interface Delete extends Common {
  readonly op: 'delete';
  readonly id: string;
  /** With everything that names it. Without this, what others name stays. */
  readonly cascade?: boolean;
}

/** One thing to do. */
export type Change = Put | Patch | Delete;

/** What became of a change, or of something that had to go with one. */
export interface Changed {
  readonly did: 'create' | 'update' | 'rotate' | 'delete' | 'nothing';
  readonly kind: ResourceKind;
  readonly id: string;
  readonly before?: JsonObject;
  readonly after?: JsonObject;
  /** Of the resource as it is now. Absent for what is deleted, and for what would only be made. */
  readonly revision?: bigint;
  /** A virtual key's value that was made here. It is told this once. */
  readonly value?: string;
  /** What is odd, but not wrong. */
  readonly warnings?: readonly string[];
}

export interface ChangeOptions {
  /** Check everything and change nothing. */
  readonly dryRun?: boolean;
}
