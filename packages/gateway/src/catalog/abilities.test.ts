import { describe, expect, it } from 'vitest';
import { gapsIn } from './abilities.ts';

describe('gapsIn', () => {
  it('finds nothing among models that can do everything, or of which nothing is known', () => {
    expect(gapsIn([{ tools: true, images: true }, {}, undefined])).toEqual({ lacking: [], windows: [] });
  });

  it('tells what anybody lacks, and the windows that are known, smallest first', () => {
    const gaps = gapsIn([
      { images: false, contextWindow: 200_000 },
      { tools: false, images: false, contextWindow: 8_000 },
      { contextWindow: 200_000 },
    ]);
    expect(gaps).toEqual({ lacking: ['tools', 'images'], windows: [8_000, 200_000] });
  });
});
