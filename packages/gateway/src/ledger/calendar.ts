import type { CalendarWindow } from './window.ts';

export type CalendarPeriod = 'hour' | 'day' | 'week' | 'month' | 'year' | 'total';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A day as calendars write it: no time, no zone. Months count from 0; days beyond a month's end lead into the next. */
interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Tells the window of the calendar that a moment lies in. Days begin when the zone's clocks say so; weeks begin on Monday. */
export function createCalendar(period: CalendarPeriod, timeZone: string): (nowMs: number) => CalendarWindow {
  if (period === 'total') {
    const forever: CalendarWindow = { kind: 'calendar', startsAtMs: 0 };
    return () => forever;
  }
  const offsetMs = offsetsOf(timeZone);
  let last: (CalendarWindow & { readonly endsAtMs: number }) | undefined;
  return (nowMs) => {
    if (last && nowMs >= last.startsAtMs && nowMs < last.endsAtMs) return last;
    const [startsAtMs, endsAtMs] = period === 'hour' ? hourAt(nowMs, offsetMs) : daysAt(period, nowMs, offsetMs);
    last = { kind: 'calendar', startsAtMs, endsAtMs };
    return last;
  };
}

type OffsetAt = (atMs: number) => number;

function hourAt(nowMs: number, offsetMs: OffsetAt): readonly [number, number] {
  const offset = offsetMs(nowMs);
  const startsAtMs = Math.floor((nowMs + offset) / hourMs) * hourMs - offset;
  return [startsAtMs, startsAtMs + hourMs];
}

function daysAt(
  period: Exclude<CalendarPeriod, 'hour' | 'total'>,
  nowMs: number,
  offsetMs: OffsetAt,
): readonly [number, number] {
  const local = new Date(nowMs + offsetMs(nowMs));
  const today: LocalDate = { year: local.getUTCFullYear(), month: local.getUTCMonth(), day: local.getUTCDate() };
  const [first, next] = boundsOf(period, today, local.getUTCDay());
  return [startOfDay(first, offsetMs), startOfDay(next, offsetMs)];
}

function boundsOf(
  period: 'day' | 'week' | 'month' | 'year',
  today: LocalDate,
  weekday: number,
): readonly [LocalDate, LocalDate] {
  const { year, month, day } = today;
  switch (period) {
    case 'day':
      return [today, { year, month, day: day + 1 }];
    case 'week': {
      const monday = day - ((weekday + 6) % 7);
      return [
        { year, month, day: monday },
        { year, month, day: monday + 7 },
      ];
    }
    case 'month':
      return [
        { year, month, day: 1 },
        { year, month: month + 1, day: 1 },
      ];
    default:
      return [
        { year, month: 0, day: 1 },
        { year: year + 1, month: 0, day: 1 },
      ];
  }
}

/** The first moment at which the zone's clocks show this day. Clocks may be changed at midnight, so that there is none. */
function startOfDay({ year, month, day }: LocalDate, offsetMs: OffsetAt): number {
  const midnight = Date.UTC(year, month, day);
  const before = midnight - offsetMs(midnight - dayMs);
  const after = midnight - offsetMs(midnight + dayMs);
  if (before === after) return before;
  let [tooEarly, found] = [Math.min(before, after) - 1, Math.max(before, after)];
  while (found - tooEarly > 1) {
    const middle = Math.floor((tooEarly + found) / 2);
    if (middle + offsetMs(middle) >= midnight) found = middle;
    else tooEarly = middle;
  }
  return found;
}

/** How far the zone's clocks are ahead of UTC at a moment, in milliseconds. */
function offsetsOf(timeZone: string): OffsetAt {
  if (timeZone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (atMs) => {
    const shown: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(atMs)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
  };
}
