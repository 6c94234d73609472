import { describe, expect, it } from 'vitest';
import { estimateTokens } from './estimate-tokens.ts';

describe('an estimate of tokens', () => {
  it('grows with the text, by a token for four bytes', () => {
    const empty = estimateTokens({ messages: '' });
    expect(estimateTokens({ messages: 'word'.repeat(1_000).replaceAll('wordword', 'word wor') })).toBe(empty + 1_000);
    expect(estimateTokens({ messages: 'é é '.repeat(100) })).toBe(empty + 150);
  });

  it('counts a picture as a picture, not by its bytes', () => {
    const picture = Buffer.alloc(300_000, 7).toString('base64');
    const bare = estimateTokens({ source: { data: picture } });
    expect(bare).toBeGreaterThan(1_600);
    expect(bare).toBeLessThan(1_700);
    expect(estimateTokens({ url: `data:image/png;base64,${picture}` })).toBeLessThan(1_700);
  });
});
