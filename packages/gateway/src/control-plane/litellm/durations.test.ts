import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCalendar } from '../../ledger/calendar.ts';
import { momentAfter, notationOf, windowOf } from './durations.ts';

/** A Saturday. */
const now = Date.UTC(2026, 10, 21, 14, 30);

describe('the window of a budget', () => {
  it.each([
    ['1h', '2026-11-21T15:00Z'],
    ['60m', '2026-11-21T15:00Z'],
    ['hourly', '2026-11-21T15:00Z'],
    ['1d', '2026-11-22T00:00Z'],
    ['24h', '2026-11-22T00:00Z'],
    ['daily', '2026-11-22T00:00Z'],
    ['7d', '2026-11-23T00:00Z'],
    ['1w', '2026-11-23T00:00Z'],
    ['weekly', '2026-11-23T00:00Z'],
    ['30d', '2026-12-01T00:00Z'],
    ['1mo', '2026-12-01T00:00Z'],
    ['monthly', '2026-12-01T00:00Z'],
    ['yearly', '2027-01-01T00:00Z'],
  ])('%s ends where LiteLLM’s does: %s', (duration, end) => {
    const { endsAtMs } = createCalendar(windowOf(duration), 'UTC')(now);
    expect(endsAtMs).toBe(Date.parse(end));
  });

  it.each([undefined, null, ''])('is forever where none is said: %j', (duration) => {
    expect(windowOf(duration)).toBe('total');
  });

  it.each(['45d', '2h', '30s', '5m', '2w', '365d', '12mo', '1D', ' 1d', '1 d', '-1d', 'constructor', '__proto__'])(
    'that we cannot count in is refused: %j',
    (duration) => {
      expect(() => windowOf(duration)).toThrow(/is not a window that budgets have here/);
    },
  );

  it('is told as it was said, while it is the same one', () => {
    expect(notationOf('day', 'daily')).toBe('daily');
    expect(notationOf('week', 'daily')).toBe('7d');
    expect(notationOf('total', 'daily')).toBeNull();
  });
});

describe('a moment', () => {
  it.each([
    ['30s', '2026-11-21T14:30:30Z'],
    ['5m', '2026-11-21T14:35Z'],
    ['1h', '2026-11-21T15:30Z'],
    ['7d', '2026-11-28T14:30Z'],
    ['2w', '2026-12-05T14:30Z'],
    ['1mo', '2026-12-21T14:30Z'],
    ['14mo', '2028-01-21T14:30Z'],
  ])('after %s is %s', (duration, moment) => {
    expect(momentAfter(duration, now)).toBe(Date.parse(moment));
  });

  it('a month after the last day of a long one is the last day of a short one', () => {
    expect(momentAfter('1mo', Date.UTC(2027, 0, 31))).toBe(Date.UTC(2027, 1, 28));
  });

  it('is in the future and can be written, or the text is refused', () => {
    const unit = fc.constantFrom('s', 'm', 'h', 'd', 'w', 'mo', 'y', '');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(fc.nat(), unit).map((each) => each.join('')),
          fc.string(),
        ),
        (duration) => {
          expect(tried(duration)).toMatch(/^\d{4}-\d\d-\d\dT|is not a duration/);
        },
      ),
    );
  });
});

/** The moment after a duration, or why there is none. */
function tried(duration: string): string {
  try {
    return new Date(momentAfter(duration, now)).toISOString();
  } catch (error) {
    return String(error);
  }
}
