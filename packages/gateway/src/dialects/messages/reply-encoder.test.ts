import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reply, ReplyEvent } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { Item } from '../../core/items.ts';
import { expandReply } from '../shared/reply.ts';
import { messages } from './index.ts';
import { context, decode, encode, encoding, folded } from './reply-kit.fixture.ts';
import { textOf } from './types.ts';

describe('writing an answer', () => {
  const reply: Reply = {
    id: 'msg_7',
    model: 'claude-x',
    items: [
      {
        type: 'reasoning',
        summary: ['hm'],
        seal: { issuer: 'anthropic', data: { type: 'thinking', thinking: 'hm', signature: 'c2ln' } },
      },
      {
        type: 'reasoning',
        summary: [],
        seal: { issuer: 'anthropic', data: { type: 'redacted_thinking', data: 'eA' } },
      },
      { type: 'reasoning', summary: ['so'], seal: { issuer: 'openai', data: 'opaque' } },
      {
        type: 'message',
        role: 'assistant',
        parts: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
      { type: 'tool-call', kind: 'function', callId: 'a', tool: { name: 'look' }, input: '{"x":1}' },
      { type: 'tool-call', kind: 'function', callId: 'b', tool: { name: 'look' }, input: '{}' },
    ],
    stop: 'complete',
    usage: {
      inputTokens: 10,
      outputTokens: 7,
      cachedInputTokens: 3,
      cacheWriteTokens: 2,
      cacheWriteLongTokens: 1,
      reasoningTokens: 4,
    },
  };

  it('gives back what reading it gives, streamed or whole', () => {
    const expected = { ...reply, model: 'asked' };
    expect(folded(decode(encode(expandReply(reply))))).toEqual(expected);
    expect(folded(messages.decodeReply(messages.encodeReply(reply, encoding), context))).toEqual(expected);
    expect(messages.encodeReply(reply, encoding)).toMatchObject({
      stop_reason: 'tool_use',
      usage: { input_tokens: 5 },
    });
  });

  it('never lets blocks interleave, whatever order the items come in', () => {
    const parts = reply.items.map((_, index) =>
      expandReply(reply).filter((event) => 'index' in event && event.index === index),
    );
    const shuffled = fc.infiniteStream(fc.nat({ max: 5 })).map((picks) => {
      const queues = parts.map((events) => [...events]);
      // Items open in order of their index; everything else may come at any time.
      const order: ReplyEvent[] = queues.flatMap((queue) => queue.splice(0, 1));
      while (queues.some((queue) => queue.length > 0))
        order.push(...(queues[Number(picks.next().value)]?.splice(0, 1) ?? []));
      return order;
    });
    fc.assert(
      fc.property(shuffled, (middle) => {
        const [first, ...rest] = expandReply(reply);
        const last = rest.at(-1);
        const wire = encode([first, ...middle, last].filter((event) => event !== undefined));
        const blocks = wire
          .filter((event) => event['index'] !== undefined)
          .map((event) => `${textOf(event, 'type').replace('content_block_', '')}${Number(event['index'])} `);
        expect(blocks.join('')).toMatch(/^(start(\d+) (delta\2 )*stop\2 )+$/);
        expect(folded(decode(wire)).items).toHaveLength(reply.items.length);
      }),
    );
  });

  it('begins with message_start even where the provider told nothing, and pings in between', () => {
    expect(encode([{ type: 'reply-done', stop: 'complete' }]).map((event) => event['type'])).toEqual([
      'message_start',
      'message_delta',
      'message_stop',
    ]);
    expect(messages.createReplyEncoder(encoding).keepalive()).toEqual({ event: 'ping', data: '{"type":"ping"}' });
  });

  it('wraps freeform input and leaves out what has no words here', () => {
    const items: Item[] = [
      { type: 'tool-call', kind: 'custom', callId: 'a', tool: { name: 'apply_patch' }, input: 'x"y' },
      { type: 'hosted-call', tool: 'web_search', dialect: 'responses', value: {} },
    ];
    const wire = encode(expandReply({ items, stop: 'max-output-tokens' }));
    expect(wire).toContainEqual({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{"input":"x\\"y"}' },
    });
    expect(wire.filter((event) => event['type'] === 'content_block_start')).toHaveLength(1);
    expect(wire.at(-2)).toMatchObject({ delta: { stop_reason: 'max_tokens' } });
  });

  it('ends a broken answer with an error event', () => {
    const failure = new Failure('upstream-overloaded', 'busy');
    expect(encode([{ type: 'reply-start' }, { type: 'reply-failed', failure }]).at(-1)).toEqual({
      type: 'error',
      error: { type: 'overloaded_error', message: 'busy' },
    });
  });
});
