import type { ItemHead, Reply, ReplyEvent } from '../../core/events.ts';
import type { Failure } from '../../core/failure.ts';
import type { Item } from '../../core/items.ts';

/** The events a stream would have given for a whole answer. Each item comes as start, one delta per piece, done. */
export function expandReply(reply: Reply): readonly ReplyEvent[] {
  const events: ReplyEvent[] = [
    {
      type: 'reply-start',
      ...(reply.id === undefined ? {} : { id: reply.id }),
      ...(reply.model === undefined ? {} : { model: reply.model }),
    },
  ];
  reply.items.forEach((item, index) => {
    events.push({ type: 'item-start', index, item: headOf(item) }, ...deltasOf(item, index), {
      type: 'item-done',
      index,
      item,
    });
  });
  events.push({ type: 'reply-done', stop: reply.stop, ...(reply.usage ? { usage: reply.usage } : {}) });
  return events;
}

/** The answer that a complete run of events tells, or the failure it ended in. Items keep the order of their index. */
export function foldReply(events: Iterable<ReplyEvent>): Reply | Failure {
  const items: Item[] = [];
  let start: { id?: string; model?: string } = {};
  for (const event of events) {
    if (event.type === 'reply-start') start = event;
    else if (event.type === 'item-done') items[event.index] = event.item;
    else if (event.type === 'reply-failed') return event.failure;
    else if (event.type === 'reply-done') {
      return {
        ...(start.id === undefined ? {} : { id: start.id }),
        ...(start.model === undefined ? {} : { model: start.model }),
        items: items.filter((item) => item !== undefined),
        stop: event.stop,
        ...(event.usage ? { usage: event.usage } : {}),
      };
    }
  }
  throw new TypeError('foldReply needs events that end in a terminal event');
}

/** What is known of an item when it opens. */
export function headOf(item: Item): ItemHead {
  const id = 'id' in item && item.id !== undefined ? { id: item.id } : {};
  switch (item.type) {
    case 'message':
    case 'reasoning':
      return { type: item.type, ...id };
    case 'tool-call':
      return { type: 'tool-call', kind: item.kind, callId: item.callId, tool: item.tool, ...id };
    case 'hosted-call':
      return { type: 'hosted-call', tool: item.tool, ...id };
    default:
      return { type: 'opaque' };
  }
}

function deltasOf(item: Item, index: number): readonly ReplyEvent[] {
  switch (item.type) {
    case 'message':
      return item.parts.flatMap((part, at): ReplyEvent[] => {
        if (part.type === 'text') return [{ type: 'text-delta', index, part: at, text: part.text }];
        if (part.type === 'refusal') return [{ type: 'refusal-delta', index, part: at, text: part.text }];
        return [];
      });
    case 'reasoning':
      return [
        ...(item.text ?? []).map((text, part): ReplyEvent => ({ type: 'thought-delta', index, part, text })),
        ...item.summary.map((text, part): ReplyEvent => ({ type: 'summary-delta', index, part, text })),
      ];
    case 'tool-call':
      return [{ type: 'input-delta', index, text: item.input }];
    default:
      return [];
  }
}
