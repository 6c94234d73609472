import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countIn, pageOf } from './page.ts';

const list = (length: number) => Array.from({ length }, (_, at) => ({ name: `m${at}` }));

describe('a list in pages', () => {
  it('is whole when it is read page by page, forward and backward', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 10 }), (length, limit) => {
        const all = list(length);
        const forward: object[] = [];
        for (let after: string | undefined, more = true; more;) {
          const { entries, hasMore } = pageOf(all, { limit, ...(after === undefined ? {} : { after }) });
          forward.push(...entries);
          after = entries.at(-1)?.name;
          more = hasMore;
        }
        expect(forward).toEqual(all);
        const last = all.at(-1);
        const backward: object[] = last ? [last] : [];
        for (let before = last?.name, more = before !== undefined; more && before !== undefined;) {
          const { entries, hasMore } = pageOf(all, { limit, before });
          backward.unshift(...entries);
          before = entries[0]?.name;
          more = hasMore;
        }
        expect(backward).toEqual(all);
      }),
    );
  });

  it('begins at its beginning for a name that is not in it', () => {
    expect(pageOf(list(3), { limit: 2, after: 'gone' })).toEqual({ entries: list(2), hasMore: true });
  });

  it.each([
    ['limit=7', 7],
    ['limit=5000', 1000],
    ['limit=0', 20],
    ['limit=-1', 20],
    ['limit=x', 20],
    ['', 20],
  ])('has for %j pages of %i', (query, count) => {
    expect(countIn(new URLSearchParams(query), 'limit', { usual: 20, most: 1000 })).toBe(count);
  });
});
