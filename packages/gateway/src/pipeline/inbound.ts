import type { RequestKind, Wire } from '@turnpike/contract/exchange-record';
import type { ClientDialectName } from '../core/items.ts';
import type { AgentName } from '../dialects/dialect.ts';
import type { Credentials } from '../identity/authenticate.ts';

/** A response that a request builds on, and the part of the request's body that repeats what led to it. */
export interface Continuation {
  readonly responseId: string;
  readonly start: number;
  readonly end: number;
}

/** The socket that an agent speaks over. */
export interface Channel {
  /** Its identity, and its life: aborted when it closes. */
  readonly life: AbortSignal;
  /** What the request builds on. Known when its body was read. */
  continuation(): Continuation | undefined;
}

/** A request as it came in: what the data plane knows before anyone looked at the body. */
export interface Inbound {
  /** The gateway's id of the exchange. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** The same moment on the monotonic clock, for durations. */
  readonly receivedMonotonicMs: number;
  /** The caller's dialect, from the door it came through. */
  readonly dialect: ClientDialectName;
  /** How the caller's bytes are framed. Default: http. */
  readonly wire?: Wire;
  readonly credentials: Credentials;
  readonly agent: AgentName;
  /** The agent's release (`0.169.0`), where it tells. */
  readonly agentRelease?: string;
  /** The agent's own session and thread ids, where it names them. */
  readonly session?: string;
  readonly thread?: string;
  readonly parentThread?: string;
  /** The agent's id of the user's turn, and what it says the request is for. */
  readonly turn?: string;
  readonly requestKind?: RequestKind;
  /** A call of its own that does nothing but condense a history. */
  readonly compacts?: boolean;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The provider that the URL names: the model's name is that provider's own. */
  readonly provider?: string;
  /** Model and streaming where the URL says them instead of the body (Gemini). */
  readonly addressed?: { readonly model: string; readonly stream: boolean };
  /** Reads the body whole, decompressed. Throws `request-too-large`, `request-encoding-unsupported`, `request-malformed` or `client-gone`. */
  readBody(): Promise<Buffer>;
  /** Reads the body as it comes and as it is, instead of `readBody`. Absent where bodies are messages. Throws `request-too-large` or `client-gone`. */
  streamBody?(): AsyncIterable<Buffer>;
  /** Where the agent came over a socket that stays open. */
  readonly channel?: Channel;
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
}
