/** Makes moments that tell the time of any zone quickly. */
export type MomentOf = (atMs: number) => Date;

/** Reading the hour in a zone, CEL asks a date for its text there, for which JavaScript makes a new formatter every time: 40 µs. These keep theirs. */
export function createMoments(): MomentOf {
  const formats = new Map<string, Intl.DateTimeFormat>();

  function formatOf(timeZone: string): Intl.DateTimeFormat {
    let format = formats.get(timeZone);
    if (!format) formats.set(timeZone, (format = new Intl.DateTimeFormat('en-US', { ...wholeTime, timeZone })));
    return format;
  }

  return (atMs) => {
    const moment = new Date(atMs);
    moment.toLocaleString = (_locales?: unknown, options?: Intl.DateTimeFormatOptions) =>
      formatOf(options?.timeZone ?? 'UTC').format(moment);
    return moment;
  };
}

/** What `toLocaleString` writes by default. */
const wholeTime = {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const;
