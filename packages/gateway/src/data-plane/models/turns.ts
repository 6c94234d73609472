import { setImmediate as othersHadTheirTurn } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';

/** Does long work in short turns of the event loop, so that nobody's request waits for it. */
export interface Turns {
  /** One work after another: many at once would take their turns in the same round of the loop. Rejects with what the work throws. */
  run<Made>(work: Generator<void, Made>): Promise<Made>;
}

/** A turn ends with the first step that reaches this. */
const turnMs = 3;

export function createTurns(clock: Pick<Clock, 'monotonicMs'>): Turns {
  let last: Promise<unknown> = Promise.resolve();

  async function finish<Made>(work: Generator<void, Made>): Promise<Made> {
    for (let endsAt = clock.monotonicMs() + turnMs; ;) {
      const { done, value } = work.next();
      if (done) return value;
      if (clock.monotonicMs() < endsAt) continue;
      await othersHadTheirTurn();
      endsAt = clock.monotonicMs() + turnMs;
    }
  }

  return {
    run<Made>(work: Generator<void, Made>) {
      const made = last.then(() => finish(work));
      last = made.catch(() => {});
      return made;
    },
  };
}
