import { setImmediate as nextRound } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

/** A clock on which every look takes a millisecond. */
function slowClock() {
  let nowMs = 0;
  return { monotonicMs: () => (nowMs += 1) };
}

describe('long work', () => {
  it('lets others have their turn, and never does two works’ steps in one round of the loop', async () => {
    const turns = createTurns(slowClock());
    let round = 0;
    const rounds: number[] = [];
    function* work(): Generator<void, string> {
      for (let step = 0; step < 30; step += 1) {
        rounds.push(round);
        yield;
      }
      return 'made';
    }
    const both = Promise.all([turns.run(work()), turns.run(work())]);
    const isDone = both.then(() => true);
    while (!(await Promise.race([isDone, nextRound(false)]))) round += 1;
    expect(await both).toEqual(['made', 'made']);
    const stepsIn = [...new Set(rounds)].map((each) => rounds.filter((other) => other === each).length);
    expect(stepsIn.length).toBeGreaterThan(10);
    expect(Math.max(...stepsIn)).toBeLessThanOrEqual(6);
  });

  it('that fails is told of, and what comes after it is done', async () => {
    const turns = createTurns(slowClock());
    const failing = turns.run(
      (function* (): Generator<void, never> {
        yield;
        throw new Error('odd');
      })(),
    );
    const next = turns.run(
      (function* (): Generator<void, number> {
        yield;
        return 1;
      })(),
    );
    await expect(failing).rejects.toThrow('odd');
    expect(await next).toBe(1);
  });
});
