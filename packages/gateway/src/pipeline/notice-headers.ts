import type { Notice } from '../routing/notice.ts';
import { headerText } from './header-text.ts';

/** As RFC 9745 and RFC 8594 have them. A name that nobody dated, or that is served still, is deprecated since now at the latest. */
export function noticeHeaders({ text, fromMs, hasGone }: Notice, nowMs: number): Readonly<Record<string, string>> {
  const sinceMs = hasGone ? (fromMs ?? nowMs) : nowMs;
  return {
    deprecation: `@${Math.floor(sinceMs / 1000)}`,
    ...(fromMs === undefined ? {} : { sunset: new Date(fromMs).toUTCString() }),
    'x-turnpike-notice': headerText(text),
  };
}
