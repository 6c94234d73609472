/** Which part of a list is wanted, told by names: they stay what they are when the list changes. */
export interface Paging {
  readonly limit: number;
  /** The part begins behind this name. */
  readonly after?: string;
  /** The part ends before this name. */
  readonly before?: string;
}

export interface Page<Entry> {
  readonly entries: readonly Entry[];
  /** There are more in the direction in which the list was read. */
  readonly hasMore: boolean;
}

/** A part of a list. A name that is not in it begins nothing and ends nothing. */
export function pageOf<Entry extends { readonly name: string }>(
  list: readonly Entry[],
  { limit, after, before }: Paging,
): Page<Entry> {
  const behind = after === undefined ? -1 : list.findIndex(({ name }) => name === after);
  const end = before === undefined ? -1 : list.findIndex(({ name }) => name === before);
  if (end >= 0) return { entries: list.slice(Math.max(0, end - limit), end), hasMore: end > limit };
  const rest = list.slice(behind + 1);
  return { entries: rest.slice(0, limit), hasMore: rest.length > limit };
}

/** A count of a query, within its API's bounds; its usual one where it is none. */
export function countIn(query: URLSearchParams, key: string, { usual, most }: { usual: number; most: number }): number {
  const count = Number(query.get(key) ?? usual);
  return Number.isInteger(count) && count > 0 ? Math.min(count, most) : usual;
}
