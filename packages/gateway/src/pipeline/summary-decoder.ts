import type { Reply, ReplyEvent } from '../core/events.ts';
import { Failure } from '../core/failure.ts';
import type { CompactionItem } from '../core/items.ts';
import type { ReplyDecoder } from '../dialects/dialect.ts';
import { expandReply, foldReply } from '../dialects/shared/reply.ts';

/** Makes the item that the caller gets in place of a summary. */
export type Sealer = (summary: string) => CompactionItem;

/**
 * Reads an answer as a summary: nothing is told until it is whole, then it is one compaction. So a summary that is
 * cut off or empty is a failure like any other, which another deployment may make good, and never a broken history.
 */
export function createSummaryDecoder(decoder: ReplyDecoder, seal: Sealer): ReplyDecoder {
  const told: ReplyEvent[] = [];

  function take(events: readonly ReplyEvent[]): readonly ReplyEvent[] {
    // Whole items come with their end, so their pieces need not be kept.
    told.push(...events.filter((event) => !event.type.endsWith('-delta')));
    return told.some(isTerminal) ? summarised(told.splice(0), seal) : [];
  }

  return {
    push: (frame) => take(decoder.push(frame)),
    end: () => take(decoder.end()),
    get complete() {
      return decoder.complete === true;
    },
  };
}

/** The events of a whole answer as those of one that holds nothing but its compaction. */
export function summarised(events: readonly ReplyEvent[], seal: Sealer): readonly ReplyEvent[] {
  const reply = foldReply(events);
  if (reply instanceof Failure) return events.filter((event) => event.type === 'reply-start' || isTerminal(event));
  const summary = summaryOf(reply);
  if (typeof summary === 'string') return expandReply({ ...reply, stop: 'complete', items: [seal(summary)] });
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
  const texts = items.flatMap((item) => (item.type === 'message' ? item.parts : []));
  const summary = texts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  if (summary.trim() !== '') return summary.trim();
  return new Failure('upstream-error', 'The model gave no summary of this session.');
}
