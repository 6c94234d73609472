import { describe, expect, it } from 'vitest';
import type { ReplyEvent } from '../core/events.ts';
import { Failure } from '../core/failure.ts';
import type { CompactionItem, Item } from '../core/items.ts';
import { noUsage } from '../core/usage.ts';
import type { ReplyDecoder } from '../dialects/dialect.ts';
import { expandReply } from '../dialects/shared/reply.ts';
import { createSummaryDecoder } from './summary-decoder.ts';

const frame = { event: undefined, data: Buffer.alloc(0) };
const usage = { ...noUsage, inputTokens: 9, outputTokens: 3 };
const says = (text: string): Item => ({ type: 'message', role: 'assistant', parts: [{ type: 'text', text }] });
const thought: Item = { type: 'reasoning', summary: ['hm'] };
const call: Item = { type: 'tool-call', kind: 'function', callId: 'c', tool: { name: 'f' }, input: '{}' };

/** A decoder that tells these events, one per frame. */
function telling(events: readonly ReplyEvent[]): ReplyDecoder {
  let at = 0;
  return { push: () => events.slice(at, ++at), end: () => [] };
}

function read(events: readonly ReplyEvent[]) {
  const calls: string[] = [];
  const seal = (summary: string): CompactionItem => ({ type: 'compaction', seal: { issuer: 'us', data: summary } });
  const decoder = createSummaryDecoder(telling(events), { seal, onToolCall: () => calls.push('call') });
  const told: ReplyEvent[] = [];
  const heldBack: number[] = [];
  for (const _ of events) {
    told.push(...decoder.push(frame));
    heldBack.push(decoder.heldBack?.() ?? 0);
  }
  return { told, heldBack, calls };
}

describe('an answer that is read as a summary', () => {
  it('tells nothing until it is whole, and then a single compaction with the usage', () => {
    const events = expandReply({ id: 'r', items: [thought, says('one'), says('two')], stop: 'complete', usage });
    expect(read(events).told).toEqual(
      expandReply({
        id: 'r',
        items: [{ type: 'compaction', seal: { issuer: 'us', data: 'one\ntwo' } }],
        stop: 'complete',
        usage,
      }),
    );
  });

  it('shows all the while that it is on its way', () => {
    const { heldBack } = read(expandReply({ items: [says('one')], stop: 'complete' }));
    expect(heldBack).toEqual([0, 1, 2, 3, 4]);
  });

  it('passes the provider’s failure on', () => {
    const failure = new Failure('upstream-overloaded', 'busy');
    const { told } = read([{ type: 'reply-start' }, { type: 'reply-failed', failure }]);
    expect(told).toEqual([{ type: 'reply-start' }, { type: 'reply-failed', failure }]);
  });

  it.each([
    ['was cut off', { items: [says('on')], stop: 'max-output-tokens' }, 'cut off'],
    ['was stopped by a filter', { items: [says('on')], stop: 'content-filter' }, 'cut off'],
    ['is empty', { items: [thought], stop: 'complete' }, 'no summary'],
    ['calls a tool', { items: [says('Sure.'), call], stop: 'complete' }, 'went on with its work'],
  ] as const)('fails with its usage where it %s', (_, reply, words) => {
    const { told, calls } = read(expandReply({ ...reply, usage }));
    expect(told.at(-1)).toMatchObject({ type: 'reply-failed', usage, failure: { code: 'upstream-error' } });
    expect(JSON.stringify(told.map((event) => 'failure' in event && event.failure.message))).toContain(words);
    expect(calls).toEqual(reply.items.some((item) => item.type === 'tool-call') ? ['call'] : []);
  });
});
