import type { FailureCode } from './failure-codes.ts';
import type { RouteRecord } from './route-record.ts';

/**
 * Everything worth knowing of one exchange, in one flat-ish row. It is written exactly once, when the exchange is over.
 * Times in milliseconds, sizes in bytes, money as a decimal string of nano-dollars (1e-9 USD).
 */
export interface ExchangeRecord {
  readonly id: string;
  /** When the request arrived, milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Until the first semantic event went to the client; absent if none did. */
  readonly firstTokenMs?: number;
  readonly outcome: Outcome;
  /** HTTP status of the answer; 499 when the client left before it. */
  readonly status: number;
  readonly failure?: { readonly code: FailureCode; readonly message: string };

  readonly agent: string;
  readonly dialect: string;
  /** How the client's bytes were framed. */
  readonly wire: Wire;
  readonly stream: boolean;
  readonly session?: string;
  readonly thread?: string;
  /** The thread that started this one. */
  readonly parentThread?: string;
  /** The agent's id of the user's turn that this request belongs to. */
  readonly turn?: string;
  /** What the request is for, as far as the agent says. */
  readonly requestKind?: RequestKind;
  /** What was asked for instead of an answer of a model: `embeddings`, `files.create`, … or `passthrough`. */
  readonly operation?: string;
  /** Name of the virtual key, or of the bearer of a token; absent if it was not recognised. */
  readonly key?: string;
  /** Id of the virtual key, which stays when it gets another name. */
  readonly keyId?: string;
  /** Ids of whom the caller counts for. */
  readonly user?: string;
  readonly team?: string;
  readonly organization?: string;
  /** Labels of all of them. */
  readonly tags?: readonly string[];

  readonly modelAsked?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly credential?: string;
  readonly lane?: Lane;
  /** How it was decided where it goes. Absent where there was nothing to decide. */
  readonly route?: RouteRecord;
  readonly attempts: readonly AttemptRecord[];
  /** Deployments that would have come earlier, had they been well. They were set back, and perhaps tried after all others. */
  readonly skipped?: readonly SkippedRecord[];
  readonly losses: readonly LossRecord[];

  readonly usage?: UsageRecord;
  /** Of all attempts together. Absent when the price is unknown. */
  readonly costNanoDollars?: string;
  /** What of the usage the price has no word for, so that the cost is too low: `web-search`, `service tier flex`. */
  readonly unpriced?: readonly string[];

  /** Ids of limits in shadow mode that would have refused it. */
  readonly shadowed?: readonly string[];
  /** How long it waited for room under a rate limit. */
  readonly waitedMs?: number;

  readonly bytesIn: number;
  readonly bytesOut: number;
}

/**
 * `done`: whole answer. `incomplete`: stopped by a limit, or ended behind a finished tool call because its provider broke off there. `failed`: a failure told to
 * the client. `abandoned`: the client left.
 */
export type Outcome = 'done' | 'incomplete' | 'failed' | 'abandoned';

/** `websocket`: one of the turns on a socket. */
export type Wire = 'http' | 'websocket';

/**
 * `turn`: work for the user. `prewarm`: nothing is generated. `compaction`: a summary of the history. `title`: a name for the session.
 * `review`: of changes. `memory`: notes for later sessions. `subagent`: work for another agent. `search`: of the web, by the provider.
 */
export type RequestKind = 'turn' | 'prewarm' | 'compaction' | 'title' | 'review' | 'memory' | 'subagent' | 'search';

/** `express`: same dialect on both sides, bytes untouched. `translate`: through the canonical form. */
export type Lane = 'express' | 'translate';

/** One deployment that was tried. */
export interface AttemptRecord {
  readonly provider: string;
  readonly model: string;
  readonly credential: string;
  readonly lane?: Lane;
  /** After the request arrived. */
  readonly startedMs: number;
  readonly durationMs: number;
  /** Upstream's HTTP status, if it answered. */
  readonly upstreamStatus?: number;
  /** It was started beside the one before it, which was slow to begin. */
  readonly hedge?: true;
  /** It was cancelled because the other one began first. */
  readonly outpaced?: true;
  /** Absent for the attempt that served the exchange, and for one that was outpaced. */
  readonly failure?: { readonly code: FailureCode; readonly message: string };
  /** What it has used although it failed, as far as that is known or estimated, and what that costs. */
  readonly usage?: UsageRecord;
  readonly costNanoDollars?: string;
}

/** One deployment that was set back because of what had become of earlier requests. `cut-off`: an answer of the same session broke off there. `context-window`: it has said before that the session is too long for it. */
export interface SkippedRecord {
  readonly provider: string;
  readonly model: string;
  readonly credential: string;
  readonly why: RestReason | 'recovering' | 'cut-off' | 'context-window';
}

/** `failing`: too many failures of the provider's own. `unreachable`: no connection to it. The others: what the provider had answered. */
export type RestReason =
  'credential-refused' | 'quota-exhausted' | 'rate-limited' | 'model-missing' | 'failing' | 'unreachable';

export interface LossRecord {
  readonly weight: 'hint' | 'meaning';
  readonly what: string;
  readonly why: string;
}

export interface UsageRecord {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheWriteLongTokens: number;
  readonly reasoningTokens: number;
  readonly estimated?: boolean;
  /** Parts of the input, the cached input and the output that are no text, where told apart. */
  readonly inputAudioTokens?: number;
  readonly inputImageTokens?: number;
  readonly cachedAudioTokens?: number;
  readonly cachedImageTokens?: number;
  readonly outputAudioTokens?: number;
  readonly outputImageTokens?: number;
  /** What is billed by the piece: `web-search`, `image`, `second`, `character`, `request`, `rerank`, `page`. */
  readonly units?: Readonly<Record<string, number>>;
  /** How the provider says that it served, in its own word. */
  readonly serviceTier?: string;
}
