import { array, assert, base64String, dictionary, jsonValue, oneof, property, record, string, uuid } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplyEvent } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { CanonicalRequest, Item } from '../../core/items.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import { noUsage } from '../../core/usage.ts';
import type { EncodeContext } from '../dialect.ts';
import { expandReply, foldReply } from '../shared/reply.ts';
import { unwrapSeal } from '../shared/seal.ts';
import { createToolTable } from '../shared/tool-table.ts';
import { createReplyDecoder, decodeReply } from './reply-decoder.ts';
import { createReplyEncoder, encodeReply } from './reply-encoder.ts';
import { nameRules, objectField, objectsField } from './types.ts';

const request: CanonicalRequest = {
  model: 'asked',
  stream: true,
  items: [],
  tools: [],
  reasoning: { summary: 'auto' },
};
const context = { model: 'asked', createdAt: 0, newId: (prefix: string) => `${prefix}new`, request };
const decodeContext = { tools: createToolTable(request, nameRules), issuer: 'google' };

function chunksOf(events: readonly ReplyEvent[], encodeContext: EncodeContext = context): readonly JsonObject[] {
  const encoder = createReplyEncoder(encodeContext);
  return events
    .flatMap((event) => encoder.push(event))
    .map((frame) => parseJson('data' in frame ? frame.data : ''))
    .filter((value: Json | undefined) => isJsonObject(value));
}

function partsOf(items: readonly Item[], encodeContext: EncodeContext = context): readonly JsonObject[] {
  const chunks = chunksOf(expandReply({ items, stop: 'complete' }), encodeContext);
  const candidates = chunks.flatMap((chunk) => objectsField(chunk, 'candidates'));
  return candidates.flatMap((candidate) => objectsField(objectField(candidate, 'content') ?? {}, 'parts'));
}

const message: Item = { type: 'message', role: 'assistant', parts: [{ type: 'text', text: 'Hi' }] };
const call: Item = { type: 'tool-call', kind: 'function', callId: 'c1', tool: { name: 'f' }, input: '{"a":1}' };
const thought = (data: Json, issuer = 'google'): Item => ({
  type: 'reasoning',
  summary: ['hm'],
  seal: { issuer, data },
});

describe('a stream for a Gemini client', () => {
  it('ends with a chunk that has the finish reason and the usage', () => {
    const usage = { ...noUsage, inputTokens: 9, outputTokens: 5, reasoningTokens: 2, cachedInputTokens: 4 };
    const chunks = chunksOf(expandReply({ id: 'r', items: [message], stop: 'max-output-tokens', usage }));
    expect(chunks.at(-1)).toEqual({
      candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'MAX_TOKENS', index: 0 }],
      usageMetadata: {
        promptTokenCount: 9,
        candidatesTokenCount: 3,
        totalTokenCount: 14,
        cachedContentTokenCount: 4,
        thoughtsTokenCount: 2,
      },
      modelVersion: 'asked',
      responseId: 'r',
    });
    expect(chunks.filter((chunk) => JSON.stringify(chunk).includes('finishReason'))).toHaveLength(1);
  });

  it('has calls whole, with the signature that belongs to them', () => {
    expect(partsOf([thought('c2ln'), call])).toEqual([
      { text: 'hm', thought: true },
      { functionCall: { id: 'c1', name: 'f', args: { a: 1 } }, thoughtSignature: 'c2ln' },
      { text: '' },
    ]);
  });

  it('carries the seal of another issuer wrapped, also when nothing follows it', () => {
    const parts = partsOf([message, thought({ x: 1 }, 'anthropic')]);
    const [signature] = parts.flatMap((part) =>
      typeof part['thoughtSignature'] === 'string' ? part['thoughtSignature'] : [],
    );
    expect(unwrapSeal(signature ?? '')).toEqual({ issuer: 'anthropic', data: { x: 1 } });
  });

  it('shows thoughts only to those who asked for them', () => {
    const { reasoning: _reasoning, ...silent } = request;
    expect(JSON.stringify(partsOf([thought('c2ln'), message], { ...context, request: silent }))).not.toContain('hm');
  });

  it('tells a failure as one chunk that clients throw', () => {
    const failure = new Failure('upstream-overloaded', 'Too much.');
    expect(chunksOf([{ type: 'reply-failed', failure }])).toEqual([
      { error: { code: 503, message: 'Too much.', status: 'UNAVAILABLE' } },
    ]);
  });
});

const words = string({ minLength: 1, unit: 'grapheme' });
const anyItem: Arbitrary<Item> = oneof(
  words.map((text): Item => ({ type: 'message', role: 'assistant', parts: [{ type: 'text', text }] })),
  record({ callId: uuid(), args: dictionary(words, jsonValue()) }).map(({ callId, args }): Item => ({
    type: 'tool-call',
    kind: 'function',
    callId,
    tool: { name: 'f' },
    input: JSON.stringify(args),
  })),
  base64String({ minLength: 4 }).map((data): Item => ({
    type: 'reasoning',
    summary: [],
    seal: { issuer: 'google', data },
  })),
);

/** What Gemini cannot keep apart is left out: two messages without a call between them, two seals in a row. */
function distinct(items: readonly Item[]): readonly Item[] {
  const kept: Item[] = [];
  for (const item of items) {
    const sinceCall = kept.slice(kept.findLastIndex((other) => other.type === 'tool-call') + 1);
    const repeats =
      item.type === 'message' ? sinceCall.some((other) => other.type === 'message') : item.type === kept.at(-1)?.type;
    if (item.type === 'tool-call' || !repeats) kept.push(item);
  }
  // A seal at the very end would belong to an empty text.
  return [...kept, call];
}
const replies = array(anyItem, { minLength: 1, maxLength: 6 }).map(distinct);

describe('an answer', () => {
  it('comes back from a stream as it went out, whatever it holds', () => {
    assert(
      property(replies, (items) => {
        const decoder = createReplyDecoder(decodeContext);
        const chunks = chunksOf(expandReply({ id: 'r', items, stop: 'complete' }));
        const frames = chunks.map((chunk) => ({ event: undefined, data: Buffer.from(JSON.stringify(chunk)) }));
        const events = [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
        expect(foldReply(events)).toEqual({ id: 'r', model: 'asked', items: canonical(items), stop: 'complete' });
      }),
    );
  });

  it('comes back from a whole answer as it went out', () => {
    assert(
      property(replies, (items) => {
        const body = encodeReply({ id: 'r', items, stop: 'complete' }, context);
        expect(foldReply(decodeReply(body, decodeContext))).toMatchObject({ items: canonical(items) });
      }),
    );
  });
});

/** JSON text as a parser and a writer leave it. */
function canonical(items: readonly Item[]): readonly Item[] {
  return items.map((item) =>
    item.type === 'tool-call' ? { ...item, input: JSON.stringify(JSON.parse(item.input)) } : item,
  );
}
