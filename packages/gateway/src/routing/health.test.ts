import type { FailureCode } from '@turnpike/contract/failure-codes';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../core/failure.ts';
import { deploymentOf, virtualClock } from '../../test/kit/deployments.ts';
import { createHealth, type Health } from './health.ts';
import type { Deployment } from './plan.ts';

const clock = virtualClock();
/** What was replaced by others of the same names. */
const replaced = new Set<Deployment>();
let health: Health;
let refusals = 0;
beforeEach(() => {
  replaced.clear();
  clock.setTo(1_000_000);
  refusals = 0;
  health = createHealth({
    clock,
    random: () => 0.5,
    isCurrent: (deployment) => !replaced.has(deployment),
    onCredentialRefused: () => void (refusals += 1),
  });
});

const [first, second] = [deploymentOf({ key: 'one' }), deploymentOf({ key: 'two' })];
const other = deploymentOf({ key: 'one', model: 'other' });

const stateOf = (deployment: Deployment) => health.standing(deployment, clock.now()).state;
const states = () => [first, second, other].map(stateOf);

function fail(deployment: Deployment, code: FailureCode, details: { retryAfterMs?: number; status?: number } = {}) {
  const { retryAfterMs, status } = details;
  health.begin(deployment)(new Failure(code, 'It failed.', retryAfterMs === undefined ? {} : { retryAfterMs }), status);
}

const succeed = (deployment: Deployment) => health.begin(deployment)();

describe('who rests after a failure', () => {
  it.each<[FailureCode, number | undefined, string]>([
    ['upstream-credential-refused', 401, 'resting ready resting'],
    ['upstream-quota-exhausted', 429, 'resting ready resting'],
    ['upstream-credential-refused', 403, 'resting ready ready'],
    ['upstream-rate-limited', 429, 'resting ready ready'],
    ['upstream-model-missing', 404, 'resting ready ready'],
    ['upstream-error', 500, 'ready ready ready'],
    ['upstream-request-refused', 400, 'ready ready ready'],
    ['context-too-long', 400, 'ready ready ready'],
    ['client-gone', undefined, 'ready ready ready'],
    ['meaning-lost', undefined, 'ready ready ready'],
    ['deployment-limited', undefined, 'ready ready ready'],
  ])('%s with status %s: the key for the model, another key, the key for another model', (code, status, expected) => {
    fail(first, code, status === undefined ? {} : { status });
    expect(states().join(' ')).toBe(expected);
  });

  it.each<FailureCode>(['upstream-error', 'upstream-overloaded', 'upstream-timeout', 'upstream-cut'])(
    'the model by all keys after five times %s in a row',
    (code) => {
      for (let times = 1; times < 5; times += 1) fail(times % 2 === 0 ? first : second, code);
      expect(states()).toEqual(['ready', 'ready', 'ready']);
      fail(first, code);
      expect(states()).toEqual(['resting', 'resting', 'ready']);
    },
  );

  it('the model, too, when half of its attempts fail, though never many in a row', () => {
    fail(first, 'upstream-error');
    for (let pairs = 0; pairs < 4; pairs += 1) {
      succeed(first);
      fail(first, 'upstream-error');
    }
    expect(stateOf(first)).toBe('ready');
    succeed(first);
    fail(first, 'upstream-error');
    expect(stateOf(first)).toBe('resting');
  });

  it('nobody when now and then one fails', () => {
    for (let times = 0; times < 200; times += 1) {
      fail(first, 'upstream-error');
      for (let good = 0; good < 3; good += 1) succeed(first);
      clock.pass(1_000);
    }
    expect(stateOf(first)).toBe('ready');
  });
});

describe('an address that cannot be reached', () => {
  const noConnection = (code: string) => {
    const cause = Object.assign(new Error('connect'), { code });
    return new Failure(code.includes('TIMEOUT') ? 'upstream-timeout' : 'upstream-unreachable', 'No.', { cause });
  };
  const lose = (deployment: Deployment, code: string) => health.begin(deployment)(noConnection(code));

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'ENETUNREACH', 'EAI_AGAIN'])(
    'rests with all of its models and keys after two times %s, whatever was asked',
    (code) => {
      lose(first, code);
      expect(states()).toEqual(['ready', 'ready', 'ready']);
      lose(other, code);
      expect(states()).toEqual(['resting', 'resting', 'resting']);
      expect(health.standing(first, clock.now())).toMatchObject({ why: 'unreachable' });
      expect(health.view()).toMatchObject([{ scope: 'provider', provider: 'provider', failuresInARow: 2 }]);
    },
  );

  it.each(['UND_ERR_CONNECT_TIMEOUT', 'ECONNRESET'])('is given five tries with %s', (code) => {
    for (const each of [first, other, second, other]) lose(each, code);
    expect(states()).toEqual(['ready', 'ready', 'ready']);
    lose(first, code);
    expect(states()).toEqual(['resting', 'resting', 'resting']);
  });

  it('is well as soon as it answers anything at all', () => {
    lose(first, 'ECONNREFUSED');
    fail(other, 'upstream-error', { status: 500 });
    lose(first, 'ECONNREFUSED');
    expect(stateOf(first)).toBe('ready');
  });

  it('is not what rests while one model breaks its connections and another answers', () => {
    for (let times = 0; times < 5; times += 1) {
      succeed(other);
      lose(first, 'ECONNRESET');
    }
    expect(states()).toEqual(['resting', 'resting', 'ready']);
  });

  it('is probed by one request, and when that finds somebody all its models are back', () => {
    for (let times = 0; times < 2; times += 1) lose(first, 'ECONNREFUSED');
    clock.pass(5_000);
    const probe = health.begin(other);
    expect(stateOf(first)).toBe('resting');
    probe();
    clock.pass(5_000);
    expect(states()).toEqual(['ready', 'ready', 'ready']);
  });
});

describe('a key that is refused', () => {
  it('is told at once, as it may have been replaced where it is kept', () => {
    fail(first, 'upstream-rate-limited', { status: 429 });
    expect(refusals).toBe(0);
    fail(first, 'upstream-credential-refused', { status: 401 });
    expect(refusals).toBe(1);
  });
});

describe('a key that was replaced', () => {
  it('may still be refused, which is not the new one’s fault', () => {
    const underWay = health.begin(first);
    replaced.add(first);
    underWay(new Failure('upstream-credential-refused', 'Who?'), 401);
    expect(stateOf(first)).toBe('ready');
  });
});

describe('a rest', () => {
  it('lasts as long as the provider says', () => {
    fail(first, 'upstream-rate-limited', { retryAfterMs: 20_000 });
    clock.pass(19_999);
    expect(health.standing(first, clock.now())).toEqual({ state: 'resting', untilMs: 1_020_000, why: 'rate-limited' });
    clock.pass(1);
    expect(stateOf(first)).toBe('recovering');
  });

  it('doubles each time that the probe fails, up to a bound', () => {
    const rests: number[] = [];
    fail(first, 'upstream-rate-limited');
    for (let times = 0; times < 7; times += 1) {
      const standing = health.standing(first, clock.now());
      if (standing.state !== 'resting') throw new Error('it does not rest');
      rests.push(standing.untilMs - clock.now());
      clock.setTo(standing.untilMs);
      fail(first, 'upstream-rate-limited');
    }
    expect(rests).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  it('of replicas does not end at the same moment', () => {
    const ends = [0, 0.5, 1].map((chance) => {
      const replica = createHealth({ clock, random: () => chance, isCurrent: () => true });
      replica.begin(first)(new Failure('upstream-rate-limited', 'Slowly.'));
      const standing = replica.standing(first, clock.now());
      return standing.state === 'resting' && standing.untilMs - clock.now();
    });
    expect(ends).toEqual([8_000, 10_000, 12_000]);
  });

  it('is prolonged by a longer wait that attempts under way bring home, and ended by none of their successes', () => {
    const [slow, slower, fine] = [health.begin(first), health.begin(first), health.begin(first)];
    slow(new Failure('upstream-rate-limited', 'Slowly.', { retryAfterMs: 5_000 }));
    slower(new Failure('upstream-rate-limited', 'Slower.', { retryAfterMs: 9_000 }));
    fine();
    expect(health.standing(first, clock.now())).toMatchObject({ state: 'resting', untilMs: 1_009_000 });
  });

  it('ends early when the one that was asked in need answers', () => {
    fail(first, 'upstream-credential-refused', { status: 401 });
    clock.pass(100);
    succeed(first);
    expect(stateOf(first)).toBe('recovering');
  });
});

describe('a model that is up and down all the time', () => {
  const failFive = () => {
    for (let times = 0; times < 5; times += 1) fail(first, 'upstream-error');
  };
  const restMs = () => {
    const standing = health.standing(first, clock.now());
    return standing.state === 'resting' ? standing.untilMs - clock.now() : 0;
  };

  it('rests longer each time, though it was well between, until it has been well for ten minutes', () => {
    const rests: number[] = [];
    for (let times = 0; times < 5; times += 1) {
      failFive();
      rests.push(restMs());
      clock.pass(restMs());
      succeed(first);
      clock.pass(15_000);
      succeed(first);
    }
    expect(rests).toEqual([5_000, 10_000, 20_000, 40_000, 80_000]);
    clock.pass(600_000);
    succeed(first);
    expect(health.view()).toEqual([]);
    failFive();
    expect(restMs()).toBe(5_000);
  });

  it('gets its sessions back over ever more times as long as its last rest was, and is trusted less meanwhile', () => {
    for (let times = 0; times < 4; times += 1) {
      failFive();
      clock.pass(restMs());
      succeed(first);
      if (times < 3) clock.pass(15_000);
    }
    clock.pass(10_000);
    expect(health.standing(first, clock.now())).toMatchObject({ state: 'recovering', share: 0.1625 });
    fail(first, 'upstream-error');
    expect(restMs()).toBe(0);
    fail(first, 'upstream-error');
    expect(restMs()).toBe(80_000);
  });
});

describe('after a rest', () => {
  beforeEach(() => {
    fail(first, 'upstream-rate-limited', { retryAfterMs: 10_000 });
    clock.pass(10_000);
  });

  it('one request probes, and all others wait for it', () => {
    const probe = health.begin(first);
    expect(stateOf(first)).toBe('resting');
    probe();
    expect(stateOf(first)).toBe('recovering');
  });

  it('a probe that says nothing leaves its place to the next one, and so does one that hangs', () => {
    health.begin(first)(new Failure('upstream-request-refused', 'What?'));
    expect(stateOf(first)).toBe('recovering');
    health.begin(first);
    expect(stateOf(first)).toBe('resting');
    clock.pass(30_000);
    expect(stateOf(first)).toBe('recovering');
  });

  it('ever more sessions come back, until all is forgotten', () => {
    succeed(first);
    const shares = [0, 2_500, 2_500, 2_500].map((passedMs) => {
      clock.pass(passedMs);
      const standing = health.standing(first, clock.now());
      return standing.state === 'recovering' ? standing.share : standing.state;
    });
    expect(shares).toEqual([0.1, 0.35, 0.6, 0.85]);
    clock.pass(1_500);
    expect(stateOf(first)).toBe('ready');
    clock.pass(60_000);
    succeed(first);
    expect(health.view()).toEqual([]);
  });

  it('is shown with what it waits for', () => {
    fail(first, 'upstream-rate-limited', { retryAfterMs: 4_000 });
    expect(health.view()).toEqual([
      {
        scope: 'deployment',
        provider: 'provider',
        model: 'm',
        credential: 'provider#one',
        state: 'resting',
        why: 'rate-limited',
        untilMs: clock.now() + 4_000,
        failuresInARow: 2,
      },
    ]);
    health.forget(({ model }) => model !== 'm');
    expect(stateOf(first)).toBe('resting');
    health.forget(({ model }) => model === 'm');
    expect(stateOf(first)).toBe('ready');
  });
});

describe('whatever happens', () => {
  const codes = [
    'upstream-rate-limited',
    'upstream-error',
    'upstream-credential-refused',
    'upstream-request-refused',
  ] as const;
  const step = fc.record({
    passMs: fc.integer({ min: 0, max: 40_000 }),
    code: fc.option(fc.constantFrom(...codes), { nil: undefined }),
    endsLater: fc.boolean(),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: undefined }),
  });

  it('a rest is over after an hour at most, and then at most one attempt goes before the first success', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const own = createHealth({ clock, random: () => 1, isCurrent: () => true });
        const open: (() => void)[] = [];
        for (const { passMs, code, endsLater, retryAfterMs } of steps) {
          clock.pass(passMs);
          const end = own.begin(first);
          const details = retryAfterMs === undefined ? {} : { retryAfterMs };
          const tell = () => end(code && new Failure(code, 'It failed.', details));
          if (endsLater) open.push(tell);
          else tell();
        }
        for (const tell of open) tell();
        clock.pass(3_600_000);
        expect(own.standing(first, clock.now()).state).not.toBe('resting');
        const wasReady = own.standing(first, clock.now()).state === 'ready';
        const probe = own.begin(first);
        expect(own.standing(first, clock.now()).state).toBe(wasReady ? 'ready' : 'resting');
        probe();
        clock.pass(300_000);
        expect(own.standing(first, clock.now()).state).toBe('ready');
      }),
    );
  });

  it('no more is remembered than there is room for, though callers invent models', () => {
    for (let at = 0; at < 10_050; at += 1)
      fail(deploymentOf({ key: 'one', model: `m${at}` }), 'upstream-model-missing');
    expect(health.view()).toHaveLength(10_000);
  });
});

it('counts for people the failures of whatever it is that rests', () => {
  const lately = deploymentOf({ provider: 'counted', key: 'one' });
  for (let times = 0; times < 3; times += 1) fail(lately, 'upstream-error');
  expect(health.look(lately, clock.now())).toMatchObject({ standing: { state: 'ready' }, failuresInARow: 3 });
  fail(lately, 'upstream-credential-refused', { status: 401 });
  expect(health.look(lately, clock.now())).toMatchObject({ standing: { state: 'resting' }, failuresInARow: 1 });
});
