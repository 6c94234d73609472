import { expect, it } from 'vitest';
import { virtualClock } from '../../test/kit/deployments.ts';
import { createRetryBudget } from './retry-budget.ts';

/** So many exchanges per second, each of which would like this many further attempts, for a while. */
function outage({ perSecond, wanted, seconds }: { perSecond: number; wanted: number; seconds: number }) {
  const clock = virtualClock();
  const budget = createRetryBudget(clock);
  let granted = 0;
  for (let second = 0; second < seconds; second += 1) {
    for (let at = 0; at < perSecond; at += 1) {
      budget.earn('openai');
      for (let retry = 0; retry < wanted; retry += 1) granted += budget.spend('openai') ? 1 : 0;
      clock.pass(1000 / perSecond);
    }
  }
  return granted;
}

it('an outage at high load makes a fifth more attempts, and not four times as many', () => {
  const granted = outage({ perSecond: 500, wanted: 3, seconds: 60 });
  expect(granted).toBeLessThanOrEqual(0.2 * 30_000 + 5 * 60 + 100);
  expect(granted).toBeGreaterThan(0.2 * 30_000);
});

it('whoever asks seldom gets all the attempts that are wanted', () => {
  expect(outage({ perSecond: 1, wanted: 3, seconds: 600 })).toBe(1_800);
});

it('the outage of one provider uses up nothing of another one', () => {
  const budget = createRetryBudget(virtualClock());
  for (let times = 0; times < 200; times += 1) budget.spend('down');
  expect(budget.spend('down')).toBe(false);
  expect(budget.spend('well')).toBe(true);
});
