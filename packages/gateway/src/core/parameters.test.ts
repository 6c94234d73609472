import { describe, expect, it } from 'vitest';
import { mergeParameters } from './parameters.ts';

describe('parameters of several layers', () => {
  it('are those of the last one that sets each, and of limits the smallest', () => {
    const alias = { reasoningEffort: 'low', maxOutputTokens: 100, topP: 0.5 };
    expect(mergeParameters(alias, undefined, { reasoningEffort: 'high', maxOutputTokens: 200 })).toEqual({
      reasoningEffort: 'high',
      maxOutputTokens: 100,
      topP: 0.5,
    });
  });

  it('are none where nobody sets any, and the only ones as they are', () => {
    const only = { temperature: 0 };
    expect(mergeParameters(undefined, undefined)).toBeUndefined();
    expect(mergeParameters(undefined, only)).toBe(only);
  });
});
