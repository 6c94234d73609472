import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecentMap } from './recent-map.ts';

const step = fc.record({ does: fc.constantFrom('use', 'get', 'delete'), key: fc.constantFrom('a', 'b', 'c', 'd') });

describe('a map of what was used lately', () => {
  it('knows its oldest whatever is done, as a list would', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const map = createRecentMap<number>();
        let list: readonly { key: string; value: number }[] = [];
        for (const [value, { does, key }] of steps.entries()) {
          const others = list.filter((each) => each.key !== key);
          expect(map.get(key)).toBe(list.find((each) => each.key === key)?.value);
          if (does === 'use') map.use(key, value);
          if (does === 'delete') map.delete(key);
          if (does !== 'get') list = does === 'use' ? [...others, { key, value }] : others;
          expect([map.size(), map.oldest()?.key, map.oldest()?.value]).toEqual([
            list.length,
            list[0]?.key,
            list[0]?.value,
          ]);
        }
      }),
    );
  });
});
