import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CalendarPeriod, createCalendar } from './calendar.ts';

const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

function windowAt(period: CalendarPeriod, zone: string, moment: string) {
  const { startsAtMs, endsAtMs } = createCalendar(period, zone)(Date.parse(moment));
  return [iso(startsAtMs), iso(endsAtMs)];
}

describe('createCalendar', () => {
  it.each<[string, CalendarPeriod, ...string[]]>([
    ['an hour', 'hour', 'UTC', '2026-11-21T13:59:59.999Z', '2026-11-21T13:00:00.000Z', '2026-11-21T14:00:00.000Z'],
    [
      'an hour of India',
      'hour',
      'Asia/Kolkata',
      '2026-11-21T13:31:00Z',
      '2026-11-21T13:30:00.000Z',
      '2026-11-21T14:30:00.000Z',
    ],
    ['a day', 'day', 'UTC', '2026-11-21T00:00:00Z', '2026-11-21T00:00:00.000Z', '2026-11-22T00:00:00.000Z'],
    [
      'a day of Berlin',
      'day',
      'Europe/Berlin',
      '2026-11-21T23:30:00Z',
      '2026-11-21T23:00:00.000Z',
      '2026-11-22T23:00:00.000Z',
    ],
    [
      'a week, from Monday',
      'week',
      'UTC',
      '2026-11-22T12:00:00Z',
      '2026-11-16T00:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
    ],
    ['a month', 'month', 'UTC', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    [
      'a month of New York',
      'month',
      'America/New_York',
      '2026-12-01T04:59:00Z',
      '2026-11-01T04:00:00.000Z',
      '2026-12-01T05:00:00.000Z',
    ],
    ['a leap year', 'year', 'UTC', '2028-02-29T12:00:00Z', '2028-01-01T00:00:00.000Z', '2029-01-01T00:00:00.000Z'],
    [
      'a day of 23 hours',
      'day',
      'Europe/Berlin',
      '2026-03-29T12:00:00Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ],
    [
      'a day of 25 hours',
      'day',
      'Europe/Berlin',
      '2026-10-25T12:00:00Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ],
    [
      'a day whose midnight was skipped',
      'day',
      'America/Sao_Paulo',
      '2018-11-04T12:00:00Z',
      '2018-11-04T03:00:00.000Z',
      '2018-11-05T02:00:00.000Z',
    ],
    [
      'a day before a repeated hour',
      'day',
      'America/Sao_Paulo',
      '2018-02-18T02:30:00Z',
      '2018-02-17T02:00:00.000Z',
      '2018-02-18T03:00:00.000Z',
    ],
  ])('knows %s', (_, period, ...[zone = '', moment = '', start, end]) => {
    expect(windowAt(period, zone, moment)).toEqual([start, end]);
  });

  it('has a total that never ends', () => {
    expect(createCalendar('total', 'UTC')(1_800_000_000_000)).toEqual({
      kind: 'calendar',
      startsAtMs: 0,
    });
  });

  it('cuts time without gaps or overlaps, in any zone', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia', 'Africa/Casablanca'];
    const moments = fc.integer({ min: Date.UTC(2010, 0), max: Date.UTC(2040, 0) });
    const periods = fc.constantFrom<CalendarPeriod>('day', 'week', 'month', 'year');
    fc.assert(
      fc.property(moments, fc.constantFrom(...zones), periods, (now, zone, period) => {
        const calendar = createCalendar(period, zone);
        const { startsAtMs, endsAtMs = 0 } = calendar(now);
        expect(startsAtMs).toBeLessThanOrEqual(now);
        expect(endsAtMs).toBeGreaterThan(now);
        expect(calendar(endsAtMs).startsAtMs).toBe(endsAtMs);
        expect(calendar(startsAtMs - 1).endsAtMs).toBe(startsAtMs);
      }),
      { numRuns: 300 },
    );
  });
});
