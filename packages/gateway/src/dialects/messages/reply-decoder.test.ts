import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { messages } from './index.ts';
import { answer, context, decode, delta, ended, folded, open, start, stop, text, think } from './reply-kit.fixture.ts';

describe('reading an answer', () => {
  it('seals each thought with its exact block and shows its text', () => {
    const events = decode(answer(think, [open({ type: 'redacted_thinking', data: 'eA' })], text));
    expect(folded(events).items).toEqual([
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
      { type: 'message', role: 'assistant', parts: [{ type: 'text', text: 'Hello' }] },
    ]);
    expect(events).toContainEqual({ type: 'summary-delta', index: 0, part: 0, text: 'hm' });
  });

  it('restores namespaced and freeform tools, streaming the freeform text', () => {
    const spawn = [
      open({ type: 'tool_use', id: 'toolu_1', name: 'agents__spawn', input: {} }),
      delta({ type: 'input_json_delta', partial_json: '' }),
    ];
    const patch = [
      open({ type: 'tool_use', id: 'toolu_2', name: 'apply_patch', input: {} }),
      ...['{"inp', 'ut": "*** B', 'egin\\n"}'].map((partial_json) => delta({ type: 'input_json_delta', partial_json })),
    ];
    const events = decode(answer(spawn, patch));
    expect(folded(events).items).toEqual([
      {
        type: 'tool-call',
        kind: 'function',
        callId: 'toolu_1',
        tool: { name: 'spawn', namespace: 'agents' },
        input: '{}',
      },
      { type: 'tool-call', kind: 'custom', callId: 'toolu_2', tool: { name: 'apply_patch' }, input: '*** Begin\n' },
    ]);
    const streamed = events.flatMap((event) => (event.type === 'input-delta' && event.index === 1 ? [event.text] : []));
    expect(streamed).toEqual(['*** B', 'egin\n']);
  });

  it('counts cached tokens into the input', () => {
    expect(folded(decode(answer(text))).usage).toEqual({
      inputTokens: 10,
      outputTokens: 7,
      cachedInputTokens: 3,
      cacheWriteTokens: 2,
      cacheWriteLongTokens: 1,
      reasoningTokens: 4,
    });
  });

  it('keeps a call that the provider ran and its result together, and cited prose in one message', () => {
    const search = [
      open({ type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }),
      delta({ type: 'input_json_delta', partial_json: '{"query":"x"}' }),
    ];
    const found = [open({ type: 'web_search_tool_result', tool_use_id: 's1', content: [] })];
    const cited = [
      open({ type: 'text', text: '', citations: [] }),
      delta({ type: 'citations_delta', citation: { url: 'u' } }),
      delta({ type: 'text_delta', text: ' there' }),
    ];
    expect(folded(decode(answer(search, found, text, cited))).items).toEqual([
      {
        type: 'hosted-call',
        tool: 'web_search',
        dialect: 'messages',
        id: 's1',
        value: {
          blocks: [
            { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'x' } },
            { type: 'web_search_tool_result', tool_use_id: 's1', content: [] },
          ],
        },
      },
      {
        type: 'message',
        role: 'assistant',
        parts: [
          { type: 'text', text: 'Hello' },
          { type: 'text', text: ' there', extra: { dialect: 'messages', fields: { citations: [{ url: 'u' }] } } },
        ],
      },
    ]);
  });

  it.each([
    ['max_tokens', 'max-output-tokens'],
    ['refusal', 'content-filter'],
    ['pause_turn', 'pause'],
    ['a_new_one', 'other'],
  ])('reads the stop reason %s as %s', (reason, expected) => {
    expect(folded(decode([start, ended(reason), stop])).stop).toBe(expected);
  });

  it.each([
    ['overloaded_error', 'Overloaded', 'upstream-overloaded'],
    ['rate_limit_error', 'slow', 'upstream-rate-limited'],
    ['api_error', 'Internal server error', 'upstream-error'],
    ['invalid_request_error', 'prompt is too long: 5 tokens > 4 maximum', 'context-too-long'],
    ['invalid_request_error', 'bad', 'upstream-request-refused'],
    ['odd_error', 'odd', 'upstream-error'],
  ])('ends in one failure at an error event: %s "%s"', (type, message, code) => {
    const events = decode([start, { type: 'error', error: { type, message } }, ...text, stop]);
    expect(events.map((event) => event.type)).toEqual(['reply-start', 'reply-failed']);
    expect(events.at(-1)).toMatchObject({ failure: { code, message } });
  });

  it('ends in exactly one terminal event wherever it is cut, and takes any JSON', () => {
    const whole = answer(think, text);
    const events = fc.array(
      fc.oneof(fc.constantFrom(...whole), fc.dictionary(fc.constantFrom('type', 'delta', 'message'), fc.jsonValue())),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(events, (mixed) => {
        const told = decode(mixed.map((event): JsonObject => JSON.parse(JSON.stringify(event))));
        const terminals = told.filter((event) => event.type === 'reply-done' || event.type === 'reply-failed');
        expect(terminals).toHaveLength(1);
        expect(told.at(-1)).toBe(terminals[0]);
      }),
    );
    for (let cut = 0; cut < whole.length; cut += 1) {
      expect(decode(whole.slice(0, cut)).at(-1)).toMatchObject({
        type: 'reply-failed',
        failure: { code: 'upstream-cut' },
      });
    }
  });

  it('fails at what is not JSON', () => {
    const decoder = messages.createReplyDecoder(context);
    const failed = [{ type: 'reply-start' }, { failure: { code: 'upstream-garbled' } }];
    expect(decoder.push({ event: undefined, data: Buffer.from('<html>') })).toMatchObject(failed);
    expect(messages.decodeReply({ hello: 1 }, context)).toMatchObject(failed);
  });
});
