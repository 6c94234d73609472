import type { ReplyEvent, Reply } from '../core/events.ts';
import type { Failure } from '../core/failure.ts';
import type { Frame, OutFrame } from '../core/frame.ts';
import type { CanonicalRequest, ClientDialectName, DialectName, MessageItem } from '../core/items.ts';
import type { JsonObject } from '../core/json.ts';
import type { Loss } from '../core/loss.ts';
import type { Usage } from '../core/usage.ts';
import type { ReplySoFar, Resumption } from './resumption.ts';
import type { NeedSigns } from './shared/need-signs.ts';
import type { OutputLimit } from './shared/output-limit.ts';
import type { ReadsMore } from './shared/reads-more.ts';
import type { SettingsWriter } from './shared/settings.ts';
import type { ToolTable } from './shared/tool-table.ts';

/**
 * What it takes to speak a dialect to providers. Every dialect folder fills this in with the same files. All of it is pure: no I/O, no clock,
 * no configuration.
 */
export interface ProviderDialect {
  readonly name: DialectName;
  /** Whose seals stand unwrapped in this dialect (`openai` in Responses, `anthropic` in Messages …). Absent: the dialect has no place for seals. */
  readonly homeIssuer?: string;

  /** Writes a request for a provider. Always asks for a stream. Same input, same bytes: prompt caches depend on it. */
  encodeRequest(request: CanonicalRequest, target: EncodeTarget): EncodedRequest;
  createReplyDecoder(context: DecodeContext): ReplyDecoder;
  /** Reads a whole (non-streamed) answer as the events a stream would have given. */
  decodeReply(body: JsonObject, context: DecodeContext): readonly ReplyEvent[];
  /** Reads a provider's error answer. */
  decodeFailure(answer: ErrorAnswer): Failure;
}

/** A dialect that agents speak, too: what else it takes to answer them, and to let bytes pass where both sides speak it (express lane). */
export interface Dialect extends ProviderDialect {
  readonly name: ClientDialectName;

  /** Reads a caller's request. Throws `request-malformed` with the JSON path of what is wrong. */
  decodeRequest(body: JsonObject): CanonicalRequest;
  createReplyEncoder(context: EncodeContext): ReplyEncoder;
  /** Writes a whole (non-streamed) answer. */
  encodeReply(reply: Reply, context: EncodeContext): JsonObject;

  /** Writes how many tokens a request would be. Absent: this dialect has no call for that. */
  encodeTokenCount?(tokens: number): JsonObject;

  /** Writes a failure before anything was sent. */
  encodeFailure(failure: Failure, caller: CallerTraits): FailureAnswer;
  /** Writes a failure into a stream that another wrote (express lane): one terminal event of this dialect. */
  failureFrames(failure: Failure, context: EncodeContext): readonly OutFrame[];

  /** Watches a stream that passes untouched. */
  createObserver(): ReplyObserver;
  /** Whether a request in this dialect may pass to `target` untouched but for top-level edits. Undefined: it must be translated. */
  planExpress(request: ExpressRequest, target: EncodeTarget): ExpressPlan | undefined;
  /** Whether the request may be one for a compaction, from the bytes of its top-level fields alone. Absent: the dialect has none. */
  asksForCompaction?(fields: TopFields): boolean;
  /** Where requests say how long their answer may be: a budget that is almost spent allows no more than it can hold. */
  readonly outputLimit: OutputLimit;
  /** Sets in a request what the configuration wants. */
  readonly writeSettings: SettingsWriter;
  /** Long texts of requests that nobody reads on their way to a provider, so that they stay bytes. Absent: there are none. */
  readonly copiedTexts?: CopiedTexts;
  /** What in requests makes their bill larger than their size can tell. */
  readonly readsMore: ReadsMore;
  /** What in requests shows that not every model can serve them. */
  readonly needSigns: NeedSigns;
  /** What in requests makes providers do something that must not be done twice. Absent: nothing. */
  readonly effects?: Effects;
  /** Writes the answer of a call that does nothing but condense a history: the items that take its place. Absent: the dialect has no such call. */
  readonly encodeCompacted?: (reply: Reply, kept: readonly MessageItem[], context: EncodeContext) => JsonObject;
  /** The last message of a request may be the beginning of the answer, in the model's own name. */
  readonly prefills?: true;
  /** Absent: an answer of this dialect that breaks off is over. */
  readonly resumption?: Resumption;
  /** The header in which this dialect's agents bring back, within a turn, what the last answer told them in it. */
  readonly turnStateHeader?: string;
  /** The header, beside `x-request-id`, in which this dialect's agents look for the id of an answer. */
  readonly idHeader?: string;
  /** Headers that travel between a caller and a provider of this same dialect. */
  forwardedHeaders(issuer: string): ForwardedHeaders;
}

/** Texts that are only copied from a caller's request into a provider's. Encoders may join them with others and trim their ends, but not look into them. */
export interface CopiedTexts {
  /** The fields, at any depth, whose values they are. */
  readonly fields: readonly string[];
  /** Requests in which this stands, outside of such texts, are read whole. Absent: none are. */
  readonly unless?: string;
}

/** What in a request has effects beside its answer. */
export interface Effects {
  /** Top-level fields, where they are neither null nor false. */
  readonly fields: readonly string[];
  /** Types of tools that the provider calls elsewhere. */
  readonly tools: readonly string[];
}

/** A top-level field's value in the bytes of a body, or undefined where the field is missing. */
export type TopFields = (key: string) => Buffer | undefined;

/** A request in bytes, as the express lane sees it. */
export interface ExpressRequest {
  readonly body: Buffer;
  readonly stream: boolean;
  /** Whether a top-level key is there. */
  has(key: string): boolean;
}

export interface ExpressPlan {
  /** Top-level keys to set, as JSON text. */
  readonly replace: Readonly<Record<string, string>>;
  /** Top-level keys to take out. */
  readonly remove: readonly string[];
  /** The provider was asked to report usage in a frame of its own that the caller did not ask for: it is not passed on. */
  readonly dropsUsageFrame?: boolean;
}

/** Lower-case names. Everything else stays here: local facts never travel on. */
export interface ForwardedHeaders {
  readonly request: readonly string[];
  readonly response: readonly string[];
}

/** What the encoder must know of the deployment it writes for. */
export interface EncodeTarget {
  /** The provider's name of the model. */
  readonly model: string;
  /** Whose seals may be sent there. */
  readonly issuer: string;
  readonly abilities: TargetAbilities;
  readonly quirks: Quirks;
}

/** What the model can do, from the catalog. Undefined means unknown: then assume it can. */
export interface TargetAbilities {
  readonly maxOutputTokens?: number;
  readonly images?: boolean;
  readonly tools?: boolean;
  readonly reasoning?: boolean;
  /** Effort words the model takes, weakest first, where known. */
  readonly reasoningEfforts?: readonly string[];
}

/** Where a vendor departs from its dialect's home. A vendor's row holds these as data. */
export interface Quirks {
  /** The model stands in the path, and the body must not name it. */
  readonly modelInPath?: boolean;
  /** Fields (top level) that every request's body carries. */
  readonly fields?: JsonObject;
  /** Request fields (top level) the vendor rejects; dropped as hint losses. */
  readonly omit?: readonly string[];
  /** Chat: name of the output limit field. Default `max_completion_tokens` at OpenAI, `max_tokens` elsewhere. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** Chat: how reasoning effort is asked for. Default `none` unless the row says. */
  readonly effort?: 'reasoning_effort' | 'openrouter' | 'none';
  /** Chat: answers json_schema (`json_schema`), only JSON mode (`json_object`) or neither. */
  readonly structuredOutput?: 'json_schema' | 'json_object' | 'none';
  /** Chat: role for developer messages. Default `system`. */
  readonly developerRole?: 'developer' | 'system';
  /** Chat: the field in which earlier reasoning must come back with assistant messages, if any. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning';
  /** Chat: which choices of tools are taken beside `auto`. Default: all. */
  readonly toolChoices?: readonly ('none' | 'required' | 'tool')[];
  /** Chat: `strict` tools are refused. */
  readonly noStrictTools?: boolean;
  /** Chat: keywords of JSON Schema that are refused in the schemas of tools. */
  readonly schemaOmit?: readonly string[];
  /** Chat: `stream_options.include_usage` is refused. */
  readonly noStreamOptions?: boolean;
  /** Responses: seals its thoughts when asked to, as OpenAI does. */
  readonly sealsThoughts?: boolean;
  /** Responses: `reasoning.summary` is refused. */
  readonly noReasoningSummary?: boolean;
  /** Responses: the vendor knows custom (freeform) tools and namespaces. Default true only at OpenAI and Azure. */
  readonly codexTools?: boolean;
  /** Chat: the entry of `tools` that lets the model use the vendor's own web search, for callers who offer one. Absent: it has none. */
  readonly webSearch?: JsonObject;
  /** Responses: the tools that the vendor runs itself and takes as `{ type }`, by their common names. All at OpenAI, elsewhere none by default. */
  readonly hostedTools?: readonly string[];
  /** Tool results may not hold images; they follow as a user message instead. */
  readonly noImagesInToolResults?: boolean;
}

export interface EncodedRequest {
  readonly body: JsonObject;
  /** Headers that the body needs beside the provider's usual ones. Lower-case names. A provider's own value of the same name is put behind. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly losses: readonly Loss[];
  /** How tool names were written: the reply decoder needs it to restore them. */
  readonly tools: ToolTable;
}

export interface DecodeContext {
  readonly tools: ToolTable;
  /** Marks seals found in the answer. */
  readonly issuer: string;
}

export interface EncodeContext {
  /** The model name the caller asked for; answers carry it. */
  readonly model: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** A fresh id with this prefix, e.g. `newId('msg_')`. */
  newId(prefix: string): string;
  /** The request as decoded, for fields that the answer repeats; absent on failures before decoding and in the express lane. */
  readonly request?: CanonicalRequest;
  /** The answer that this one goes on with, in the same stream. */
  readonly goesOn?: ReplySoFar;
}

/** Turns provider frames into events. Returns exactly one terminal event over its life; nothing after it. Never throws on bad input: that becomes `reply-failed`. */
export interface ReplyDecoder {
  push(frame: Frame): readonly ReplyEvent[];
  /**
   * The answer is whole although no terminal event has come: only a word on usage and the end of the body are due.
   * Where upstream breaks off now, `end` tells a good end. Absent in dialects whose answers end with an event of their own.
   */
  complete?(): boolean;
  /** How many semantic events it has read and keeps to itself. They are signs that the answer is on its way. */
  heldBack?(): number;
  /** Upstream ended its body. Gives the terminal event if none came (`upstream-cut` where the dialect says one was due). */
  end(): readonly ReplyEvent[];
}

/** Turns events into frames of the client's dialect. */
export interface ReplyEncoder {
  push(event: ReplyEvent): readonly OutFrame[];
  /** A frame that the client counts as life. */
  keepalive(): OutFrame;
}

export interface CallerTraits {
  /** Recognised client: it decides which status and code the client shows verbatim and does not retry in vain. */
  readonly agent: AgentName;
  /** The client's release (`0.169.0`), if it tells: older ones understand less. */
  readonly agentRelease?: string;
  readonly stream: boolean;
  /** Model asked for, if known. */
  readonly model?: string;
  /** The gateway's id of this exchange. */
  readonly exchangeId: string;
}

export type AgentName = 'codex' | 'claude-code' | 'gemini-cli' | 'opencode' | 'qwen-code' | 'cursor' | 'other';

export interface FailureAnswer {
  readonly status: number;
  /** Lower-case names. Includes content-type; `retry-after` where waiting helps. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ErrorAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Milliseconds since 1970, to read date-valued Retry-After and reset headers. */
  readonly now: number;
}

/** What an observer saw of the stream so far. Equal to what decoding would have told. */
export interface Observation {
  /** A semantic event has passed. */
  readonly semantic: boolean;
  readonly terminal?: 'done' | 'incomplete' | Failure;
  /** Nothing may follow: the dialect's very last frame has passed. */
  readonly closed?: boolean;
  readonly usage?: Usage;
  readonly model?: string;
  readonly replyId?: string;
}

/**
 * `usage-only`: the frame says nothing but token counts, so it is left out where the caller had not asked for it.
 * `piece`: it brings more of the answer, which no later frame brings again: by these a cut answer is weighed.
 */
export type FrameNote = 'usage-only' | 'piece' | undefined;

export interface ReplyObserver {
  /** Looks at one frame; must not parse more than it needs: this is the hot path. */
  push(frame: Frame): FrameNote;
  /** Looks at a whole JSON answer. */
  whole(body: JsonObject): void;
  /** One object, which grows. */
  readonly seen: Observation;
}
