import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deploymentOf } from '../../../test/kit/deployments.ts';
import { inboundOf } from '../../../test/kit/inbound.ts';
import { station } from '../../../test/kit/journeys.ts';
import { createCatalog } from '../../catalog/create-catalog.ts';
import type { FailoverRules } from '../../config/build-failover.ts';
import type { Deployment, Plan } from '../../config/deployment.ts';
import { systemClock } from '../../core/clock.ts';
import { Failure } from '../../core/failure.ts';
import { ready, type Standing } from '../../routing/breaker.ts';
import { deploymentName } from '../../routing/deployment-name.ts';
import type { Itinerary } from '../../routing/itinerary.ts';
import { createRetryBudget, type RetryBudget } from '../../routing/retry-budget.ts';
import type { Course } from './course.ts';
import { isOutpaced, type OpenOne } from './race.ts';
import { startTour } from './tour.ts';

const a = deploymentOf({ provider: 'a' });
const b = deploymentOf({ provider: 'b' });
const c = deploymentOf({ provider: 'c' });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const plain: FailoverRules = {
  maxAttempts: 4,
  rounds: 1,
  backoffMs: 250,
  maxBackoffMs: 2_000,
  firstByteMs: 90_000,
  resume: false,
};
const headersTimeoutMs = 300_000;

interface Situation {
  readonly plan?: readonly [Deployment, ...Deployment[]];
  readonly rules?: Partial<FailoverRules>;
  readonly standing?: (deployment: Deployment) => Standing;
  readonly retries?: RetryBudget;
  /** In place of one that leads through the plan as it is written. */
  readonly itinerary?: Itinerary;
  readonly mayRepeat?: boolean;
  readonly signal?: AbortSignal;
}

function tourOf({ plan = [a, b], rules, standing = () => ready, mayRepeat = true, signal, ...given }: Situation) {
  const inbound = inboundOf({
    receivedAt: systemClock.now(),
    receivedMonotonicMs: systemClock.monotonicMs(),
    ...(signal ? { signal } : {}),
  });
  const limits = {
    headersTimeoutMs,
    connectTimeoutMs: 1,
    idleTimeoutMs: 1,
    keepaliveMs: 1,
    maxBodyBytes: 1,
    maxUploadBytes: 1,
  };
  return startTour(
    { itinerary: given.itinerary ?? itineraryOf(plan), asked: 'coder' },
    {
      inbound,
      snapshot: { failover: { ...plain, ...rules }, limits, catalog: createCatalog([]) },
      health: { standing },
      retries: given.retries ?? createRetryBudget(systemClock),
      clock: systemClock,
      mayRepeat: () => mayRepeat,
      mayHedge: () => mayRepeat,
    },
  );
}

/** The plan as it is written. */
function itineraryOf(plan: Plan): Itinerary {
  let left: readonly Deployment[] = plan;
  return {
    plan,
    isAtHome: false,
    remaining: () => left.length,
    preview: (count) => left.slice(0, count),
    next() {
      const [first, ...others] = left;
      left = others;
      return first;
    },
    left: () => left,
    keepOnly: (fits) => void (left = left.filter(fits)),
    postpone: () => undefined,
    arrived: () => undefined,
  };
}

/** The same where all of them rest. */
function restingItinerary(plan: Plan): Itinerary {
  const here = station();
  for (const [at, each] of plan.entries())
    here.unwell.set(deploymentName(each), { state: 'resting', untilMs: here.clock.now() + at + 1, why: 'failing' });
  return here.start(plan);
}

/** What a deployment does when it is asked: fails, or begins to answer after a time. */
type Mood = Failure | { readonly beginsAfterMs: number };

interface Asked {
  readonly name: string;
  readonly atMs: number;
  readonly hedge: boolean;
}

/** Deployments in their moods, each asked as often as there are moods, the last of which stays. */
function house(moods: Readonly<Record<string, Mood | readonly Mood[]>>) {
  const startMs = systemClock.now();
  const asked: Asked[] = [];
  const ends: string[] = [];
  const open: OpenOne<string> = async ({ provider: { name } }, course) => {
    const times = asked.filter((each) => each.name === name).length;
    asked.push({ name, atMs: systemClock.now() - startMs, hedge: course.hedge });
    const all = [moods[name] ?? []].flat();
    const mood = all[Math.min(times, all.length - 1)];
    if (mood === undefined || mood instanceof Failure) throw mood ?? new TypeError('nobody is there');
    try {
      await answerAfter(mood.beginsAfterMs, course);
    } catch (thrown) {
      ends.push(`${name} ${thrown instanceof Failure && isOutpaced(thrown) ? 'outpaced' : String(thrown)}`);
      throw thrown;
    }
    return name;
  };
  return { open, asked, ends, names: () => asked.map(({ name }) => name) };
}

async function answerAfter(milliseconds: number, course: Course): Promise<void> {
  course.sent({ streams: true, hasHead: () => false, hasBegun: () => false });
  const { signal } = course.inbound;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  if (course.ended) throw course.ended;
  if (signal.aborted) throw new Failure('client-gone', 'Gone.');
  course.win();
}

/** Lets all timers have their time, and gives what it came to. */
async function settled(work: Promise<string>): Promise<string> {
  const told = work.catch((thrown: unknown) => (thrown instanceof Failure ? thrown.code : String(thrown)));
  await vi.runAllTimersAsync();
  return told;
}

const busy = new Failure('upstream-overloaded', 'Busy.');
const down = new Failure('upstream-unreachable', 'Nobody is there.');
const wrong = new Failure('upstream-request-refused', 'No such parameter.');
const noKey = new Failure('upstream-credential-refused', 'Who are you?');
const answers = (beginsAfterMs = 0) => ({ beginsAfterMs });

describe('a tour', () => {
  it('goes on to the next deployment while that may help', async () => {
    const { open, names } = house({ a: busy, b: answers() });
    expect(await settled(tourOf({}).open(open))).toBe('b');
    expect(names()).toEqual(['a', 'b']);
  });

  it('ends at once with what another would say, too', async () => {
    const { open, names } = house({ a: wrong, b: answers() });
    expect(await settled(tourOf({}).open(open))).toBe('upstream-request-refused');
    expect(names()).toEqual(['a']);
  });

  it('makes no more attempts than it may, and counts none that did not go out', async () => {
    const full = new Failure('deployment-limited', 'Full.');
    const { open, names } = house({ a: full, b: busy, c: answers() });
    expect(await settled(tourOf({ plan: [a, b, c], rules: { maxAttempts: 1 } }).open(open))).toBe(busy.code);
    expect(names()).toEqual(['a', 'b']);
  });

  it('goes on behind an answer that broke off, with what was tried counted', async () => {
    const { open, names } = house({ a: busy, b: answers(), c: answers() });
    const tour = tourOf({ plan: [a, b, c] });
    expect(await settled(tour.open(open))).toBe('b');
    const cut = new Failure('upstream-cut', 'It broke.');
    expect(await settled(tour.open(open, { deployment: b, failure: cut, begun: true }))).toBe('c');
    expect(await settled(tour.open(open, { deployment: c, failure: cut, begun: true }))).toBe('upstream-cut');
    expect(names()).toEqual(['a', 'b', 'c']);
  });

  it('is told as the most hopeful failure', async () => {
    const { open } = house({ a: busy, b: noKey });
    await expect(tourOf({}).open(open)).rejects.toMatchObject({
      code: 'upstream-overloaded',
      message: '2 deployments of "coder" failed. One of them: Busy.',
    });
  });
});

describe('a second round', () => {
  it('asks those once more whose failure may be over in a moment, after a pause', async () => {
    const { open, asked, names } = house({ a: [busy, answers()], b: noKey });
    expect(await settled(tourOf({ rules: { rounds: 2 } }).open(open))).toBe('a');
    expect(names()).toEqual(['a', 'b', 'a']);
    expect(asked[2]?.atMs).toBeGreaterThan(0);
    expect(asked[2]?.atMs).toBeLessThanOrEqual(250);
  });

  it('doubles its pause with each further one, as far as it may', async () => {
    const { open, asked } = house({ a: busy });
    const rules = { rounds: 10, maxAttempts: 10, backoffMs: 100, maxBackoffMs: 300 };
    await settled(tourOf({ plan: [a], rules }).open(open));
    const pauses = asked.map(({ atMs }, at) => atMs - (asked[at - 1]?.atMs ?? 0)).slice(1);
    const longest = [100, 200, ...Array.from({ length: 7 }, () => 300)];
    expect(pauses.every((each, at) => each <= (longest[at] ?? 0))).toBe(true);
    expect(pauses).toHaveLength(9);
  });

  it('waits for a deployment that rests, if that is no longer than a caller should wait', async () => {
    const { open, asked } = house({ a: [busy, answers()] });
    const restUntil = systemClock.now() + 1_500;
    const standing = (): Standing => ({ state: 'resting', untilMs: restUntil, why: 'rate-limited' });
    expect(await settled(tourOf({ plan: [a], rules: { rounds: 2 }, standing }).open(open))).toBe('a');
    expect(asked[1]?.atMs).toBeGreaterThanOrEqual(1_500);
    expect(asked[1]?.atMs).toBeLessThanOrEqual(1_750);
  });

  it.each([
    ['rests for longer', { standing: (): Standing => ({ state: 'resting', untilMs: Infinity, why: 'failing' }) }, busy],
    ['has refused the key', {}, noKey],
    ['was silent until its time was over', {}, new Failure('upstream-timeout', 'Late.')],
    ['must not be asked twice', { mayRepeat: false }, busy],
  ])('does not ask whoever %s', async (_, situation: Situation, failure) => {
    const { open, names } = house({ a: failure });
    await settled(tourOf({ plan: [a], rules: { rounds: 2 }, ...situation }).open(open));
    expect(names()).toEqual(['a']);
  });

  it('ends with its client', async () => {
    const leaving = new AbortController();
    const { open, names } = house({ a: busy });
    const asking = tourOf({ plan: [a], rules: { rounds: 2 }, signal: leaving.signal }).open(open);
    const told = asking.catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(0);
    leaving.abort();
    expect(await told).toMatchObject({ code: 'client-gone' });
    expect(names()).toEqual(['a']);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('patience', () => {
  it('goes on when an answer does not begin in time', async () => {
    const { open, asked } = house({ a: answers(20_000), b: answers() });
    expect(await settled(tourOf({ rules: { firstTokenMs: 5_000 } }).open(open))).toBe('b');
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 5_000]);
  });

  it('leaves a silent provider sooner where there is another one', async () => {
    const { open, asked } = house({ a: answers(200_000), b: answers(200_000) });
    expect(await settled(tourOf({}).open(open))).toBe('b');
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 90_000]);
  });

  it('ends all attempts together at the deadline', async () => {
    const { open, asked } = house({ a: answers(20_000), b: answers(20_000), c: answers() });
    const rules = { deadlineMs: 12_000, firstTokenMs: 8_000 };
    const started = systemClock.now();
    expect(await settled(tourOf({ plan: [a, b, c], rules }).open(open))).toBe('upstream-timeout');
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 8_000]);
    expect(systemClock.now() - started).toBe(12_000);
  });

  it.each([
    ['one that is slow and another beside it', { hedgeAfterMs: 1_000 }],
    ['one whose request is sent again', {}],
  ])('holds the deadline for %s', async (what, more) => {
    const { open } = house({ a: answers(9_000), b: answers(9_000) });
    const asking: OpenOne<string> = async (deployment, course) => {
      if (what.startsWith('one whose')) {
        course.sent({ streams: true, hasHead: () => false, hasBegun: () => false });
        await new Promise((resolve) => setTimeout(resolve, 3_000));
      }
      return open(deployment, course);
    };
    const started = systemClock.now();
    const told = tourOf({ plan: [a, b], rules: { deadlineMs: 5_000, ...more } })
      .open(asking)
      .catch((thrown: unknown) => thrown);
    await vi.runAllTimersAsync();
    expect(String(await told)).toContain('No answer began within the 5000 ms that all attempts together may take.');
    expect(systemClock.now() - started).toBe(5_000);
  });
});

describe('a hedge', () => {
  const rules = { hedgeAfterMs: 1_000 };

  it('is not made where the answer begins in time', async () => {
    const { open, names } = house({ a: answers(900), b: answers() });
    expect(await settled(tourOf({ rules }).open(open))).toBe('a');
    expect(names()).toEqual(['a']);
  });

  it('asks one more beside whoever is slow, and cancels that when it was quicker', async () => {
    const { open, asked, ends } = house({ a: answers(9_000), b: answers(500), c: answers() });
    expect(await settled(tourOf({ plan: [a, b, c], rules }).open(open))).toBe('b');
    expect(asked).toEqual([
      { name: 'a', atMs: 0, hedge: false },
      { name: 'b', atMs: 1_000, hedge: true },
    ]);
    expect(ends).toEqual(['a outpaced']);
  });

  it('is cancelled when the slow one begins first', async () => {
    const { open, ends } = house({ a: answers(1_200), b: answers(500) });
    expect(await settled(tourOf({ rules }).open(open))).toBe('a');
    expect(ends).toEqual(['b outpaced']);
  });

  it('that is refused leaves the slow one alone', async () => {
    const { open } = house({ a: answers(3_000), b: new Failure('budget-exhausted', 'Spent.') });
    expect(await settled(tourOf({ rules }).open(open))).toBe('a');
  });

  it('goes on alone when the slow one fails, and both failed leads to the next', async () => {
    const silent = { ...rules, firstTokenMs: 2_000 };
    expect(await settled(tourOf({ rules: silent }).open(house({ a: answers(9_000), b: answers(1_500) }).open))).toBe(
      'b',
    );
    const { open, names } = house({ a: answers(9_000), b: answers(9_000), c: answers() });
    expect(await settled(tourOf({ plan: [a, b, c], rules: silent }).open(open))).toBe('c');
    expect(names()).toEqual(['a', 'b', 'c']);
  });

  it('is over when the slow one says that the request is wrong', async () => {
    const { open, ends } = house({ b: answers(9_000) });
    const wrongLater: OpenOne<string> = async (deployment, course) => {
      if (deployment !== a) return open(deployment, course);
      course.sent({ streams: true, hasHead: () => false, hasBegun: () => false });
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      throw wrong;
    };
    expect(await settled(tourOf({ rules }).open(wrongLater))).toBe('upstream-request-refused');
    expect(ends).toEqual(['b outpaced']);
  });

  it.each([
    ['what must not be done twice', { mayRepeat: false }],
    ['more than may be tried', { rules: { ...rules, maxAttempts: 1 } }],
    [
      'somebody who rests',
      {
        standing: (deployment: Deployment): Standing =>
          deployment === b ? { state: 'resting', untilMs: Infinity, why: 'failing' } : ready,
      },
    ],
    ['what the gateway cannot afford', { retries: { earn: () => undefined, spend: () => false } }],
  ])('is not made of %s', async (_, situation: Situation) => {
    const { open, names } = house({ a: answers(9_000), b: answers() });
    expect(await settled(tourOf({ rules, ...situation }).open(open))).toBe('a');
    expect(names()).toEqual(['a']);
  });

  it('leaves no timer behind, and ends with its client', async () => {
    const leaving = new AbortController();
    const { open, ends } = house({ a: answers(9_000), b: answers(9_000) });
    const told = tourOf({ rules, signal: leaving.signal })
      .open(open)
      .catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(2_000);
    leaving.abort();
    expect(await told).toMatchObject({ code: 'client-gone' });
    expect(ends).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a slow place', () => {
  const again = deploymentOf({ provider: 'a', key: '2' });
  const firstTokenMs = 2_000;

  it.each([
    ['is left for another one before its second key is asked', { firstTokenMs }, ['a', 'b', 'a']],
    ['is outrun by another one', { firstTokenMs, hedgeAfterMs: 1_000 }, ['a', 'b', 'a']],
  ])('%s', async (_, rules, asked) => {
    const { open, names } = house({ a: answers(9_000), b: answers(9_000) });
    const itinerary = station().start([a, again, b]);
    await settled(tourOf({ itinerary, rules }).open(open));
    expect(names()).toEqual(asked);
  });

  it('is not what limits a key: then the next one is asked first', async () => {
    const { open, names } = house({ a: [new Failure('upstream-rate-limited', 'Slowly.'), answers()], b: answers() });
    const itinerary = station().start([a, again, b]);
    await settled(tourOf({ itinerary }).open(open));
    expect(names()).toEqual(['a', 'a']);
  });
});

describe('the retry budget', () => {
  const resting: Standing = { state: 'resting', untilMs: Infinity, why: 'failing' };
  const whoRests =
    (...all: readonly Deployment[]) =>
    (deployment: Deployment): Standing =>
      all.includes(deployment) ? resting : ready;

  /** Nobody has any, but for these. */
  function onlyFor(...providers: readonly string[]): RetryBudget {
    return { earn: () => undefined, spend: (provider) => providers.includes(provider) };
  }

  it('is none of a request’s first attempts at those who are well', async () => {
    const { open, names } = house({ a: busy, b: busy, c: answers() });
    expect(await settled(tourOf({ plan: [a, b, c], retries: onlyFor() }).open(open))).toBe('c');
    expect(names()).toEqual(['a', 'b', 'c']);
  });

  it('is none of the very first attempt, whoever rests', async () => {
    const { open } = house({ a: answers() });
    expect(await settled(tourOf({ retries: onlyFor(), standing: whoRests(a, b) }).open(open))).toBe('a');
  });

  it('pays for asking those who rest, and whoever has none is passed over', async () => {
    const { open, names } = house({ a: busy, b: answers(), c: answers() });
    const parts = { plan: [a, b, c], standing: whoRests(a, b, c), rules: { rounds: 1 } } as const;
    const itinerary = restingItinerary(parts.plan);
    expect(await settled(tourOf({ ...parts, itinerary, retries: onlyFor('c') }).open(open))).toBe('c');
    expect(names()).toEqual(['a', 'c']);
  });

  it('pays for a second round, of whoever is asked again', async () => {
    const rules = { rounds: 2 };
    const poor = house({ a: [busy, answers()], b: [busy, answers()] });
    expect(await settled(tourOf({ rules, retries: onlyFor('b') }).open(poor.open))).toBe('b');
    expect(poor.names()).toEqual(['a', 'b', 'b']);
  });
});

describe('in an outage', () => {
  it('nobody is asked more often than once by each request, a fifth more, five times in a second, and what was saved up', async () => {
    const anyMood = fc.constantFrom<Mood>(busy, down, answers(30), answers(400), answers(5_000));
    const request = fc.record({ a: anyMood, b: anyMood, c: anyMood, gapMs: fc.integer({ min: 0, max: 20 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 200, maxLength: 400 }), async (requests) => {
        const retries = createRetryBudget(systemClock);
        const startMs = systemClock.now();
        const rules = { rounds: 3, maxAttempts: 9, hedgeAfterMs: 200, firstTokenMs: 1_000 };
        const attempts: string[] = [];
        const running = requests.map(async ({ a: first, b: second, c: third }, at) => {
          await new Promise((resolve) => setTimeout(resolve, sumOfGaps(requests, at)));
          const { open, names } = house({ a: first, b: second, c: third });
          await tourOf({ plan: [a, b, c], rules, retries })
            .open(open)
            .catch(() => undefined);
          attempts.push(...names());
        });
        await vi.runAllTimersAsync();
        await Promise.all(running);
        const seconds = (systemClock.now() - startMs) / 1_000;
        for (const each of ['a', 'b', 'c']) {
          const times = attempts.filter((name) => name === each).length;
          expect(times).toBeLessThanOrEqual(1.2 * requests.length + 5 * seconds + 100);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('of one provider, what another one fails may still be tried again', async () => {
    const retries = createRetryBudget(systemClock);
    for (let times = 0; times < 150; times += 1) retries.spend('a');
    const { open } = house({ b: [busy, answers()] });
    expect(await settled(tourOf({ plan: [b], rules: { rounds: 2 }, retries }).open(open))).toBe('b');
  });
});

function sumOfGaps(requests: readonly { readonly gapMs: number }[], before: number): number {
  return requests.slice(0, before).reduce((sum, { gapMs }) => sum + gapMs, 0);
}
