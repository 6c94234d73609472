import type { Reach } from '../providers/address-guard.ts';
import type { Authorizer } from '../providers/authorizer.ts';

/** One call to a provider, complete. */
export interface UpstreamCall extends Reach {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Default: POST. */
  readonly method?: CallMethod;
  /** Adds what proves who calls, where the headers do not hold it yet. */
  readonly authorizer?: Authorizer;
  /** The body's bytes in order. */
  readonly body: readonly Buffer[];
  /** A body that passes as it comes, instead of `body`: it can be sent only once. */
  readonly bodyStream?: AsyncIterable<Buffer>;
  readonly deadlines: Deadlines;
  /** Aborts the call at once and frees its connection. */
  readonly signal: AbortSignal;
  /** The same call as a message, where both agent and provider speak over a WebSocket. */
  readonly message?: UpstreamMessage;
}

/** What providers are asked with. */
export type CallMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A call as it is sent over a WebSocket. */
export interface UpstreamMessage {
  /** The life of the agent's socket. Its messages go over one socket of their own, which lives no longer. */
  readonly channel: AbortSignal;
  /** The response that it builds on, if any. */
  readonly previousResponseId?: string;
  /** With everything that led to it. */
  whole(): Buffer;
  /** With only what is new since the previous response. */
  news(): Buffer;
}

/** Milliseconds. */
export interface Deadlines {
  readonly connectMs: number;
  /** From sending until the head of the answer. */
  readonly headersMs: number;
  /** Longest silence inside the answer. */
  readonly idleMs: number;
}

export interface UpstreamAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AnswerBody;
}

/** The answer's bytes, pulled. Not pulling is the back-pressure. */
export interface AnswerBody {
  /** The next bytes, or undefined at the end. Throws `upstream-cut` or `upstream-timeout`. One read at a time. */
  read(): Promise<Buffer | undefined>;
  /** The last word was read and only the end is due: it is awaited for a second, so that the connection can be used again. */
  release(): void;
  /** Nothing more is wanted: closes the connection unless the answer has ended. Idempotent. */
  cancel(): void;
}

/** The only door to providers. */
export interface Upstream {
  /** Sends the call and waits for the answer's head. Throws `upstream-unreachable`, `upstream-timeout`, `upstream-cut`, `address-forbidden` or `client-gone`. */
  call(call: UpstreamCall): Promise<UpstreamAnswer>;
  /** Closes all idle connections and refuses new calls. */
  close(): Promise<void>;
}
