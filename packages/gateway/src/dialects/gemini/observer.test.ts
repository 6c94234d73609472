import { describe, expect, it } from 'vitest';
import type { Json } from '../../core/json.ts';
import { createObserver } from './observer.ts';

function observe(...chunks: readonly Json[]) {
  const observer = createObserver();
  for (const chunk of chunks) observer.push({ event: undefined, data: Buffer.from(JSON.stringify(chunk)) });
  return observer.seen;
}

const chunk = (parts: Json, rest = {}): Json => ({ candidates: [{ content: { parts }, ...rest }] });

describe('the observer of a stream that passes untouched', () => {
  it('knows the model, the id and the usage so far', () => {
    const usageMetadata = { promptTokenCount: 2, candidatesTokenCount: 3 };
    expect(
      observe({ modelVersion: 'g', responseId: 'r', usageMetadata }, { usageMetadata: { trafficType: 'X' } }),
    ).toEqual({
      semantic: false,
      model: 'g',
      replyId: 'r',
      usage: expect.objectContaining({ inputTokens: 2, outputTokens: 3 }),
    });
  });

  it.each([
    [[{ text: '' }], false],
    [[{ functionCall: {} }], false],
    [[{ text: 'a' }], true],
    [[{ text: '', thoughtSignature: 'c2ln' }], true],
    [[{ functionCall: { name: 'f' } }], true],
    [[{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }], true],
  ])('takes %j for something told: %s', (parts, semantic) => {
    expect(observe(chunk(parts)).semantic).toBe(semantic);
  });

  it.each([
    ['STOP', 'done'],
    ['MAX_TOKENS', 'incomplete'],
    ['MALFORMED_FUNCTION_CALL', expect.objectContaining({ code: 'upstream-garbled' })],
  ])('takes %s for the end', (finishReason, terminal) => {
    expect(observe(chunk([{ text: 'a' }], { finishReason })).terminal).toEqual(terminal);
  });

  it('keeps a failure, whatever comes after it', () => {
    const failed = { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } };
    expect(observe(failed, chunk([], { finishReason: 'STOP' })).terminal).toMatchObject({
      code: 'upstream-overloaded',
    });
  });

  it('is not troubled by what is no JSON', () => {
    const observer = createObserver();
    observer.push({ event: undefined, data: Buffer.from('{"cand') });
    expect(observer.seen).toEqual({ semantic: false });
  });
});
