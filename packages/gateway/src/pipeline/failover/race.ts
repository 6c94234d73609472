import { Failure } from '../../core/failure.ts';
import type { Deployment } from '../../config/deployment.ts';
import { failureOf } from '../failure-of.ts';
import type { Inbound } from '../inbound.ts';
import { type Course, type RunningCourse, startCourse } from './course.ts';
import { type Patience, patienceBeside } from './patience.ts';

/** A deployment that has failed a request, and how. */
export interface Failed {
  readonly deployment: Deployment;
  readonly failure: Failure;
  /** Its answer had begun. */
  readonly begun: boolean;
}

/** One attempt: the answer that has begun. Throws what refuses it or broke before. */
export type OpenOne<Opened> = (deployment: Deployment, course: Course) => Promise<Opened>;

export interface RaceParts<Opened> {
  readonly inbound: Inbound;
  readonly patience: Patience;
  readonly open: OpenOne<Opened>;
  /** Who is asked beside a deployment that is slow, if anybody. */
  another(slow: Deployment): Deployment | undefined;
  /** An attempt has failed by itself. `hedge`: it ran beside another one. */
  onFailed(failed: Failed, hedge: boolean): void;
}

/** The answer that has begun, or the failure that decides. */
export type Finish<Opened> = { readonly opened: Opened; readonly deployment: Deployment } | { readonly failed: Failed };

/**
 * Runs an attempt at a deployment, and where that is slow to begin, one at another beside it. Whoever begins first answers, and the other is
 * cancelled. What the other says against the request does not count as long as the first one is still at it.
 */
export function runRace<Opened>(first: Deployment, parts: RaceParts<Opened>): Promise<Finish<Opened>> {
  const { inbound, patience, open, another, onFailed } = parts;
  const running = new Set<RunningCourse>();
  return new Promise((resolve) => {
    function enter(deployment: Deployment, hedge: boolean): void {
      const course = startCourse({
        inbound,
        hedge,
        patience: hedge ? patienceBeside(patience) : patience,
        onSlow() {
          const next = hedge || running.size > 1 ? undefined : another(deployment);
          if (next) enter(next, true);
        },
        onWin: () => cancelAllBut(course),
      });
      running.add(course);
      open(deployment, course).then(
        (opened) => resolve({ opened, deployment }),
        (thrown: unknown) => lose(course, { deployment, failure: failureOf(thrown, inbound), begun: course.won }),
      );
    }

    function lose(course: RunningCourse, failed: Failed): void {
      course.close();
      running.delete(course);
      // Another may have won while this one's own failure was still on its way here.
      if (isOutpaced(failed.failure) || isOutpaced(course.ended)) return;
      onFailed(failed, course.hedge);
      const decides = failed.begun || (!course.hedge && !mayHelpElsewhere(failed.failure));
      if (!decides && running.size > 0) return;
      cancelAllBut(course);
      resolve({ failed });
    }

    function cancelAllBut(course: RunningCourse): void {
      for (const other of running) if (other !== course) other.end(outpaced());
    }

    enter(first, false);
  });
}

/** What is too long for one may not be for the other. */
function mayHelpElsewhere({ code, traits }: Failure): boolean {
  return traits.elsewhere || code === 'context-too-long';
}

/** Not the deployment's fault, nor anybody's: it is no longer wanted. */
function outpaced(): Failure {
  return new Outpaced('client-gone', 'Another deployment began to answer first.');
}

class Outpaced extends Failure {}

/** Whether an attempt ended only because another was quicker. */
export function isOutpaced(failure: Failure | undefined): boolean {
  return failure instanceof Outpaced;
}
