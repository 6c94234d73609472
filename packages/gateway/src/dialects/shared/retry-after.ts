import type { ErrorAnswer } from '../dialect.ts';

/** Milliseconds until another try may help: from the headers, else from the words of the message. */
export function retryAfterMsOf(answer: ErrorAnswer, message = ''): number | undefined {
  const exact = Number(headerOf(answer, 'retry-after-ms'));
  if (exact > 0) return Math.ceil(exact);
  const waits = [
    durationMs(headerOf(answer, 'retry-after'), answer.now),
    ...Object.keys(answer.headers).map((name) => exhaustedResetMs(answer, name)),
  ];
  return waits.find((wait) => wait !== undefined) ?? retryMsInText(message);
}

const remaining = /^(?:x-)?ratelimit-remaining(?=-|$)/;

/**
 * OpenAI tells when each limit resets (`x-ratelimit-reset-tokens`), and so do others, by the day or of a single limit (`ratelimit-reset`).
 * Only the limit that ran out says how long to wait.
 */
function exhaustedResetMs(answer: ErrorAnswer, name: string): number | undefined {
  if (!remaining.test(name) || headerOf(answer, name) !== '0') return undefined;
  return durationMs(headerOf(answer, name.replace('remaining', 'reset')), answer.now);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Numbers above are no spans: seconds since 1970, or, above that, milliseconds. */
const firstEpochSeconds = 1e9;
const firstEpochMs = 1e12;

/** `12` (seconds), `1.5s`, `6m0s`, `88ms`, a moment since 1970, or an HTTP or ISO date, as milliseconds from `now`. */
function durationMs(text: string | undefined, now: number): number | undefined {
  const trimmed = text?.trim();
  if (!trimmed) return undefined;
  if (/^\d+(\.\d+)?$/.test(trimmed)) return waitOfNumber(Number(trimmed), now);
  if (/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) return spanMs(trimmed);
  // What has no letters, such as a negative number, some would take for a date.
  const date = /[a-z]/i.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function waitOfNumber(value: number, now: number): number {
  if (value >= firstEpochMs) return Math.max(0, value - now);
  return value >= firstEpochSeconds ? Math.max(0, value * 1_000 - now) : Math.ceil(value * 1_000);
}

function spanMs(span: string): number {
  let total = 0;
  for (const match of span.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(match[1]) * (unitMs[match[2] ?? 's'] ?? 0);
  }
  return Math.ceil(total);
}

const retryText = /(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?\s?(?:ms|seconds?|s|minutes?|m|h|d)\s?)+)/i;

/** The wait that a message tells in words: "Please try again in 1.5s". */
export function retryMsInText(message: string): number | undefined {
  const told = retryText.exec(message)?.[1];
  if (told === undefined) return undefined;
  return spanMs(
    told
      .replace(/\s/g, '')
      .replace(/seconds?/gi, 's')
      .replace(/minutes?/gi, 'm')
      .toLowerCase(),
  );
}

/** A header's value, or the first of several. */
export function headerOf(answer: ErrorAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
