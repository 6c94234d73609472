import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../test/kit/deployments.ts';
import { createVitals } from './vitals.ts';

const minute = 60_000;

/** An attempt that answers after so long and takes so long to tell so many tokens. */
function measured(times: readonly { firstMs: number; restMs: number; tokens: number }[]) {
  const clock = virtualClock();
  const vitals = createVitals(clock);
  for (const { firstMs, restMs, tokens } of times) {
    const attempt = vitals.begin('x');
    clock.pass(firstMs);
    attempt.answered(false);
    clock.pass(restMs);
    attempt.over(tokens);
  }
  return { clock, vitals };
}

describe('vitals', () => {
  it('count what is not over, however it ends, once', () => {
    const vitals = createVitals(virtualClock());
    expect(vitals.of('x')).toBeUndefined();
    const [one, other] = [vitals.begin('x'), vitals.begin('x')];
    expect(vitals.of('x')).toEqual({ inFlight: 2 });
    one.over();
    one.over();
    other.answered(false);
    expect(vitals.of('x')?.inFlight).toBe(1);
    other.over(100);
    expect(vitals.view()).toEqual([{ deployment: 'x', inFlight: 0, firstTokenMs: 0 }]);
  });

  it('tell the time to the first token and the speed of what follows', () => {
    const { vitals } = measured([{ firstMs: 400, restMs: 2_000, tokens: 100 }]);
    expect(vitals.of('x')).toEqual({ inFlight: 0, firstTokenMs: 400, tokensPerSecond: 50 });
  });

  it('say nothing of speed by answers that were short, broke off or were not counted', () => {
    for (const [restMs, tokens] of [
      [2_000, 19],
      [49, 100],
      [2_000, undefined],
    ] as const) {
      const clock = virtualClock();
      const vitals = createVitals(clock);
      const attempt = vitals.begin('x');
      attempt.answered(false);
      clock.pass(restMs);
      attempt.over(tokens);
      expect(vitals.of('x')?.tokensPerSecond).toBeUndefined();
    }
  });

  it('of an answer that came at once know its speed, and no first token', () => {
    const clock = virtualClock();
    const vitals = createVitals(clock);
    const attempt = vitals.begin('x');
    clock.pass(2_000);
    attempt.answered(true);
    clock.pass(10_000);
    attempt.over(100);
    expect(vitals.of('x')).toEqual({ inFlight: 0, tokensPerSecond: 50 });
  });

  it('count older answers less and less, and forget them', () => {
    const { clock, vitals } = measured([{ firstMs: 1_000, restMs: 0, tokens: 0 }]);
    clock.pass(5 * minute);
    const attempt = vitals.begin('x');
    clock.pass(100);
    attempt.answered(false);
    // The old one counts half.
    expect(vitals.of('x')?.firstTokenMs).toBeCloseTo((1_000 / 2 + 100) / 1.5, 0);
    clock.pass(60 * minute);
    expect(vitals.of('x')).toEqual({ inFlight: 1 });
  });

  it('are live for whoever asks for many, and the same list until others come', () => {
    const vitals = createVitals(virtualClock());
    const asked = [{ name: 'x' }, { name: 'y' }];
    expect(vitals.pulses(asked)).toEqual([undefined, undefined]);
    const attempt = vitals.begin('x');
    const pulses = vitals.pulses(asked);
    expect(pulses).toMatchObject([{ inFlight: 1 }, undefined]);
    attempt.over();
    vitals.begin('x');
    vitals.begin('x');
    expect(pulses).toMatchObject([{ inFlight: 2 }, undefined]);
    expect(vitals.pulses(asked)).toBe(pulses);
    for (let at = 0; at < 10_000; at += 1) vitals.begin(`d${at}`);
    expect(vitals.pulses(asked)).toEqual([undefined, undefined]);
  });

  it('are kept of so many deployments, the oldest not', () => {
    const vitals = createVitals(virtualClock());
    for (let at = 0; at <= 10_000; at += 1) vitals.begin(`d${at}`).over();
    expect([vitals.of('d0'), vitals.of('d1')]).toEqual([undefined, { inFlight: 0 }]);
  });
});
