import { describe, expect, it } from 'vitest';
import type { DialectName } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { loseForeignFields } from './foreign-fields.ts';
import { createLossList } from './losses.ts';

function lost(dialect: DialectName, fields: JsonObject, own: DialectName = 'messages'): readonly string[] {
  const losses = createLossList();
  const request = { model: 'm', stream: true, items: [], tools: [], extra: { dialect, fields } };
  loseForeignFields(request, own, losses);
  return losses.all().map(({ weight, what }) => `${weight} ${what}`);
}

describe('fields that only the caller’s dialect has', () => {
  it('are hints, each by its name', () => {
    expect(lost('chat', { seed: 7, logit_bias: { 1: 1 } })).toEqual(['hint seed', 'hint logit_bias']);
    expect(lost('gemini', { generationConfig: { seed: 7, topLogprobs: 2 }, safetySettings: [{}] })).toEqual([
      'hint generationConfig.seed',
      'hint generationConfig.topLogprobs',
      'hint safetySettings',
    ]);
  });

  it('are meaning where they name what was not sent', () => {
    expect(lost('responses', { previous_response_id: 'r', conversation: 'c', prompt: { id: 'p' } })).toEqual([
      'meaning history.previous_response_id',
      'meaning history.conversation',
      'meaning prompt',
    ]);
    expect(lost('gemini', { cachedContent: 'cachedContents/1' })).toEqual(['meaning cachedContent']);
  });

  it('are no loss at home, where they say nothing, or where no answer shows the lack of them', () => {
    expect(lost('chat', { seed: 7 }, 'chat')).toEqual([]);
    expect(lost('chat', { n: 1, logprobs: false, logit_bias: {}, seed: null })).toEqual([]);
    expect(lost('responses', { '#shape': 'string', store: true, include: ['x'], metadata: { a: 'b' } })).toEqual([]);
    expect(lost('responses', { text: {}, previous_response_id: null, truncation: 'disabled' })).toEqual([]);
  });
});
