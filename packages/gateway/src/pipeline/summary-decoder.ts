import { isSemantic, type Reply, type ReplyEvent } from '../core/events.ts';
import { Failure } from '../core/failure.ts';
import type { CompactionItem } from '../core/items.ts';
import type { ReplyDecoder } from '../dialects/dialect.ts';
import { expandReply, foldReply } from '../dialects/shared/reply.ts';

/** What is made of a model's answer. */
export interface SummaryReader {
  /** The item that the caller gets in place of a summary. */
  seal(summary: string): CompactionItem;
  /** The model went on with its work instead. */
  onToolCall(): void;
}

/**
 * Reads an answer as a summary: nothing is told until it is whole, then it is one compaction. So a summary that is
 * cut off or empty is a failure like any other, which another deployment may make good, and never a broken history.
 */
export function createSummaryDecoder(decoder: ReplyDecoder, reader: SummaryReader): ReplyDecoder {
  const told: ReplyEvent[] = [];
  let heldBack = 0;

  function take(events: readonly ReplyEvent[]): readonly ReplyEvent[] {
    heldBack += events.filter(isSemantic).length;
    // Whole items come with their end, so their pieces need not be kept.
    told.push(...events.filter((event) => !event.type.endsWith('-delta')));
    return told.some(isTerminal) ? summarised(told.splice(0), reader) : [];
  }

  return {
    push: (frame) => take(decoder.push(frame)),
    end: () => take(decoder.end()),
    heldBack: () => heldBack,
    complete: () => decoder.complete?.() === true,
  };
}

/** The events of a whole answer as those of one that holds nothing but its compaction. */
export function summarised(events: readonly ReplyEvent[], reader: SummaryReader): readonly ReplyEvent[] {
  const reply = foldReply(events);
  if (reply instanceof Failure) return events.filter((event) => event.type === 'reply-start' || isTerminal(event));
  if (reply.items.some((item) => item.type === 'tool-call')) reader.onToolCall();
  const summary = summaryOf(reply);
  if (typeof summary === 'string') return expandReply({ ...reply, stop: 'complete', items: [reader.seal(summary)] });
  const usage = reply.usage ? { usage: reply.usage } : {};
  return [{ type: 'reply-start' }, { type: 'reply-failed', failure: summary, ...usage }];
}

function isTerminal(event: ReplyEvent): boolean {
  return event.type === 'reply-done' || event.type === 'reply-failed';
}

/** The text of a summary that is whole, or why it cannot be used. */
function summaryOf({ items, stop }: Reply): string | Failure {
  if (stop !== 'complete' && stop !== 'stop-sequence') {
    return new Failure('upstream-error', `The summary of this session was cut off before it was complete (${stop}).`);
  }
  if (items.some((item) => item.type === 'tool-call')) {
    return new Failure('upstream-error', 'The model went on with its work where it was to summarise the session.');
  }
  const texts = items.flatMap((item) => (item.type === 'message' ? item.parts : []));
  const summary = texts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  if (summary.trim() !== '') return summary.trim();
  return new Failure('upstream-error', 'The model gave no summary of this session.');
}
