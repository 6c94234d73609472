/** Why the control plane does not do what it is asked, and the HTTP status that says so. */
export const refusals = {
  malformed: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  /** It is there already, or its name or value belongs to another one. */
  conflict: 409,
  /** Others name it. */
  'in-use': 409,
  /** The configuration document makes it. */
  'read-only': 409,
  /** It has been changed since it was read. */
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  invalid: 422,
  'too-many-attempts': 429,
  /** The store or the counters do not answer, or too much is being changed at once. */
  unavailable: 503,
} as const;

export type RefusalCode = keyof typeof refusals;

/** One thing that is wrong, and where. */
export interface Detail {
  /** As people write it: `teams[2].organization`. Empty: the whole. */
  readonly path: string;
  readonly message: string;
  /** Where in the text of a condition, beginning with 1. */
  readonly line?: number;
  readonly column?: number;
}

/** A request that the control plane refuses. Nothing was changed. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: RefusalCode;
  readonly details: readonly Detail[];

  constructor(code: RefusalCode, message: string, details: readonly Detail[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
