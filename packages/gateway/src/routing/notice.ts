import type { Redirect } from '../config/name-book.ts';

/** What a caller is told of a name that is going. */
export interface Notice {
  /** The name that is going. */
  readonly name: string;
  readonly text: string;
  /** When another begins, or has begun, to take its place, in milliseconds since 1970. Absent: nobody says when. */
  readonly fromMs?: number;
  /** It has. */
  readonly hasGone: boolean;
}

export function noticeOf(name: string, { use, fromMs, notice }: Redirect, nowMs: number): Notice {
  const hasGone = fromMs === undefined || fromMs <= nowMs;
  const leads = hasGone
    ? `"${use}" answers in its place.`
    : `from ${new Date(fromMs).toISOString().slice(0, 10)} on "${use}" answers in its place.`;
  const text = [`"${name}" is deprecated: ${leads}`, ...(notice === undefined ? [] : [notice])].join(' ');
  return Object.freeze({ name, text, ...(fromMs === undefined ? {} : { fromMs }), hasGone });
}
