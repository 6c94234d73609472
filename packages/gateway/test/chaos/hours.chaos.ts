import { describe, expect, it } from 'vitest';
import { randomOf } from '../kit/random.ts';
import { simulate, type Tally } from './fleet.ts';
import { documentOf, fleetIn, hour, minute, providers, second } from './fleet-of.ts';
import { askedAgain, cacheHits, longestMs, mostMoves, unanswered } from './measure.ts';
import { type FaultName, faults, type Front } from './weather.ts';

const fromMs = 3 * minute;
const untilMs = 10 * minute;
const names = Object.keys(faults).filter((name): name is FaultName => name in faults);

function front(at: string, fault: FaultName): Front {
  return { at, fault: faults[fault], fromMs, untilMs };
}

/** They make turns long, and nothing else. */
const slow: ReadonlySet<FaultName> = new Set(['slow first word', 'drip', 'hang']);
/** They come and go, and so do sessions: each time later, because rests grow. */
const unsteady: ReadonlySet<FaultName> = new Set(['brown-out', 'flapping']);

interface Outage {
  readonly failing: number;
  readonly forMs: number;
}

/**
 * All attempts together: a fifth more than requests, and for each provider that fails five in a second and what was saved up. Going on to whoever is well
 * costs no budget, but whoever fails so much soon rests, so that little of it is left.
 */
function allowedCalls({ records }: Tally, { failing, forMs }: Outage): number {
  return records.length * 1.2 + failing * ((5 * forMs) / second + 100);
}

describe.each(names)('%s', (fault) => {
  it.each([1, 2])('at %i of 3 providers is seen by nobody', async (down) => {
    const tally = await simulate(fleetIn(providers.slice(0, down).map((at) => front(at, fault))));
    expect(tally.turns.length).toBeGreaterThan(2_000);
    // Also no agent had to ask again: what breaks off is gone on with elsewhere.
    expect(askedAgain(tally.turns)).toEqual([]);
    expect(unanswered(tally.turns)).toEqual([]);
    expect(tally.visits.length).toBeLessThanOrEqual(allowedCalls(tally, { failing: down, forMs: untilMs - fromMs }));
    expect(mostMoves(tally)).toBeLessThanOrEqual(unsteady.has(fault) ? 8 : down + 1);
    expect(cacheHits(tally)).toBeGreaterThan(0.9);
    expect(longestMs(tally.turns)).toBeLessThan(slow.has(fault) ? 5 * minute : 5 * second);
  });
});

describe('when all providers are down', () => {
  it.each(['refuse', 'down', 'storm of 429', 'hang'] as const)(
    '%s: nothing is multiplied, and afterwards all is well at once',
    async (fault) => {
      const tally = await simulate(fleetIn(providers.map((at) => front(at, fault))));
      const before = tally.turns.filter((turn) => turn.untilMs < fromMs);
      const after = tally.turns.filter((turn) => turn.fromMs > untilMs + minute);
      expect(unanswered(before)).toEqual([]);
      expect(unanswered(after)).toEqual([]);
      expect(after.length).toBeGreaterThan(100);
      expect(tally.visits.length).toBeLessThanOrEqual(allowedCalls(tally, { failing: 3, forMs: untilMs - fromMs }));
    },
  );
});

describe('what the configuration allows', () => {
  const five = ['one', 'two', 'three', 'four', 'five'];

  it.each([
    { down: 1, attempts: 1 },
    { down: 3, attempts: 1 },
    { down: 2, attempts: 2 },
    { down: 4, attempts: 2 },
    { down: 4, attempts: 4 },
  ])('is reached with $down of 5 providers down and $attempts attempts, once that is known', async (parts) => {
    const fronts = five.slice(0, parts.down).map((at) => front(at, 'down'));
    const document = documentOf(five, { server: { max_attempts: parts.attempts } });
    const tally = await simulate(fleetIn(fronts, { document, sessions: 100 }));
    const known = tally.turns.filter((turn) => turn.fromMs > fromMs + minute);
    expect(unanswered(tally.turns)).toEqual([]);
    // With a single attempt somebody has to be the probe now and then.
    expect(askedAgain(known).length).toBeLessThan(known.length / 100);
  });
});

describe('two replicas', () => {
  it('give a session the same place', async () => {
    expect(mostMoves(await simulate(fleetIn([], { replicas: 2 })))).toBe(0);
  });

  it('that each learn for themselves answer everything, too', async () => {
    const tally = await simulate(fleetIn([front('north', 'down'), front('east', 'flapping')], { replicas: 2 }));
    expect(askedAgain(tally.turns)).toEqual([]);
    expect(mostMoves(tally)).toBeLessThanOrEqual(12);
  });
});

describe('a working day of storms', () => {
  it('is answered whole while one provider of three is well at any time', async () => {
    const forMs = 6 * hour;
    const tally = await simulate(fleetIn(stormsOf(forMs), { sessions: 100, forMs, thinkMs: 45 * second, seed: 7 }));
    expect(tally.turns.length).toBeGreaterThan(40_000);
    expect(unanswered(tally.turns)).toEqual([]);
    expect(askedAgain(tally.turns).length).toBeLessThan(tally.turns.length / 1_000);
    expect(tally.visits.length).toBeLessThanOrEqual(allowedCalls(tally, { failing: 2, forMs }));
    expect(cacheHits(tally)).toBeGreaterThan(0.85);
  }, 300_000);
});

describe('weather that changes every second and a half, without any calm', () => {
  const server = { connect_timeout_ms: 1_000, headers_timeout_ms: 1_500, idle_timeout_ms: 1_500 };

  it.each([
    { sessions: 24, thinkMs: 250, minutes: 3 },
    { sessions: 150, thinkMs: 500, minutes: 1 },
  ])(
    'loses no turn of $sessions agents while one provider of three is well',
    async ({ sessions, thinkMs, minutes }) => {
      const forMs = minutes * minute;
      const fronts = changingWeather(forMs, 1_500);
      const document = documentOf(providers, { server });
      const tally = await simulate(fleetIn(fronts, { document, sessions, thinkMs, forMs, seed: 5 }));
      expect(tally.turns.length).toBeGreaterThan(2_000);
      expect(unanswered(tally.turns)).toEqual([]);
      // An answer that broke off, or three that failed while the weather changed: the agent's own retry is for that.
      expect(askedAgain(tally.turns).length).toBeLessThan(tally.turns.length / 20);
      expect(tally.visits.length).toBeLessThan(1.6 * tally.records.length);
    },
  );
});

describe('a brown-out of all providers', () => {
  it('loses no turn, and multiplies load no more than the share that fails explains', async () => {
    const share = 0.4;
    const forMs = 30 * second;
    const fronts = providers.map((at): Front => ({
      at,
      fault: { kind: 'brown-out', share },
      fromMs: 0,
      untilMs: forMs,
    }));
    const tally = await simulate(fleetIn(fronts, { sessions: 200, thinkMs: 500, forMs }));
    expect(unanswered(tally.turns)).toEqual([]);
    expect(tally.visits.length).toBeLessThan(tally.records.length / (1 - share));
  });
});

describe('prompt caches', () => {
  it('are hit with three keys as often as with one', async () => {
    const parts = { sessions: 200, forMs: hour, thinkMs: 30 * second };
    const keys = ['a', 'b', 'c'].map((name) => ({ name, value: `sk-${name}` }));
    const pool = {
      ...documentOf(['north']),
      providers: { north: { kind: 'openai', base_url: 'http://north.test', keys } },
    };
    const alone = cacheHits(await simulate(fleetIn([], { ...parts, document: documentOf(['north']) })));
    const pooled = cacheHits(await simulate(fleetIn([], { ...parts, document: pool })));
    expect(pooled / alone).toBeGreaterThanOrEqual(0.95);
  }, 120_000);
});

/** One fault after the other, each for minutes at one or two providers, with minutes of calm between. */
function stormsOf(forMs: number): readonly Front[] {
  const fronts: Front[] = [];
  let beginMs = 5 * minute;
  for (let number = 0; beginMs < forMs - 15 * minute; number += 1) {
    const fault = faults[names[(number * 7) % names.length] ?? 'down'];
    const endMs = beginMs + (2 + (number % 5)) * minute;
    const [one, other] = [providers[number % 3], providers[(number + 1) % 3]];
    if (one) fronts.push({ at: one, fault, fromMs: beginMs, untilMs: endMs });
    if (other && number % 2 === 0) fronts.push({ at: other, fault, fromMs: beginMs + 30 * second, untilMs: endMs });
    beginMs = endMs + (number % 4) * minute;
  }
  return fronts;
}

/** A new fault every so often, at one or two of the three: somebody else each time, and never nobody. */
function changingWeather(forMs: number, everyMs: number): readonly Front[] {
  const random = randomOf(3);
  return Array.from({ length: forMs / everyMs }, (_, number) => {
    const well = Math.floor(random() * providers.length);
    const alsoWell = random() < 0.5 ? (well + 1) % providers.length : well;
    const struck = providers.filter((_name, at) => at !== well && at !== alsoWell);
    return struck.map((at): Front => {
      const fault = faults[names[Math.floor(random() * names.length)] ?? 'down'];
      return { at, fault, fromMs: number * everyMs, untilMs: (number + 1) * everyMs };
    });
  }).flat();
}
