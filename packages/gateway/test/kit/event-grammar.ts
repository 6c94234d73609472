import type { ReplyEvent } from '../../src/core/events.ts';
import { isTerminal } from './dialect-kit.ts';

/** What is wrong with a complete run of events by their grammar: items open once in order, get deltas while open, close once; one terminal event ends all. */
export function grammarFaults(events: readonly ReplyEvent[]): readonly string[] {
  const faults: string[] = [];
  const open = new Set<number>();
  let next = 0;
  for (const [at, event] of events.entries()) {
    if (event.type === 'item-start') {
      if (event.index !== next) faults.push(`event ${at} opens item ${event.index}, not ${next}`);
      open.add(event.index);
      next += 1;
    } else if (event.type === 'item-done') {
      if (!open.delete(event.index)) faults.push(`event ${at} closes item ${event.index}, which is not open`);
    } else if ('index' in event && !open.has(event.index)) {
      faults.push(`event ${at} adds to item ${event.index}, which is not open`);
    }
  }
  const last = events.at(-1);
  if (last?.type === 'reply-done' && open.size > 0) faults.push(`items left open: ${[...open].join(', ')}`);
  return [...faults, ...terminalFaults(events)];
}

/** What is wrong with the end of a run of events: exactly one terminal event comes, last of all. */
export function terminalFaults(events: readonly ReplyEvent[]): readonly string[] {
  const count = events.filter(isTerminal).length;
  const last = events.at(-1);
  return [
    ...(count === 1 ? [] : [`${count} terminal events`]),
    ...(last && isTerminal(last) ? [] : [`the last event is ${last?.type ?? 'none'}`]),
  ];
}
