import { Failure } from '../../core/failure.ts';
import type { Mutable } from '../../core/mutable.ts';
import type { Inbound } from '../inbound.ts';
import type { Deadline, Patience } from './patience.ts';

/** How one attempt goes. Its life lies inside its exchange's: it also ends when it is too slow to begin, or when another attempt was quicker. */
export interface Course {
  /** The request as this attempt knows it: the signal is the attempt's own, and the agent's socket is left to the attempt that had it first. */
  readonly inbound: Inbound;
  /** It was started beside another one, which was slow. */
  readonly hedge: boolean;
  /** Why it was ended from outside, if it was. */
  readonly ended: Failure | undefined;
  /** The request is on its way: the answer's time to begin is running. */
  sent(answer: ExpectedAnswer): void;
  /** The answer has begun: from here on it is the only one. Throws where it was ended before that. */
  win(): void;
}

/** An answer that has not begun yet. */
export interface ExpectedAnswer {
  /** It will come in pieces, so that the first one tells that the rest follows. */
  readonly streams: boolean;
  /** Its head is here. */
  hasHead(): boolean;
  /** Any of it is here, though perhaps nothing that the client will be told at once. */
  hasBegun(): boolean;
}

/** A course as whoever started it holds it. */
export interface RunningCourse extends Course {
  readonly won: boolean;
  /** Ends the attempt at once. */
  end(why: Failure): void;
  /** It is over. */
  close(): void;
}

export interface CourseParts {
  readonly inbound: Inbound;
  readonly hedge: boolean;
  readonly patience: Patience;
  /** It is slow to begin. */
  onSlow(): void;
  onWin(): void;
}

export function startCourse({ inbound, hedge, patience, onSlow, onWin }: CourseParts): RunningCourse {
  const life = new AbortController();
  const leave = () => life.abort();
  let timers: readonly NodeJS.Timeout[] = [];
  let expected: ExpectedAnswer | undefined;
  const { deadline } = patience;
  const endTimer =
    deadline && setTimeout(() => expected?.hasBegun() || course.end(pastDeadline(deadline)), deadline.leftMs);
  if (inbound.signal.aborted) leave();
  else inbound.signal.addEventListener('abort', leave, { once: true });

  function stopTimers(): void {
    for (const timer of timers) clearTimeout(timer);
  }

  function stopAll(): void {
    stopTimers();
    clearTimeout(endTimer);
  }

  const course: Mutable<RunningCourse> = {
    inbound: { ...(hedge ? withoutChannel(inbound) : inbound), signal: life.signal },
    hedge,
    ended: undefined,
    won: false,
    sent(answer) {
      stopTimers();
      expected = answer;
      const { streams, hasHead, hasBegun } = answer;
      const { headMs, hedgeAfterMs } = patience;
      const ms = streams ? patience.streamMs : patience.wholeMs;
      const after = (delayMs: number | undefined, act: () => unknown) =>
        streams && delayMs !== undefined && delayMs < ms ? [setTimeout(act, delayMs)] : [];
      timers = [
        setTimeout(() => hasBegun() || course.end(tooLate(ms)), ms),
        ...after(headMs, () => hasHead() || course.end(tooLate(headMs))),
        ...after(hedgeAfterMs, () => hasBegun() || onSlow()),
      ];
    },
    win() {
      if (course.ended) throw course.ended;
      stopAll();
      if (course.won) return;
      course.won = true;
      onWin();
    },
    end(why) {
      if (course.won || course.ended) return;
      course.ended = why;
      stopAll();
      life.abort();
    },
    close() {
      stopAll();
      inbound.signal.removeEventListener('abort', leave);
    },
  };
  return course;
}

/** A provider is spoken to over one socket for each of the agent's, and the attempt that is there already has it. */
function withoutChannel(inbound: Inbound): Inbound {
  const { channel: _, ...alone } = inbound;
  return alone;
}

function tooLate(ms = 0): Failure {
  return new Failure('upstream-timeout', `The provider did not begin its answer within ${Math.round(ms)} ms.`);
}

function pastDeadline({ wholeMs }: Deadline): Failure {
  return new Failure(
    'upstream-timeout',
    `No answer began within the ${wholeMs} ms that all attempts together may take.`,
  );
}
