import type { Clock } from '../core/clock.ts';

/** How deployments do, measured from what passes through: in memory, each replica for itself. Deployments go by their names (`deploymentName`). */
export interface Vitals {
  /** An attempt goes out. */
  begin(deployment: string): VitalAttempt;
  /** Undefined: nothing is known. */
  of(deployment: string): VitalSigns | undefined;
  /** The same for many, in their order, live: for the same array it is the same one until somebody becomes known or is forgotten. */
  pulses(deployments: readonly { readonly name: string }[]): readonly (Pulse | undefined)[];
  /** All that is known, for people and metrics. */
  view(): readonly VitalRow[];
}

export interface VitalRow extends VitalSigns {
  readonly deployment: string;
}

/** One attempt, as it goes on. */
export interface VitalAttempt {
  /** A real answer has begun. `whole`: all of it came at once. */
  answered(whole: boolean): void;
  /** It is over, however it ended. `outputTokens`: where the answer came to its end and the provider has counted. More calls do nothing. */
  over(outputTokens?: number): void;
}

export interface VitalSigns {
  /** Attempts that are not over. */
  readonly inFlight: number;
  /** Averages in which older answers count less and less. Absent: not measured lately. */
  readonly firstTokenMs?: number;
  readonly tokensPerSecond?: number;
}

/** How one deployment does, at whatever moment it is looked at. */
export interface Pulse {
  readonly inFlight: number;
  readonly firstTokenMs?: Average;
  readonly tokensPerSecond?: Average;
}

/** A running average: how much all answers that it is made of count, as of then. */
export interface Average {
  readonly mean: number;
  readonly weight: number;
  /** By the monotonic clock. */
  readonly atMs: number;
  /** From then on it counts so little that it is no longer known. */
  readonly untilMs: number;
}

/** What was measured so long ago counts half. */
const halfLifeMs = 5 * 60_000;
/** What counts less than this share of one answer is no longer known. */
const leastWeight = 0.1;
/** Shorter answers say little of speed. */
const fewTokens = 20;
const shortMs = 50;
/** Callers may invent models at providers that take any name: the oldest are forgotten beyond this many. */
const maxSubjects = 10_000;

/** The measuring side of a pulse. */
interface Subject extends Pulse {
  inFlight: number;
  firstTokenMs?: Average;
  tokensPerSecond?: Average;
}

export function createVitals(clock: Pick<Clock, 'monotonicMs'>): Vitals {
  const known = new Map<string, Subject>();
  const asked = new WeakMap<object, { readonly comings: number; readonly pulses: readonly (Pulse | undefined)[] }>();
  /** How often somebody has become known, with whom another one may have been forgotten. */
  let comings = 0;

  function subjectOf(deployment: string): Subject {
    const found = known.get(deployment);
    if (found) return found;
    const subject: Subject = { inFlight: 0 };
    known.set(deployment, subject);
    comings += 1;
    const [oldest] = known.size > maxSubjects ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    return subject;
  }

  return {
    begin(deployment) {
      const subject = subjectOf(deployment);
      subject.inFlight += 1;
      return startAttempt(subject, clock);
    },
    of(deployment) {
      const subject = known.get(deployment);
      return subject && signsOf(subject, clock.monotonicMs());
    },
    pulses(deployments) {
      const before = asked.get(deployments);
      if (before?.comings === comings) return before.pulses;
      const pulses = deployments.map(({ name }) => known.get(name));
      asked.set(deployments, { comings, pulses });
      return pulses;
    },
    view: () => [...known].map(([deployment, subject]) => ({ deployment, ...signsOf(subject, clock.monotonicMs()) })),
  };
}

function startAttempt(subject: Subject, clock: Pick<Clock, 'monotonicMs'>): VitalAttempt {
  const startedMs = clock.monotonicMs();
  let answer: { readonly atMs: number; readonly whole: boolean } | undefined;
  let over = false;
  return {
    answered(whole) {
      answer = { atMs: clock.monotonicMs(), whole };
      if (!whole) subject.firstTokenMs = averaged(subject.firstTokenMs, answer.atMs - startedMs, answer.atMs);
    },
    over(outputTokens = 0) {
      if (over) return;
      over = true;
      subject.inFlight -= 1;
      if (!answer || outputTokens < fewTokens) return;
      const nowMs = clock.monotonicMs();
      // Of an answer that came at once, all of the time was spent on its tokens, as far as anybody can see.
      const spentMs = answer.whole ? answer.atMs - startedMs : nowMs - answer.atMs;
      if (spentMs < shortMs) return;
      subject.tokensPerSecond = averaged(subject.tokensPerSecond, (outputTokens * 1000) / spentMs, nowMs);
    },
  };
}

function averaged(before: Average | undefined, value: number, atMs: number): Average {
  const weight = (before ? before.weight * 2 ** ((before.atMs - atMs) / halfLifeMs) : 0) + 1;
  const mean = before ? before.mean + (value - before.mean) / weight : value;
  return { mean, weight, atMs, untilMs: atMs + halfLifeMs * Math.log2(weight / leastWeight) };
}

/** An average as long as it counts. */
export function meanAt(average: Average | undefined, nowMs: number): number | undefined {
  return average && nowMs <= average.untilMs ? average.mean : undefined;
}

function signsOf({ inFlight, firstTokenMs, tokensPerSecond }: Pulse, nowMs: number): VitalSigns {
  const [first, speed] = [meanAt(firstTokenMs, nowMs), meanAt(tokensPerSecond, nowMs)];
  return {
    inFlight,
    ...(first === undefined ? {} : { firstTokenMs: first }),
    ...(speed === undefined ? {} : { tokensPerSecond: speed }),
  };
}
