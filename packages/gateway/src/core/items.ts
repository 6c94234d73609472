import type { Json, JsonObject } from './json.ts';

/** Names of the dialects that agents may speak to this gateway. */
export type ClientDialectName = 'responses' | 'chat' | 'messages' | 'gemini';

/** Names of the dialects that this gateway speaks to providers. */
export type DialectName = ClientDialectName | 'cohere' | 'converse';

/** Fields of one dialect that the canonical form has no name for. Put back when the same dialect is written, else dropped. */
export interface Extra {
  readonly dialect: DialectName;
  readonly fields: JsonObject;
}

interface Extensible {
  readonly extra?: Extra;
}

// ---------------------------------------------------------------- parts

export interface TextPart extends Extensible {
  readonly type: 'text';
  readonly text: string;
  /** The caller marked the prompt prefix that ends here as cacheable. */
  readonly cache?: CacheMark;
}

/** A caller's own prompt-cache marker. `ttl` as the caller wrote it (`5m`, `1h`). */
export interface CacheMark {
  readonly ttl?: string;
}

/** Where the bytes of an image or file are. `base64` carries no data-URL prefix. */
export type MediaSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'data'; readonly mediaType: string; readonly base64: string }
  | { readonly kind: 'file-id'; readonly dialect: DialectName; readonly id: string };

export interface ImagePart extends Extensible {
  readonly type: 'image';
  readonly source: MediaSource;
  readonly detail?: string;
  readonly cache?: CacheMark;
}

/** A document or any other file (PDF, text, audio, video) by its media type. */
export interface FilePart extends Extensible {
  readonly type: 'file';
  readonly source: MediaSource;
  readonly filename?: string;
  readonly cache?: CacheMark;
}

/** The model declined, in words. */
export interface RefusalPart extends Extensible {
  readonly type: 'refusal';
  readonly text: string;
}

/** A part that nobody here knows. It survives in its own dialect; elsewhere it is a loss of meaning. */
export interface OpaquePart {
  readonly type: 'opaque';
  readonly dialect: DialectName;
  readonly value: JsonObject;
}

export type Part = TextPart | ImagePart | FilePart | RefusalPart | OpaquePart;

// ---------------------------------------------------------------- items

export type Role = 'system' | 'developer' | 'user' | 'assistant';

export interface MessageItem extends Extensible {
  readonly type: 'message';
  readonly role: Role;
  readonly parts: readonly Part[];
  readonly id?: string;
}

/** A tool's full name. Codex answers only to `name` and `namespace` together. */
export interface ToolName {
  readonly name: string;
  readonly namespace?: string;
}

/**
 * `function`: input is JSON text. `custom` (freeform): input is plain text. `search`: Codex's tool_search, input is JSON text.
 */
export type ToolKind = 'function' | 'custom' | 'search';

/** The model asks the agent to run a tool. */
export interface ToolCallItem extends Extensible {
  readonly type: 'tool-call';
  readonly kind: ToolKind;
  readonly callId: string;
  readonly tool: ToolName;
  /** JSON text or plain text, by `kind`; exactly as the model wrote it. */
  readonly input: string;
  readonly id?: string;
  readonly cache?: CacheMark;
}

/** What the agent's tool answered. */
export interface ToolResultItem extends Extensible {
  readonly type: 'tool-result';
  readonly kind: ToolKind;
  readonly callId: string;
  readonly output: readonly Part[];
  readonly isError?: boolean;
  /** For `search`: the tools that were found. They count as declared from here on. */
  readonly tools?: readonly Tool[];
  readonly id?: string;
  readonly cache?: CacheMark;
}

/**
 * State that only its issuer can read and that must come back to it unchanged.
 * `issuer` is a provider family (`openai`, `anthropic`, `google`, or a provider's configured name); `data` is the issuer's own shape.
 */
export interface Seal {
  readonly issuer: string;
  readonly data: Json;
}

/**
 * The model's thinking. `summary` may be shown; `text` is the raw thought where the provider gives it.
 * A seal that belongs to a call or text (Gemini thought signatures) travels in a reasoning item right before it.
 */
export interface ReasoningItem extends Extensible {
  readonly type: 'reasoning';
  readonly summary: readonly string[];
  readonly text?: readonly string[];
  readonly seal?: Seal;
  readonly id?: string;
}

/** Tools declared inside the history (Codex responses-lite `additional_tools`). They join the request's tools. */
export interface ToolsItem extends Extensible {
  readonly type: 'tools';
  readonly tools: readonly Tool[];
  readonly role?: string;
  readonly id?: string;
}

/** A tool that the provider ran itself (web search …). `value` is whole in its own dialect. */
export interface HostedCallItem {
  readonly type: 'hosted-call';
  /** Field's common name: `web_search`, `code_interpreter`, `file_search`, … */
  readonly tool: string;
  readonly dialect: DialectName;
  readonly value: JsonObject;
  readonly id?: string;
}

/** What came before it, condensed and sealed: only its issuer can read it. */
export interface CompactionItem extends Extensible {
  readonly type: 'compaction';
  readonly seal: Seal;
  readonly id?: string;
}

/** Asks that the items before it be condensed: the answer is a single compaction. Stands last. */
export interface CompactionTriggerItem extends Extensible {
  readonly type: 'compaction-trigger';
}

/** A history item that nobody here knows. It survives in its own dialect. */
export interface OpaqueItem {
  readonly type: 'opaque';
  readonly dialect: DialectName;
  readonly value: JsonObject;
}

export type Item =
  | MessageItem
  | ToolCallItem
  | ToolResultItem
  | ReasoningItem
  | ToolsItem
  | HostedCallItem
  | CompactionItem
  | CompactionTriggerItem
  | OpaqueItem;

// ---------------------------------------------------------------- tools

export interface FunctionTool extends Extensible {
  readonly type: 'function';
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly schema?: JsonObject;
  readonly strict?: boolean;
  readonly cache?: CacheMark;
}

/** A freeform tool: its input is text, possibly bound by a grammar. */
export interface CustomTool extends Extensible {
  readonly type: 'custom';
  readonly name: string;
  readonly description?: string;
  readonly grammar?: { readonly syntax: string; readonly definition: string };
}

/** A group of tools that share a namespace. */
export interface NamespaceTool extends Extensible {
  readonly type: 'namespace';
  readonly name: string;
  readonly description?: string;
  readonly tools: readonly (FunctionTool | CustomTool)[];
}

/** Codex's client-run `tool_search`: finds deferred tools. */
export interface SearchTool extends Extensible {
  readonly type: 'search';
  readonly description?: string;
  readonly schema?: JsonObject;
}

/** A tool the provider runs (`web_search`, `code_interpreter`, …). `settings` are its fields in `dialect`. */
export interface HostedTool {
  readonly type: 'hosted';
  readonly tool: string;
  readonly dialect: DialectName;
  readonly settings: JsonObject;
}

/** A tool of an unknown type. */
export interface OpaqueTool {
  readonly type: 'opaque';
  readonly dialect: DialectName;
  readonly value: JsonObject;
}

export type Tool = FunctionTool | CustomTool | NamespaceTool | SearchTool | HostedTool | OpaqueTool;

export type ToolChoice =
  | { readonly mode: 'auto' | 'none' | 'required' }
  | { readonly mode: 'tool'; readonly tool: ToolName; readonly kind: ToolKind }
  | { readonly mode: 'hosted'; readonly tool: string }
  | { readonly mode: 'opaque'; readonly dialect: DialectName; readonly value: Json };

// ---------------------------------------------------------------- request

export interface ReasoningSettings {
  /** `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`, `ultra` or a word yet unknown. */
  readonly effort?: string;
  /** Whether and how the summary is shown: `auto`, `concise`, `detailed`, `none`. */
  readonly summary?: string;
  /** Tokens allowed for thinking, where the caller gave a number. */
  readonly budgetTokens?: number;
  readonly extra?: Extra;
}

export type OutputFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema';
      readonly name: string;
      readonly schema: JsonObject;
      readonly strict?: boolean;
      readonly description?: string;
    };

/** One model call in canonical form. Everything optional is absent when the caller did not say it. */
export interface CanonicalRequest extends Extensible {
  readonly model: string;
  readonly stream: boolean;
  readonly items: readonly Item[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly reasoning?: ReasoningSettings;
  readonly outputFormat?: OutputFormat;
  readonly verbosity?: string;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly serviceTier?: string;
  /** The caller's prompt-cache key, also its session identity. */
  readonly cacheKey?: string;
}
