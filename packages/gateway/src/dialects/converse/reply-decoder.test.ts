import { describe, expect, it } from 'vitest';
import type { ReplyEvent } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { JsonObject } from '../../core/json.ts';
import type { DecodeContext } from '../dialect.ts';
import { freeformArguments } from '../shared/freeform.ts';
import { foldReply } from '../shared/reply.ts';
import { createToolTable } from '../shared/tool-table.ts';
import { nameRules } from '../messages/tool-writer.ts';
import { converse } from './index.ts';

const request = { model: 'm', stream: true, items: [], tools: [{ type: 'custom', name: 'apply_patch' }] } as const;
const context: DecodeContext = { issuer: 'bedrock', tools: createToolTable(request, nameRules) };

type Told = readonly [event: string, payload: JsonObject];

function decode(events: readonly Told[]): readonly ReplyEvent[] {
  const decoder = converse.createReplyDecoder(context);
  const told = events.flatMap(([event, payload]) =>
    decoder.push({ event, data: Buffer.from(JSON.stringify(payload)) }),
  );
  return [...told, ...decoder.end()];
}

const delta = (contentBlockIndex: number, fields: JsonObject): Told => [
  'contentBlockDelta',
  { contentBlockIndex, delta: fields },
];
const stop = (contentBlockIndex: number): Told => ['contentBlockStop', { contentBlockIndex }];
const start: Told = ['messageStart', { role: 'assistant' }];
const end: Told = ['messageStop', { stopReason: 'end_turn' }];
const metadata: Told = [
  'metadata',
  {
    usage: {
      inputTokens: 5,
      outputTokens: 7,
      totalTokens: 12,
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 30,
      cacheDetails: [
        { ttl: '1h', inputTokens: 20 },
        { ttl: '5m', inputTokens: 10 },
      ],
    },
    serviceTier: { type: 'priority' },
  },
];

describe('an answer of Bedrock', () => {
  it('tells thoughts with their seals, text, calls and what was cached', () => {
    const input = freeformArguments('*** Begin Patch');
    const reply = foldReply(
      decode([
        start,
        delta(0, { reasoningContent: { text: 'Hm' } }),
        delta(0, { reasoningContent: { text: 'm.' } }),
        delta(0, { reasoningContent: { signature: 'c2ln' } }),
        stop(0),
        delta(1, { reasoningContent: { redactedContent: 'c2VjcmV0' } }),
        stop(1),
        delta(2, { text: 'Hi' }),
        stop(2),
        ['contentBlockStart', { contentBlockIndex: 3, start: { toolUse: { toolUseId: 't1', name: 'apply_patch' } } }],
        delta(3, { toolUse: { input: input.slice(0, 9) } }),
        delta(3, { toolUse: { input: input.slice(9) } }),
        stop(3),
        ['messageStop', { stopReason: 'tool_use' }],
        metadata,
      ]),
    );
    const thinking = { type: 'thinking', thinking: 'Hmm.', signature: 'c2ln' };
    expect(reply).toMatchObject({
      stop: 'complete',
      items: [
        { type: 'reasoning', summary: ['Hmm.'], seal: { issuer: 'bedrock', data: thinking } },
        { type: 'reasoning', seal: { issuer: 'bedrock', data: { type: 'redacted_thinking', data: 'c2VjcmV0' } } },
        { type: 'message', parts: [{ type: 'text', text: 'Hi' }] },
        { type: 'tool-call', kind: 'custom', callId: 't1', input: '*** Begin Patch' },
      ],
      usage: {
        inputTokens: 135,
        outputTokens: 7,
        cachedInputTokens: 100,
        cacheWriteTokens: 30,
        cacheWriteLongTokens: 20,
        serviceTier: 'priority',
      },
    });
  });

  it('is complete without its usage, which comes behind the end', () => {
    const decoder = converse.createReplyDecoder(context);
    const push = ([event, payload]: Told) => decoder.push({ event, data: Buffer.from(JSON.stringify(payload)) });
    [start, delta(0, { text: 'a' }), stop(0)].forEach(push);
    expect(decoder.complete?.()).toBe(false);
    expect(push(end).map(({ type }) => type)).not.toContain('reply-done');
    expect(decoder.complete?.()).toBe(true);
    expect(decoder.end()).toEqual([{ type: 'reply-done', stop: 'complete' }]);
  });

  it.each([
    ['max_tokens', 'max-output-tokens'],
    ['model_context_window_exceeded', 'max-output-tokens'],
    ['guardrail_intervened', 'content-filter'],
    ['stop_sequence', 'stop-sequence'],
    ['something_new', 'other'],
  ])('that stops for %s ends as %s', (stopReason, expected) => {
    const events = decode([start, delta(0, { text: 'a' }), stop(0), ['messageStop', { stopReason }], metadata]);
    expect(events.at(-1)).toMatchObject({ type: 'reply-done', stop: expected });
  });

  it('fails where an exception comes, where it is cut, and where the model wrote what cannot be read', () => {
    const begun = [start, delta(0, { text: 'a' })];
    const codes = [
      [...begun, ['modelStreamErrorException', { message: 'broke' }] as const, end, metadata],
      begun,
      [start, ['messageStop', { stopReason: 'malformed_tool_use' }] as const],
    ].map((events) => {
      const reply = foldReply(decode(events));
      return reply instanceof Failure ? reply.code : 'no failure';
    });
    expect(codes).toEqual(['upstream-error', 'upstream-cut', 'upstream-garbled']);
  });

  it('leaves what Bedrock ran itself alone, and what it does not know', () => {
    const events = decode([
      start,
      [
        'contentBlockStart',
        {
          contentBlockIndex: 0,
          start: { toolUse: { toolUseId: 's', name: 'nova_grounding', type: 'server_tool_use' } },
        },
      ],
      delta(0, { toolUse: { input: '{}' } }),
      stop(0),
      ['contentBlockStart', { contentBlockIndex: 1, start: { toolResult: { toolUseId: 's' } } }],
      delta(1, { toolResult: [{ text: 'found' }] }),
      stop(1),
      delta(2, { text: 'So it is.' }),
      delta(2, { citation: { location: {} } }),
      stop(2),
      end,
      metadata,
    ]);
    const reply = foldReply(events);
    expect(reply).toMatchObject({ items: [{ type: 'message', parts: [{ type: 'text', text: 'So it is.' }] }] });
  });

  it('says the same whole', () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'Hmm.', signature: 'c2ln' } } },
      { reasoningContent: { redactedContent: 'c2VjcmV0' } },
      { citationsContent: { content: [{ text: 'Hi' }], citations: [] } },
      { toolUse: { toolUseId: 't1', name: 'look', input: { at: [1] } } },
    ];
    const body = { output: { message: { role: 'assistant', content } }, stopReason: 'tool_use', ...metadata[1] };
    expect(foldReply(converse.decodeReply(body, context))).toMatchObject({
      stop: 'complete',
      items: [
        { type: 'reasoning', seal: { data: { type: 'thinking' } } },
        { type: 'reasoning', seal: { data: { type: 'redacted_thinking' } } },
        { type: 'message', parts: [{ text: 'Hi' }] },
        { type: 'tool-call', tool: { name: 'look' }, input: '{"at":[1]}' },
      ],
      usage: { inputTokens: 135 },
    });
    expect(foldReply(converse.decodeReply({ message: 'odd' }, context))).toBeInstanceOf(Failure);
  });
});
