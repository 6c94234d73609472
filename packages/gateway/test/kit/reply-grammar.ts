import type { ReplyEvent } from '../../src/core/events.ts';
import type { Item } from '../../src/core/items.ts';
import { isTerminal } from './dialect-kit.ts';

/**
 * What is wrong with a run of events by the grammar of `core/events.ts`; empty when nothing is. Covers the order of events, the count of
 * indexes, exactly one terminal event, and that each whole item says what its deltas said.
 */
export function grammarFaults(events: readonly ReplyEvent[]): readonly string[] {
  const faults: string[] = [];
  const open = new Map<number, Map<string, string>>();
  let started = 0;
  events.forEach((event, at) => {
    if ((event.type === 'reply-start') !== (at === 0)) faults.push(`${at}: ${event.type} out of place`);
    if (isTerminal(event) !== (at === events.length - 1)) faults.push(`${at}: ${event.type} is or is not the end`);
    if (event.type === 'item-start') {
      if (event.index !== started) faults.push(`${at}: index ${event.index} instead of ${started}`);
      started += 1;
      open.set(event.index, new Map());
    } else if ('index' in event) {
      const said = open.get(event.index);
      if (!said) faults.push(`${at}: ${event.type} for an item that is not open`);
      else if (event.type === 'item-done') {
        open.delete(event.index);
        const whole = JSON.stringify([...wordsOf(event.item)]);
        if (whole !== JSON.stringify([...said]))
          faults.push(`${at}: ${whole} is not what was streamed: ${JSON.stringify([...said])}`);
      } else {
        const section = 'part' in event ? `${event.type} ${event.part}` : event.type;
        said.set(section, (said.get(section) ?? '') + event.text);
      }
    }
  });
  if (events.at(-1)?.type === 'reply-done' && open.size > 0)
    faults.push(`items ${[...open.keys()].join()} never ended`);
  return faults;
}

/** An item's words by the deltas they would come in. Empty ones need no delta. */
function wordsOf(item: Item): ReadonlyMap<string, string> {
  const words: [string, string][] = [];
  if (item.type === 'message') {
    item.parts.forEach((part, at) => {
      if (part.type === 'text' || part.type === 'refusal') words.push([`${part.type}-delta ${at}`, part.text]);
    });
  } else if (item.type === 'reasoning') {
    item.summary.forEach((text, at) => words.push([`summary-delta ${at}`, text]));
    item.text?.forEach((text, at) => words.push([`thought-delta ${at}`, text]));
  } else if (item.type === 'tool-call') words.push(['input-delta', item.input]);
  return new Map(words.filter(([, text]) => text !== ''));
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
