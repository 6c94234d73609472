/** A tool as the provider was told of it. */
export interface DeclaredTool {
  /** The name on the wire. */
  readonly wireName: string;
  /** Only where the dialect has namespaces. */
  readonly namespace?: string;
  readonly kind: 'function' | 'custom' | 'search';
  /** The only argument of a function whose input is one string: how freeform tools look where functions are all there is. */
  readonly textArgument?: string;
}

/** One step of the history as the provider reads it. */
export type Turn =
  | { readonly type: 'system' | 'user' | 'assistant'; readonly text: string }
  | { readonly type: 'call'; readonly callId: string; readonly wireName: string; readonly input: string }
  | { readonly type: 'result'; readonly callId: string; readonly text: string }
  | { readonly type: 'seal'; readonly value: string };

/** A request as the provider's model sees it. Read by the kit's own code, so that it can judge the gateway's. */
export interface Conversation {
  readonly model: string;
  readonly stream: boolean;
  readonly tools: readonly DeclaredTool[];
  readonly turns: readonly Turn[];
}

/** All texts of tool results, in order. */
export function resultTexts(conversation: Conversation): readonly string[] {
  return conversation.turns.flatMap((turn) => (turn.type === 'result' ? [turn.text] : []));
}

/** All sealed states (signatures, encrypted reasoning) in the history, in order. */
export function sealsIn(conversation: Conversation): readonly string[] {
  return conversation.turns.flatMap((turn) => (turn.type === 'seal' ? [turn.value] : []));
}
