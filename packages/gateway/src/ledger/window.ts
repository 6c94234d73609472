/** A stretch of time for which a budget counts. Its start is the same for whoever computes it, and tells windows of an account apart. */
export interface CalendarWindow {
  readonly kind: 'calendar';
  readonly startsAtMs: number;
  /** Absent: it never ends. */
  readonly endsAtMs?: number;
}

/**
 * A window that ends now. What was spent is kept by buckets and counts until the whole bucket is older than the window:
 * a little too long, never too short.
 */
export interface RollingWindow {
  readonly kind: 'rolling';
  readonly lengthMs: number;
  readonly bucketMs: number;
}

export type Window = CalendarWindow | RollingWindow;

/** Where an amount is booked: the window itself, or the bucket of a rolling one. */
export interface Slot {
  readonly startsAtMs: number;
  /** When the slot can be forgotten. Undefined: never. */
  readonly keptUntilMs: number | undefined;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Windows are kept for a while after their end: a clock that is set back must find what was spent. */
const longestAfterlifeMs = 2 * dayMs;

/** Where something that is settled now is booked. */
export function slotOf(window: Window, nowMs: number): Slot {
  if (window.kind === 'calendar') {
    const { startsAtMs, endsAtMs } = window;
    if (endsAtMs === undefined) return { startsAtMs, keptUntilMs: undefined };
    return { startsAtMs, keptUntilMs: endsAtMs + Math.min(endsAtMs - startsAtMs, longestAfterlifeMs) };
  }
  const startsAtMs = Math.floor(nowMs / window.bucketMs) * window.bucketMs;
  const afterlifeMs = Math.min(window.lengthMs, longestAfterlifeMs);
  return { startsAtMs, keptUntilMs: startsAtMs + window.bucketMs + window.lengthMs + afterlifeMs };
}

/** Start of the oldest bucket that still counts in a rolling window. */
export function oldestBucketMs({ lengthMs, bucketMs }: RollingWindow, nowMs: number): number {
  return Math.floor((nowMs - lengthMs) / bucketMs) * bucketMs;
}

const rollingWindows = {
  hour: { lengthMs: hourMs, bucketMs: hourMs / 60 },
  day: { lengthMs: dayMs, bucketMs: dayMs / 96 },
  week: { lengthMs: 7 * dayMs, bucketMs: dayMs / 12 },
  month: { lengthMs: 30 * dayMs, bucketMs: dayMs / 2 },
  year: { lengthMs: 365 * dayMs, bucketMs: 5 * dayMs },
} as const;

/** The last hour, day, seven days, thirty days or 365 days. */
export function rollingWindow(every: keyof typeof rollingWindows): RollingWindow {
  return { kind: 'rolling', ...rollingWindows[every] };
}
