import type {
  HostedCallItem,
  Item,
  MessageItem,
  OpaqueItem,
  ReasoningItem,
  ToolCallItem,
  ToolResultItem,
} from '../../core/items.ts';

/** A call and its answer, wherever in the history that stood. */
export interface AnsweredCall {
  readonly call: ToolCallItem;
  readonly result?: ToolResultItem;
}

/** Everything the model did between two inputs: one message in the Chat API and those like it. */
export interface AssistantTurn {
  readonly type: 'assistant';
  readonly reasoning: ReasoningItem[];
  readonly texts: MessageItem[];
  readonly calls: AnsweredCall[];
  readonly hosted: HostedCallItem[];
}

export type Turn =
  | AssistantTurn
  | { readonly type: 'input'; readonly message: MessageItem }
  | { readonly type: 'orphan'; readonly result: ToolResultItem }
  | { readonly type: 'opaque'; readonly item: OpaqueItem };

/**
 * Folds items into turns. A result moves up to its call, because the Chat API and those like it want all results right behind the calls;
 * ids may repeat over a long session, so each call takes the first result behind it that no other call took.
 */
export function groupTurns(items: readonly Item[]): readonly Turn[] {
  const turns: Turn[] = [];
  const results = createResultFinder(items);
  let open: AssistantTurn | undefined;

  function assistant(): AssistantTurn {
    if (open) return open;
    open = { type: 'assistant', reasoning: [], texts: [], calls: [], hosted: [] };
    turns.push(open);
    return open;
  }

  function close(turn?: Turn): void {
    open = undefined;
    if (turn) turns.push(turn);
  }

  items.forEach((item, at) => {
    if (item.type === 'reasoning') assistant().reasoning.push(item);
    else if (item.type === 'hosted-call') assistant().hosted.push(item);
    else if (item.type === 'tool-call') assistant().calls.push(results.answer(item, at));
    else if (item.type === 'opaque') close({ type: 'opaque', item });
    else if (item.type === 'tool-result') close(results.isTaken(at) ? undefined : { type: 'orphan', result: item });
    else if (item.type === 'message' && item.role === 'assistant') assistant().texts.push(item);
    else if (item.type === 'message') close({ type: 'input', message: item });
  });
  return turns;
}

function createResultFinder(items: readonly Item[]) {
  const positions = new Map<string, number[]>();
  const taken = new Set<number>();
  items.forEach((item, at) => {
    if (item.type !== 'tool-result') return;
    positions.set(item.callId, [...(positions.get(item.callId) ?? []), at]);
  });

  function answer(call: ToolCallItem, at: number): AnsweredCall {
    const position = positions.get(call.callId)?.find((each) => each > at && !taken.has(each));
    const result = position === undefined ? undefined : items[position];
    if (position === undefined || result?.type !== 'tool-result') return { call };
    taken.add(position);
    return { call, result };
  }

  return { answer, isTaken: (at: number) => taken.has(at) };
}
