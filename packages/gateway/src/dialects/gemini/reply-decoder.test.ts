import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordingsDir } from '../../../test/kit/shared-data.ts';
import type { ReplyEvent } from '../../core/events.ts';
import type { CanonicalRequest } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import { foldReply } from '../shared/reply.ts';
import { createToolTable } from '../shared/tool-table.ts';
import { createObserver } from './observer.ts';
import { createReplyDecoder, decodeReply } from './reply-decoder.ts';
import { nameRules } from './types.ts';

const request: CanonicalRequest = {
  model: 'm',
  stream: true,
  items: [],
  tools: [
    { type: 'custom', name: 'apply_patch' },
    { type: 'namespace', name: 'agents', tools: [{ type: 'function', name: 'spawn' }] },
  ],
};
const context = { tools: createToolTable(request, nameRules), issuer: 'google' };

const frameOf = (chunk: unknown) => ({ event: undefined, data: Buffer.from(JSON.stringify(chunk)) });

function decode(...chunks: readonly unknown[]): readonly ReplyEvent[] {
  const decoder = createReplyDecoder(context);
  return [...chunks.flatMap((chunk) => decoder.push(frameOf(chunk))), ...decoder.end(), ...decoder.end()];
}

function fold(...chunks: readonly unknown[]) {
  return foldReply(decode(...chunks));
}

function chunk(parts: readonly JsonObject[], rest: JsonObject = {}): JsonObject {
  return {
    candidates: [{ content: { parts, role: 'model' }, index: 0, ...rest }],
    responseId: 'r1',
    modelVersion: 'g',
  };
}
const stop = { finishReason: 'STOP' };

describe('texts and thoughts', () => {
  it('grow into one message, and a signature at the end stands behind it', () => {
    const reply = fold(chunk([{ text: 'hm', thought: true }]), chunk([{ text: 'Hel' }]), chunk([{ text: 'lo' }]), {
      ...chunk([{ text: '', thoughtSignature: 'c2ln' }], stop),
      usageMetadata: { promptTokenCount: 9 },
    });
    expect(reply).toMatchObject({
      id: 'r1',
      model: 'g',
      stop: 'complete',
      items: [
        { type: 'reasoning', summary: ['hm'] },
        { type: 'message', parts: [{ type: 'text', text: 'Hello' }] },
        { type: 'reasoning', summary: [], seal: { issuer: 'google', data: { signature: 'c2ln', place: 'alone' } } },
      ],
    });
  });

  it('are not cut in two by a signature in the middle of a message', () => {
    const reply = fold(chunk([{ text: 'Hel' }]), chunk([{ text: 'lo', thoughtSignature: 'c2ln' }], stop));
    expect(reply).toMatchObject({ items: [{ parts: [{ text: 'Hello' }] }, { type: 'reasoning' }] });
  });

  it('hold images as parts of the message', () => {
    const reply = fold(chunk([{ text: 'see' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }], stop));
    expect(reply).toMatchObject({ items: [{ parts: [{ type: 'text' }, { type: 'image' }] }] });
  });
});

describe('calls', () => {
  it('are given back as the tools they were declared as, their signature right before them', () => {
    const calls = [
      { functionCall: { name: 'apply_patch', args: { input: '*** Begin' } }, thoughtSignature: 'c2ln' },
      { functionCall: { id: 'own', name: 'agents__spawn', args: { n: 1 } } },
    ];
    expect(fold(chunk(calls, stop))).toMatchObject({
      items: [
        { type: 'reasoning', seal: { issuer: 'google', data: 'c2ln' } },
        { type: 'tool-call', kind: 'custom', tool: { name: 'apply_patch' }, input: '*** Begin' },
        { type: 'tool-call', callId: 'own', tool: { name: 'spawn', namespace: 'agents' }, input: '{"n":1}' },
      ],
    });
  });

  it('without ids get ids that differ within an answer and between answers', () => {
    const call = { functionCall: { name: 'f', args: {} } };
    const ids = (id: string) =>
      decode({ ...chunk([call, call], stop), responseId: id }).flatMap((event) =>
        event.type === 'item-start' && event.item.type === 'tool-call' ? event.item.callId : [],
      );
    expect(new Set([...ids('r1'), ...ids('r2')]).size).toBe(4);
    expect(ids('r1')).toEqual(ids('r1'));
  });

  it('come together from pieces, with odd names and without harm to prototypes', () => {
    const piece = (jsonPath: string, rest: JsonObject) =>
      chunk([{ functionCall: { partialArgs: [{ jsonPath, ...rest }], willContinue: true } }]);
    const reply = fold(
      chunk([{ functionCall: { name: 'f', willContinue: true } }]),
      piece('$.a[0].b', { stringValue: 'one ', willContinue: true }),
      piece('$.a[0].b', { stringValue: 'two' }),
      piece('$.a[4000000000]', { boolValue: false }),
      piece("$['odd name']", { numberValue: 0.5 }),
      piece('$.__proto__.x', { nullValue: 'NULL_VALUE' }),
      chunk([{ functionCall: {} }], stop),
    );
    const input = '{"a":[{"b":"one two"},false],"odd name":0.5,"__proto__":{"x":null}}';
    expect(reply).toMatchObject({ items: [{ type: 'tool-call', input }] });
    expect('x' in {}).toBe(false);
  });
});

describe('built-in tools', () => {
  it('are told as hosted calls that keep Google’s own words', () => {
    const code = { executableCode: { language: 'PYTHON', code: '1' } };
    const groundingMetadata = { webSearchQueries: ['q'] };
    const reply = fold(chunk([code, { text: 'One.' }], { ...stop, groundingMetadata }));
    expect(reply).toMatchObject({
      items: [
        { type: 'hosted-call', tool: 'code_interpreter', value: code },
        { type: 'message' },
        { type: 'hosted-call', tool: 'web_search', value: { groundingMetadata } },
      ],
    });
  });
});

describe('the end', () => {
  it.each([
    ['MAX_TOKENS', 'max-output-tokens'],
    ['SAFETY', 'content-filter'],
    ['NEW_REASON', 'other'],
  ])('by %s is told as %s', (finishReason, expected) => {
    expect(fold(chunk([{ text: 'a' }], { finishReason }))).toMatchObject({ stop: expected });
  });

  it.each([
    [[chunk([{ text: 'a' }], { finishReason: 'MALFORMED_FUNCTION_CALL' })], 'upstream-garbled'],
    [[chunk([], { finishReason: 'SAFETY' })], 'upstream-content-refused'],
    [[{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }], 'upstream-content-refused'],
    [[chunk([{ text: 'a' }])], 'upstream-cut'],
    [[], 'upstream-cut'],
    [['no object'], 'upstream-garbled'],
    [[{ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }], 'upstream-overloaded'],
  ])('of %j is the failure %s, once', (chunks, code) => {
    const events = decode(...chunks, chunk([{ text: 'too late' }]));
    const failures = events.flatMap((event) => (event.type === 'reply-failed' ? event.failure.code : []));
    expect(failures).toEqual([code]);
    expect(events.at(-1)?.type).toBe('reply-failed');
  });

  it('counts thoughts as output and what tools fed in as input', () => {
    const usageMetadata = {
      promptTokenCount: 10,
      toolUsePromptTokenCount: 5,
      cachedContentTokenCount: 4,
      candidatesTokenCount: 3,
      thoughtsTokenCount: 2,
    };
    const usage = { inputTokens: 15, outputTokens: 5, cachedInputTokens: 4, reasoningTokens: 2 };
    expect(fold(chunk([{ text: 'a' }], stop), { usageMetadata })).toMatchObject({ usage });
  });
});

const folder = recordingsDir && join(recordingsDir, 'google');
const names = folder ? readdirSync(folder).filter((name) => !name.includes('429')) : [];

function chunksOf(name: string): readonly unknown[] {
  const text = readFileSync(join(folder ?? '', name), 'utf8');
  const lines = name.endsWith('.json') ? [text] : text.split('\n').filter((line) => line !== '');
  return lines.map(parseJson);
}

describe.skipIf(!folder)('true answers (skipped: no recordings)', () => {
  it.each(names)('%s comes through whole, with usage, and as the observer saw it', (name) => {
    const chunks = chunksOf(name);
    const reply = fold(...chunks);
    if (!('stop' in reply)) throw reply;
    expect(reply.stop).toBe('complete');
    expect(reply.usage?.inputTokens).toBeGreaterThan(0);
    expect(reply.items.some((item) => item.type === 'message' || item.type === 'tool-call')).toBe(true);
    const calls = reply.items.filter((item) => item.type === 'tool-call');
    expect(calls.map((call) => call.input)).not.toContain('{}');
    const observer = createObserver();
    for (const chunk of chunks) observer.push(frameOf(chunk));
    expect(observer.seen).toMatchObject({ semantic: true, terminal: 'done', usage: reply.usage, replyId: reply.id });
  });

  it.each(names)('%s cut anywhere ends in exactly one terminal event', (name) => {
    const chunks = chunksOf(name);
    const terminals = chunks.map((_, end) => decode(...chunks.slice(0, end)).filter(isTerminal));
    expect(terminals).toMatchObject(chunks.map(() => [{ type: 'reply-failed', failure: { code: 'upstream-cut' } }]));
  });

  it('pieces of nested arguments become what the model meant', () => {
    const replies = names.filter((name) => /nested|missing-terminal/.test(name)).map((name) => fold(...chunksOf(name)));
    const items = replies.flatMap((reply) => ('items' in reply ? reply.items : []));
    const inputs = items.flatMap((item) => (item.type === 'tool-call' ? [parseJson(item.input)] : []));
    const recipe = { ingredients: expect.arrayContaining([{ amount: '16 oz', name: 'Lasagna noodles' }]) };
    const add = { action: 'add', description: 'Fresh red apple', itemid: 'apple_001', price: 0.5 };
    expect(inputs).toContainEqual({ recipe: expect.objectContaining(recipe) });
    expect(inputs).toContainEqual({ operations: expect.arrayContaining([add]) });
  });

  it('a whole answer gives the same reply as a stream of it', () => {
    const bodies = names
      .filter((name) => name.endsWith('.json'))
      .flatMap(chunksOf)
      .filter(isJsonObject);
    expect(bodies.map((body) => decodeReply(body, context))).toEqual(bodies.map((body) => decode(body)));
  });
});

function isTerminal(event: ReplyEvent): boolean {
  return event.type === 'reply-done' || event.type === 'reply-failed';
}
