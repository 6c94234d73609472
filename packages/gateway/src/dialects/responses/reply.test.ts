import { describe, expect, it } from 'vitest';
import type { ReplyEvent } from '../../core/events.ts';
import type { OutFrame } from '../../core/frame.ts';
import type { CanonicalRequest } from '../../core/items.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import { unwrapSeal } from '../shared/seal.ts';
import { anyName, createToolTable } from '../shared/tool-table.ts';
import { createReplyDecoder } from './reply-decoder.ts';
import { createReplyEncoder } from './reply-encoder.ts';

const request: CanonicalRequest = {
  model: 'm',
  stream: true,
  items: [],
  tools: [
    { type: 'custom', name: 'apply_patch' },
    { type: 'namespace', name: 'agents', tools: [{ type: 'function', name: 'spawn' }] },
    { type: 'search' },
  ],
};

function decode(...events: readonly JsonObject[]): readonly ReplyEvent[] {
  const decoder = createReplyDecoder({ tools: createToolTable(request, anyName), issuer: 'vendor' });
  const frames = events.map((event) => ({ event: undefined, data: Buffer.from(JSON.stringify(event)) }));
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

function encode(events: readonly ReplyEvent[]): readonly JsonObject[] {
  const encoder = createReplyEncoder({ model: 'asked', createdAt: 1, newId: (prefix) => `${prefix}new` });
  return events.flatMap((event) => encoder.push(event)).map(dataOf);
}

function dataOf(frame: OutFrame): JsonObject {
  const value = 'data' in frame ? parseJson(frame.data) : undefined;
  return isJsonObject(value) ? value : {};
}

const completed = {
  type: 'response.completed',
  response: { id: 'resp_1', usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 } },
};

describe('reading a Responses stream', () => {
  it('needs no more than the whole item and the end', () => {
    const item = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hi' }] };
    const events = decode({ type: 'response.output_item.done', item }, completed);
    expect(events.map((event) => event.type)).toEqual([
      'reply-start',
      'item-start',
      'text-delta',
      'item-done',
      'reply-done',
    ]);
    expect(events.at(-1)).toMatchObject({ stop: 'complete', usage: { inputTokens: 3, outputTokens: 2 } });
  });

  it('needs no more than deltas and the end', () => {
    const delta = { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'hi' };
    const events = decode(delta, { ...delta, delta: ' you' }, completed);
    expect(events.find((event) => event.type === 'item-done')).toMatchObject({
      item: { parts: [{ type: 'text', text: 'hi you' }] },
    });
  });

  it('takes items that were never closed from the final list, each once', () => {
    const call = { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'f', arguments: '{"a":1}' };
    const end = { type: 'response.completed', response: { id: 'r', output: [call] } };
    const events = decode(
      { type: 'response.output_item.added', output_index: 0, item: { ...call, arguments: '' } },
      end,
    );
    expect(events.filter((event) => event.type === 'item-done')).toMatchObject([
      { item: { callId: 'c', input: '{"a":1}' } },
    ]);
  });

  it('gives a freeform tool its plain text back while it streams', () => {
    const call = { type: 'function_call', call_id: 'c', name: 'apply_patch' };
    const delta = { type: 'response.function_call_arguments.delta', output_index: 0 };
    const events = decode(
      { type: 'response.output_item.added', output_index: 0, item: { ...call, arguments: '' } },
      { ...delta, delta: '{"input":"*** Be' },
      { ...delta, delta: 'gin\\n"}' },
      { type: 'response.output_item.done', output_index: 0, item: { ...call, arguments: '{"input":"*** Begin\\n"}' } },
      completed,
    );
    const told = events.flatMap((event) => (event.type === 'input-delta' ? [event.text] : []));
    expect(told).toEqual(['*** Be', 'gin\n']);
    expect(events.find((event) => event.type === 'item-done')).toMatchObject({
      item: { kind: 'custom', input: '*** Begin\n' },
    });
  });

  it.each([
    [{ type: 'error', error: { code: 'insufficient_quota', message: 'm' } }, 'upstream-quota-exhausted'],
    [
      { type: 'response.failed', response: { error: { code: 'server_is_overloaded', message: 'm' } } },
      'upstream-overloaded',
    ],
    [
      { type: 'response.failed', response: { error: { code: 'context_length_exceeded', message: 'm' } } },
      'context-too-long',
    ],
    [{ type: 'response.failed', response: {} }, 'upstream-error'],
  ])('ends in a failure with %j', (event, code) => {
    expect(decode({ type: 'response.created', response: { id: 'r' } }, event, completed).at(-1)).toMatchObject({
      failure: { code },
    });
  });

  it('reads from a rate limit how long to wait', () => {
    const error = { code: 'rate_limit_exceeded', message: 'Please try again in 1.5s.' };
    expect(decode({ type: 'response.failed', response: { error } }).at(-1)).toMatchObject({
      failure: { retryAfterMs: 1_500 },
    });
  });
});

describe('writing a Responses stream', () => {
  const start: ReplyEvent = { type: 'reply-start' };
  const end: ReplyEvent = { type: 'reply-done', stop: 'complete' };

  it('numbers its events, announces and closes every piece, and sends the item whole', () => {
    const item = { type: 'message', role: 'assistant', parts: [{ type: 'text', text: 'hi' }] } as const;
    const frames = encode([
      start,
      { type: 'item-start', index: 0, item: { type: 'message' } },
      { type: 'text-delta', index: 0, part: 0, text: 'hi' },
      { type: 'item-done', index: 0, item },
      end,
    ]);
    expect(frames.map((frame) => frame['type'])).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(frames.map((frame) => frame['sequence_number'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(frames[7]).toMatchObject({
      item: { id: 'msg_new', content: [{ type: 'output_text', text: 'hi', annotations: [] }] },
    });
  });

  it('names namespaced calls by name and namespace, and searches by object arguments', () => {
    const spawn = {
      type: 'tool-call',
      kind: 'function',
      callId: 'c',
      tool: { name: 'spawn', namespace: 'agents' },
    } as const;
    const search = { type: 'tool-call', kind: 'search', callId: 's', tool: { name: 'tool_search' } } as const;
    const frames = encode([
      start,
      { type: 'item-start', index: 0, item: spawn },
      { type: 'item-done', index: 0, item: { ...spawn, input: '{}' } },
      { type: 'item-start', index: 1, item: search },
      { type: 'item-done', index: 1, item: { ...search, input: '{"query":"q"}' } },
      end,
    ]);
    expect(frames.filter((frame) => frame['type'] === 'response.output_item.done')).toMatchObject([
      { item: { type: 'function_call', name: 'spawn', namespace: 'agents', arguments: '{}' } },
      { item: { type: 'tool_search_call', execution: 'client', arguments: { query: 'q' } } },
    ]);
  });

  it('wraps another issuer’s seal so that it finds home again', () => {
    const seal = { issuer: 'anthropic', data: { signature: 'S' } };
    const frames = encode([
      start,
      { type: 'item-start', index: 0, item: { type: 'reasoning' } },
      { type: 'item-done', index: 0, item: { type: 'reasoning', summary: ['why'], seal } },
      end,
    ]);
    const done = frames.find((frame) => frame['type'] === 'response.output_item.done');
    const item = isJsonObject(done?.['item']) ? done['item'] : {};
    const sealed = item['encrypted_content'];
    expect(typeof sealed === 'string' && unwrapSeal(sealed)).toEqual(seal);
  });

  it('says an answer that ran out of tokens is incomplete', () => {
    const frames = encode([start, { type: 'reply-done', stop: 'max-output-tokens' }]);
    expect(frames.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    });
  });

  it('keeps Codex’s line alive with data, not with a comment', () => {
    const encoder = createReplyEncoder({ model: 'm', createdAt: 1, newId: (prefix) => prefix });
    expect(dataOf(encoder.keepalive())).toEqual({ type: 'keepalive' });
  });
});
