import type { DialectName } from '../../../src/core/items.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Conversation } from '../conversation.ts';
import type { TokenCounts } from '../model-script.ts';
import type { Mint } from './mint.ts';

/** A request as it reached the vendor. */
export interface VendorRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** Why a vendor does not answer. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** The vendor's own error type; each has a usual one. */
  readonly type?: string;
  readonly param?: string;
  readonly code?: string;
}

/** A part of an answer with everything the vendor adds to what the model said. */
export type Piece =
  | {
      readonly type: 'thinking';
      readonly id: string;
      readonly text: string;
      readonly seal: string;
      readonly hidden: boolean;
    }
  | { readonly type: 'text'; readonly id: string; readonly text: string }
  | {
      readonly type: 'compaction';
      readonly id: string;
      readonly text: string;
      readonly seal: string;
      readonly hidden: true;
    }
  | {
      readonly type: 'call';
      readonly id: string;
      readonly callId: string;
      readonly wireName: string;
      readonly namespace?: string;
      readonly kind: 'function' | 'custom' | 'search';
      /** Plain text for `custom`, else JSON text. */
      readonly input: string;
      readonly seal: string;
    };

export interface VendorReply {
  readonly id: string;
  readonly model: string;
  readonly pieces: readonly Piece[];
  readonly usage: TokenCounts;
  readonly stop: 'end' | 'length';
}

export interface SseEvent {
  readonly event?: string;
  readonly data: string;
}

/**
 * One vendor's side of a dialect: how it checks what comes in and frames what goes out.
 * Written from the vendors' public API references and recorded answers, apart from the gateway's own codecs, so that each judges the other.
 */
export interface Vendor {
  readonly dialect: DialectName;
  /** Path prefix of the vendor's API, as its public base URL has it. */
  readonly basePath: string;
  readonly idPrefixes: Readonly<
    Record<'reply' | 'thinking' | 'text' | 'function' | 'custom' | 'search' | 'call', string>
  >;
  /** How many frames an answer opens with before anything an agent could show or act on. */
  readonly openingFrames: number;
  /** How many frames its end takes. */
  readonly closingFrames: number;
  /** Whether the path is this vendor's generation endpoint. */
  serves(request: VendorRequest): boolean;
  /** The vendor's complaint, if it has one. */
  refuse(request: VendorRequest, mint: Mint): Refusal | undefined;
  read(request: VendorRequest): Conversation;
  /** What a seal is bound to: the vendor knows a thought again only with it. */
  sealed(piece: {
    readonly id: string;
    readonly text: string;
    readonly hidden?: boolean;
    readonly wireName?: string;
  }): string;
  /** Whether the request asks for thinking to be told. */
  thinks(request: VendorRequest): boolean;
  /** The seals that an answer carries. */
  sealsGiven(reply: VendorReply): readonly string[];
  frames(reply: VendorReply): readonly SseEvent[];
  whole(reply: VendorReply): JsonObject;
  errorBody(refusal: Refusal): JsonObject;
  /** An overload told inside a stream that began well. */
  errorEvent(refusal: Refusal): SseEvent;
}
