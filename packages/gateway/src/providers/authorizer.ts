/** A call that is about to be sent, as far as its authorization may depend on it. */
export interface CallToAuthorize {
  readonly method: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body's bytes in order. Absent where it passes as it comes. */
  readonly body?: readonly Buffer[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Header names in lower case, with their values. */
export type Headers = Readonly<Record<string, string>>;

/**
 * Says at the last moment before each call which headers prove who calls: a signature, or a token that is fetched and runs out.
 * A promise only where it has to wait. Throws `upstream-credential-refused` where there are no credentials to be had.
 */
export interface Authorizer {
  authorize(call: CallToAuthorize): Headers | Promise<Headers>;
}
