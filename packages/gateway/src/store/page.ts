/** A part of a long list. */
export interface Page {
  readonly limit: number;
  /** Where the page before ended: its `next`. Absent: from the beginning. */
  readonly after?: string | undefined;
}

export interface Paged<Item> {
  readonly items: readonly Item[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** A page of rows that were asked for with one more than its limit. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  { limit }: Page,
  item: (row: Row) => Item,
  cursor: (row: Row) => string,
): Paged<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const items = shown.map(item);
  return rows.length > limit && last !== undefined ? { items, next: cursor(last) } : { items };
}

/** A page that was asked for with a cursor that nobody gave out. */
export class BadCursor extends Error {
  override readonly name = 'BadCursor';

  constructor() {
    super('the cursor is not one that an earlier page ended with');
  }
}
