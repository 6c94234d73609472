import type { Failure } from './failure.ts';
import type { DialectName, Item, ToolKind, ToolName } from './items.ts';
import type { JsonObject } from './json.ts';
import type { Usage } from './usage.ts';

/**
 * One step of an answer, in canonical form. Grammar, kept by every decoder and relied on by every encoder:
 *
 *     reply-start  ( item-start  delta*  item-done  |  opaque )*  reply-done | reply-failed
 *
 * Items may interleave (parallel tool calls); `index` tells them apart and counts from 0 in order of `item-start`.
 * `item-done` carries the whole item, equal to what the deltas of its index said. Exactly one terminal event comes last.
 */
export type ReplyEvent =
  | ReplyStart
  | ItemStart
  | TextDelta
  | RefusalDelta
  | SummaryDelta
  | ThoughtDelta
  | InputDelta
  | ItemDone
  | OpaqueEvent
  | ReplyDone
  | ReplyFailed;

export interface ReplyStart {
  readonly type: 'reply-start';
  /** The provider's id of the answer, if any. */
  readonly id?: string;
  /** The provider's name of the model that answers. */
  readonly model?: string;
  /** What the provider tells at once: the input, as a rule. The terminal event tells the whole of it again. */
  readonly usage?: Usage;
}

export interface ItemStart {
  readonly type: 'item-start';
  readonly index: number;
  readonly item: ItemHead;
}

/** What is known of an item when it opens. */
export type ItemHead =
  | { readonly type: 'message'; readonly id?: string }
  | { readonly type: 'reasoning'; readonly id?: string }
  | {
      readonly type: 'tool-call';
      readonly kind: ToolKind;
      readonly callId: string;
      readonly tool: ToolName;
      readonly id?: string;
    }
  | { readonly type: 'hosted-call'; readonly tool: string; readonly id?: string }
  | { readonly type: 'opaque' };

/** More text of a message. `part` counts the message's parts from 0. */
export interface TextDelta {
  readonly type: 'text-delta';
  readonly index: number;
  readonly part: number;
  readonly text: string;
}

export interface RefusalDelta {
  readonly type: 'refusal-delta';
  readonly index: number;
  readonly part: number;
  readonly text: string;
}

/** More of a reasoning summary (may be shown). `part` counts its paragraphs from 0. */
export interface SummaryDelta {
  readonly type: 'summary-delta';
  readonly index: number;
  readonly part: number;
  readonly text: string;
}

/** More raw thought. */
export interface ThoughtDelta {
  readonly type: 'thought-delta';
  readonly index: number;
  readonly part: number;
  readonly text: string;
}

/** More of a tool call's input: JSON text or plain text by the call's kind. */
export interface InputDelta {
  readonly type: 'input-delta';
  readonly index: number;
  readonly text: string;
}

export interface ItemDone {
  readonly type: 'item-done';
  readonly index: number;
  readonly item: Item;
}

/** An event that nobody here knows, passed on only within its dialect. */
export interface OpaqueEvent {
  readonly type: 'opaque';
  readonly dialect: DialectName;
  readonly value: JsonObject;
}

/** `complete`: ended by itself or to call tools. The others say what stopped it. */
export type StopReason = 'complete' | 'max-output-tokens' | 'content-filter' | 'stop-sequence' | 'pause' | 'other';

export interface ReplyDone {
  readonly type: 'reply-done';
  readonly stop: StopReason;
  /** Absent when the provider reported none. */
  readonly usage?: Usage;
}

/** The provider broke off inside a stream. Usage as far as it was reported. */
export interface ReplyFailed {
  readonly type: 'reply-failed';
  readonly failure: Failure;
  readonly usage?: Usage;
}

/** What ends an answer. */
export type Terminal = ReplyDone | ReplyFailed;

/** A whole answer: what folding its events gives. */
export interface Reply {
  readonly id?: string;
  readonly model?: string;
  readonly items: readonly Item[];
  readonly stop: StopReason;
  readonly usage?: Usage;
}

/** True from the first event that an agent could act on or show: after it, failing over is no longer invisible. */
export function isSemantic(event: ReplyEvent): boolean {
  return event.type !== 'reply-start' && event.type !== 'opaque' && event.type !== 'reply-failed';
}
