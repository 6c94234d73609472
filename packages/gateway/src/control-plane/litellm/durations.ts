import { type Budget, windowWords } from '@turnpike/contract/resources/budget';
import { LiteLlmFailure } from './failure.ts';

/** A window of a budget that starts anew with the calendar. */
export type Window = Budget['every'];

const secondsOfUnit = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** LiteLLM's notations whose reset lies where the calendar has a border, and the window between two of them. */
const windows: Readonly<Record<string, Exclude<Window, 'total'>>> = {
  '3600s': 'hour',
  '60m': 'hour',
  '1h': 'hour',
  '86400s': 'day',
  '1440m': 'day',
  '24h': 'day',
  '1d': 'day',
  '7d': 'week',
  '1w': 'week',
  '30d': 'month',
  '1mo': 'month',
  ...windowWords,
};

/** How a window is told where nobody knows any more how it was said. */
const notations: Readonly<Record<Window, string | null>> = {
  hour: '1h',
  day: '1d',
  week: '7d',
  month: '1mo',
  year: 'yearly',
  total: null,
};

/** The window that LiteLLM would count in. None: for good. Throws where ours has no such window: nothing is rounded in silence. */
export function windowOf(duration: string | null | undefined, field = 'budget_duration'): Window {
  if (duration === null || duration === undefined || duration === '') return 'total';
  const window = Object.hasOwn(windows, duration) ? windows[duration] : undefined;
  if (window) return window;
  throw new LiteLlmFailure(
    400,
    `${field}: \`${duration}\` is not a window that budgets have here. Use 1h, 1d, 7d, 30d or 1mo (which begin with the hour, the day, ` +
      'Monday and the 1st, as in LiteLLM), or hourly, daily, weekly, monthly or yearly.',
    field,
  );
}

/** How a window is said: as it was, if it still is the same one. */
export function notationOf(window: Window, said: unknown): string | null {
  if (typeof said === 'string' && Object.hasOwn(windows, said) && windows[said] === window) return said;
  return notations[window];
}

/** The moment that lies so long after another. Months are those of the calendar. Throws where that is no duration, or longer than anyone means. */
export function momentAfter(duration: string, nowMs: number, field = 'duration'): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})(s|m|h|d|w|mo)$/.exec(duration) ?? [];
  const count = Number(digits);
  const moment = unit === 'mo' ? monthsAfter(nowMs, count) : nowMs + count * secondsOf(unit) * 1000;
  if (digits === '' || !(moment < latestMs))
    throw new LiteLlmFailure(
      400,
      `${field}: \`${duration}\` is not a duration such as 30s, 5m, 1h, 7d, 2w or 1mo.`,
      field,
    );
  return moment;
}

/** The year 9999: later moments cannot be written. */
const latestMs = 253_370_764_800_000;

function secondsOf(unit: string): number {
  return unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' || unit === 'w'
    ? secondsOfUnit[unit]
    : Number.NaN;
}

/** The same day so many months later, or the last of its month. */
function monthsAfter(nowMs: number, months: number): number {
  const moment = new Date(nowMs);
  const day = moment.getUTCDate();
  moment.setUTCDate(1);
  moment.setUTCMonth(moment.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + 1, 0)).getUTCDate();
  return moment.setUTCDate(Math.min(day, lastDay));
}
