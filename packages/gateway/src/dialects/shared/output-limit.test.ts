import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { dialects } from '../registry.ts';

const fieldsOf = (body: JsonObject) => (key: string) =>
  body[key] === undefined ? undefined : Buffer.from(JSON.stringify(body[key]));

const home = { issuer: 'elsewhere', quirks: {} };

describe('the output limit of a request', () => {
  it.each([
    ['responses', { max_output_tokens: 5 }, { max_output_tokens: '3' }],
    ['chat', { max_completion_tokens: 5 }, { max_completion_tokens: '3' }],
    ['chat', { max_tokens: 5 }, { max_tokens: '3' }],
    ['messages', { max_tokens: 5 }, { max_tokens: '3' }],
    [
      'gemini',
      { generationConfig: { maxOutputTokens: 5, topK: 1 } },
      { generationConfig: '{"maxOutputTokens":3,"topK":1}' },
    ],
    ['gemini', { generation_config: { max_output_tokens: 5 } }, { generation_config: '{"max_output_tokens":3}' }],
  ] as const)('is read and written in %s: %j', (name, body, edits) => {
    const { outputLimit } = dialects[name];
    expect(outputLimit.asked(fieldsOf(body))).toBe(5);
    expect(outputLimit.edits(3, fieldsOf(body), home)).toEqual(edits);
  });

  it.each([
    ['responses', {}, { max_output_tokens: '3' }],
    ['chat', {}, { max_tokens: '3' }],
    ['chat', { issuer: 'openai' }, { max_completion_tokens: '3' }],
    ['chat', { issuer: 'openai', quirks: { maxTokensField: 'max_tokens' } }, { max_tokens: '3' }],
    ['messages', {}, { max_tokens: '3' }],
    ['gemini', {}, { generationConfig: '{"maxOutputTokens":3}' }],
  ] as const)('is added in %s where there is none', (name, target, edits) => {
    const { outputLimit } = dialects[name];
    expect(outputLimit.asked(fieldsOf({}))).toBeUndefined();
    expect(outputLimit.edits(3, fieldsOf({}), { ...home, ...target })).toEqual(edits);
  });

  it('leaves room for an answer beside its thinking', () => {
    const { edits } = dialects.messages.outputLimit;
    const thinking = { type: 'enabled', budget_tokens: 10_000 };
    expect(edits(8000, fieldsOf({ thinking }), home)['thinking']).toBe('{"type":"enabled","budget_tokens":4000}');
    expect(edits(1000, fieldsOf({ thinking }), home)['thinking']).toBe('{"type":"disabled"}');
    expect(edits(20_000, fieldsOf({ thinking }), home)).toEqual({ max_tokens: '20000' });
    expect(edits(100, fieldsOf({ thinking: { type: 'adaptive' } }), home)).toEqual({ max_tokens: '100' });
  });
});
