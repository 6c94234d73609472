import type { RestReason } from '@turnpike/contract/exchange-record';

/**
 * What is remembered of one subject (a key, a deployment, a model at a provider) that has failed: an immutable value, of which the functions below
 * make the next one. Attempts are numbered in the order in which they begin.
 */
export interface Breaker {
  /** Failures since the last success. */
  readonly streak: number;
  readonly window: { readonly fromMs: number; readonly attempts: number; readonly failures: number };
  /** The last rest, until it is over and what came after it went well. */
  readonly rest?: Rest;
}

interface Rest {
  readonly why: RestReason;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Attempts before this one say nothing of how things stand since. */
  readonly sinceAttempt: number;
  /** How many rests in a row this is. */
  readonly times: number;
  /** An attempt has succeeded since. Until then they go one at a time. */
  readonly proven: boolean;
  readonly probe?: { readonly attempt: number; readonly untilMs: number } | undefined;
}

/** How a subject stands. `share`: of the sessions that may go there, from 0 to 1. */
export type Standing =
  | { readonly state: 'ready' }
  | { readonly state: 'recovering'; readonly share: number; readonly why: RestReason }
  | { readonly state: 'resting'; readonly untilMs: number; readonly why: RestReason };

export const ready: Standing = { state: 'ready' };

interface RestRules {
  /** First rest where nobody says how long; it doubles each time that it was not enough. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** One failure may be chance: it takes several. */
  readonly patient?: true;
}

const minute = 60_000;

const rules: Readonly<Record<RestReason, RestRules>> = {
  'credential-refused': { baseMs: minute, maxMs: 30 * minute },
  'quota-exhausted': { baseMs: 5 * minute, maxMs: 60 * minute },
  'rate-limited': { baseMs: 10_000, maxMs: 5 * minute },
  'model-missing': { baseMs: minute, maxMs: 60 * minute },
  failing: { baseMs: 5_000, maxMs: 5 * minute, patient: true },
  unreachable: { baseMs: 5_000, maxMs: 2 * minute, patient: true },
};

/** When many failures are no chance any more: so many in a row, or such a share of enough attempts within the window. */
const usualPatience: Patience = { maxStreak: 5, minAttempts: 10 };
/** With what is certain, and with whoever is recovering. */
const littlePatience: Patience = { maxStreak: 2, minAttempts: 4 };
const windowMs = 30_000;
const maxShare = 0.5;

interface Patience {
  readonly maxStreak: number;
  readonly minAttempts: number;
}

/** What a provider says of times is believed within these bounds. */
const minToldMs = 1_000;
const maxToldMs = 60 * minute;
/** A rest that nobody prescribed may be so much shorter or longer, or else replicas would come back all at once. */
const jitter = 0.2;
/** Sessions come back little by little: for as long as the rest was, but no longer than this. Where it fails again and again: so many times as long, up to this. */
const maxRecoveryMs = 30_000;
const maxRepeatedRecoveryMs = 5 * minute;
/** Whoever fails again so soon after a rest may be up and down all the time: each of its rests is longer than the one before. */
const flappingMs = 10 * minute;
const firstShare = 0.1;
/** An attempt that has not ended after this long no longer keeps others from trying. */
const probeMs = 30_000;

export function standingOf({ rest }: Breaker, nowMs: number): Standing {
  if (!rest) return ready;
  const { why, untilMs, proven, probe } = rest;
  if (nowMs < untilMs) return { state: 'resting', untilMs, why };
  if (!proven && probe && nowMs < probe.untilMs) return { state: 'resting', untilMs: probe.untilMs, why };
  const share = Math.min(1, firstShare + (nowMs - untilMs) / recoveryMs(rest));
  return proven && share === 1 ? ready : { state: 'recovering', share, why };
}

function recoveryMs({ why, fromMs, untilMs, times }: Rest): number {
  const restMs = untilMs - fromMs;
  const isRepeated = rules[why].patient === true && times > 1;
  return isRepeated ? Math.min(maxRepeatedRecoveryMs, times * restMs) : Math.min(maxRecoveryMs, restMs);
}

/** How long it counts that there was a rest: until all sessions may be back, and where it was for a patient reason for longer. */
function isRecent(rest: Rest, nowMs: number): boolean {
  const memoryMs = rules[rest.why].patient ? flappingMs : recoveryMs(rest);
  return !rest.proven || nowMs < rest.untilMs + Math.max(memoryMs, recoveryMs(rest));
}

/** An attempt begins. The first one after a rest is the probe, which all others wait for. */
export function begun(breaker: Breaker, attempt: number, nowMs: number): Breaker {
  const { rest } = breaker;
  if (!rest || rest.proven || standingOf(breaker, nowMs).state === 'resting') return breaker;
  return { ...breaker, rest: { ...rest, probe: { attempt, untilMs: nowMs + probeMs } } };
}

/** An attempt ended in a way that says nothing of this subject. */
export function undecided(breaker: Breaker, attempt: number): Breaker {
  const { rest } = breaker;
  if (rest?.probe?.attempt !== attempt) return breaker;
  return { ...breaker, rest: { ...rest, probe: undefined } };
}

/** An attempt succeeded. Undefined: all is well, and there is nothing left to remember. */
export function succeeded(breaker: Breaker, attempt: number, nowMs: number): Breaker | undefined {
  const { rest } = breaker;
  if (rest && attempt < rest.sinceAttempt) return breaker;
  const window = counted(breaker, nowMs, 0);
  if (!rest) return window.failures === 0 ? undefined : { streak: 0, window };
  // Whoever was asked in need, before the rest was over, is well again from now on.
  const untilMs = Math.min(rest.untilMs, nowMs);
  const recovered = { ...rest, untilMs, fromMs: Math.min(rest.fromMs, untilMs - minToldMs), proven: true };
  const next = { streak: 0, window, rest: recovered };
  return !isRecent(recovered, nowMs) && window.failures === 0 ? undefined : next;
}

/** A failure of this subject's own. */
export interface Mishap {
  readonly attempt: number;
  /** The newest attempt of all that have begun. */
  readonly newest: number;
  readonly why: RestReason;
  /** What the provider says to wait, in milliseconds. */
  readonly toldMs?: number;
  /** It is hardly chance. */
  readonly certain?: true;
  /** From 0 to 1. */
  readonly chance: number;
}

export function failed(breaker: Breaker | undefined, mishap: Mishap, nowMs: number): Breaker {
  const before = breaker ?? { streak: 0, window: { fromMs: nowMs, attempts: 0, failures: 0 } };
  const { rest } = before;
  const next = { ...before, streak: before.streak + 1, window: counted(before, nowMs, 1) };
  if (rest && (mishap.attempt < rest.sinceAttempt || nowMs < rest.untilMs))
    return prolonged(before, rest, mishap, nowMs);
  const isRelapse = rest !== undefined && !rest.proven;
  const isEnough =
    isRelapse || rules[mishap.why].patient !== true || isTooMuch(next, patienceWith(rest, mishap, nowMs));
  return isEnough ? { ...next, rest: restAfter(rest, mishap, nowMs) } : next;
}

/** What was learned while it rested anyway, or by an attempt from before: nothing, but for a longer time to wait. */
function prolonged(breaker: Breaker, rest: Rest, { toldMs }: Mishap, nowMs: number): Breaker {
  if (rest.proven || toldMs === undefined || rules[rest.why].patient === true) return breaker;
  const untilMs = Math.max(rest.untilMs, nowMs + within(toldMs));
  return { ...breaker, rest: { ...rest, untilMs } };
}

function patienceWith(rest: Rest | undefined, { certain }: Mishap, nowMs: number): Patience {
  const isRecovering = rest !== undefined && nowMs < rest.untilMs + recoveryMs(rest);
  return certain || isRecovering ? littlePatience : usualPatience;
}

function isTooMuch({ streak, window }: Breaker, { maxStreak, minAttempts }: Patience): boolean {
  if (streak >= maxStreak) return true;
  return window.attempts >= minAttempts && window.failures >= maxShare * window.attempts;
}

function restAfter(before: Rest | undefined, { why, newest, toldMs, chance }: Mishap, nowMs: number): Rest {
  const times = before !== undefined && isRecent(before, nowMs) ? before.times + 1 : 1;
  const { baseMs, maxMs } = rules[why];
  const guessMs = Math.min(baseMs * 2 ** (times - 1), maxMs) * (1 - jitter + 2 * jitter * chance);
  const restMs = toldMs === undefined ? guessMs : within(toldMs);
  return { why, fromMs: nowMs, untilMs: nowMs + restMs, sinceAttempt: newest + 1, times, proven: false };
}

function within(toldMs: number): number {
  return Math.min(Math.max(toldMs, minToldMs), maxToldMs);
}

function counted({ window }: Breaker, nowMs: number, failures: 0 | 1): Breaker['window'] {
  if (nowMs - window.fromMs > windowMs) return { fromMs: nowMs, attempts: 1, failures };
  return { ...window, attempts: window.attempts + 1, failures: window.failures + failures };
}
