import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ann, attemptOf, openTestLedger, type WrittenLimits } from '../../test/kit/ledger.ts';

const caller = { payer: ann, exchangeId: 'ex_1', session: 's' };
const minute = { every: 'minute', scope: { key: 'ann-laptop' } } as const;

const limits: WrittenLimits = {
  budgets: [{ id: 'b', dollars: 10, every: 'day', scope: { team: 'platform' } }],
  rateLimits: [
    { id: 'r', requests: 4, ...minute },
    { id: 't', tokens: 90, ...minute },
    { id: 'c', concurrent_requests: 3, scope: { key: 'ann-laptop' } },
  ],
};

describe('a rehearsal', () => {
  it('answers as a reservation would, whatever has gone before, and changes nothing', () => {
    const step = fc.record({ dollars: fc.integer({ min: 0, max: 6 }), tokens: fc.integer({ min: 0, max: 120 }) });
    const pause = fc.integer({ min: 0, max: 40_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(step, pause), { maxLength: 12 }), (steps) => {
        const { ledger, clock } = openTestLedger(limits);
        for (const [{ dollars, tokens }, pauseMs] of steps) {
          clock.nowMs += pauseMs;
          const attempt = attemptOf(dollars, { tokens });
          const foreseen = [1, 2].map(() => told(ledger.rehearse(caller).reserve(attempt)));
          const real = told(ledger.open(caller).reserve(attempt));
          expect(foreseen).toEqual([real, real]);
        }
      }),
    );
  });

  it('tells how things will stand at another time', async () => {
    const { ledger, clock } = openTestLedger(limits);
    await ledger.open(caller).reserve(attemptOf(10));
    const tomorrow = clock.nowMs + 2 * 3_600_000;
    expect(told(ledger.rehearse(caller).reserve(attemptOf(1)))).toBe('b');
    expect(told(ledger.rehearse(caller, tomorrow).reserve(attemptOf(1)))).toBe('granted');
  });

  it('knows that a request would wait, and limits in shadow mode', () => {
    const written = {
      budgets: [{ id: 'b', dollars: 1, every: 'day', scope: {}, mode: 'shadow' }],
      rateLimits: [{ id: 'r', requests: 1, ...minute, queue_s: 90 }],
    } as const;
    const { ledger } = openTestLedger(written);
    void ledger.open(caller).reserve(attemptOf(0));
    const tab = ledger.rehearse(caller);
    expect(told(tab.reserve(attemptOf(2)))).toBe('granted');
    expect(tab.waitedMs()).toBe(60_000);
    expect(tab.shadowed().map(({ limitId }) => limitId)).toEqual(['b']);
  });
});

/** `granted`, or the limit that refuses. */
function told(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return 'nothing';
  if (!('refused' in answer)) return 'granted';
  return 'limitId' in answer ? String(answer.limitId) : 'unreachable';
}
