import { beforeEach, describe, expect, it } from 'vitest';
import { virtualClock } from '../../../test/kit/deployments.ts';
import { Failure } from '../../core/failure.ts';
import { Secret } from '../../core/secret.ts';
import { createProvider, type ProviderSettings } from '../../providers/create-provider.ts';
import { vendors } from '../../providers/vendors.ts';
import { createHealth, type Health } from '../../routing/health.ts';
import type { UpstreamAnswer, UpstreamCall } from '../../upstream/upstream.ts';
import { createHealthChecks, type HealthChecks } from './health-checks.ts';

const clock = virtualClock(1_000_000);
let calls: UpstreamCall[];
let timers: Set<{ readonly call: () => void; readonly ms: number }>;
let answer: () => Promise<number>;
let health: Health;
let checks: HealthChecks;

beforeEach(() => {
  [calls, timers] = [[], new Set()];
  answer = async () => 200;
  health = createHealth({ clock, random: () => 0.5, isCurrent: () => true });
  checks = createHealthChecks({
    upstream: {
      async call(call) {
        calls.push(call);
        return answerOf(await answer());
      },
    },
    health,
    clock,
    random: () => 0.5,
    delay(call, ms) {
      const timer = { call, ms };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
});

function answerOf(status: number): UpstreamAnswer {
  const pieces = [Buffer.from('{}')];
  return { status, headers: {}, body: { read: async () => pieces.shift(), release: () => {}, cancel: () => {} } };
}

function providerOf(kind: string, settings: Partial<ProviderSettings> = {}, ...keys: readonly string[]) {
  const vendor = vendors.get(kind);
  if (!vendor) throw new TypeError('no such vendor');
  const credentials = (keys.length === 0 ? ['a'] : keys).map((key) => ({
    id: `${kind}#${key}`,
    secret: new Secret(`sk-${key}`),
  }));
  return createProvider({ name: kind, vendor, credentials, healthCheck: { everyMs: 10_000 }, ...settings });
}

const follow = (...all: readonly ReturnType<typeof providerOf>[]) =>
  checks.follow({ providers: new Map(all.map((each) => [each.name, each])) });

/** Lets what is due happen, and all that follows from it. */
async function elapse(): Promise<void> {
  const due = [...timers];
  timers.clear();
  for (const { call } of due) call();
  await new Promise((resolve) => setImmediate(resolve));
}

const made = () => Object.fromEntries(checks.made().map(({ result, count }) => [result, count]));
const rests = (model: string, provider = providerOf('openai')) =>
  health.standing({ provider, model, credential: provider.credentials[0] }, clock.now()).state === 'resting';

describe('what a check asks', () => {
  it.each([
    ['openai', 'https://api.openai.com/v1/models', 'authorization'],
    ['anthropic', 'https://api.anthropic.com/v1/models', 'x-api-key'],
    ['gemini', 'https://generativelanguage.googleapis.com/v1beta/models', 'x-goog-api-key'],
  ])('of %s is its list of models, with its key', async (kind, address, header) => {
    follow(providerOf(kind));
    await elapse();
    expect(calls.map(({ method, origin, path }) => `${method} ${origin}${path}`)).toEqual([`GET ${address}`]);
    expect(calls[0]?.headers[header]).toContain('sk-a');
  });

  it('is a path of one’s own, where there is one', async () => {
    follow(providerOf('openai', { healthCheck: { everyMs: 10_000, path: '/health' } }));
    await elapse();
    expect(calls[0]?.path).toBe('/v1/health');
  });

  it.each(['openai', 'anthropic', 'gemini', 'cohere'])('of a model of %s is a few tokens', async (kind) => {
    follow(providerOf(kind, { healthCheck: { everyMs: 10_000, model: 'small' } }));
    await elapse();
    const body = Buffer.concat(calls[0]?.body ?? []).toString();
    expect(`${calls[0]?.path} ${body}`).toContain('small');
    expect(body).toMatch(/max\w*[Tt]okens":16/);
  });
});

describe('checks', () => {
  it('are made with every key, and again and again', async () => {
    follow(providerOf('openai', {}, 'a', 'b'));
    expect([...timers].map(({ ms }) => ms)).toEqual([5_000, 5_000]);
    await elapse();
    await elapse();
    expect(calls.map(({ headers }) => headers['authorization'])).toEqual(
      ['a', 'b', 'a', 'b'].map((key) => `Bearer sk-${key}`),
    );
    expect([...timers].map(({ ms }) => ms)).toEqual([10_000, 10_000]);
    expect(checks.made()).toEqual([{ provider: 'openai', result: 'well', count: 4 }]);
  });

  it('are made one at a time, however long one takes', async () => {
    answer = () => new Promise(() => {});
    follow(providerOf('openai'));
    await elapse();
    expect([calls.length, timers.size]).toEqual([1, 0]);
  });

  it('are not made where nobody wants them', () => {
    const { healthCheck: _, ...unchecked } = providerOf('openai');
    follow(unchecked);
    expect(timers.size).toBe(0);
  });

  it('end with their configuration and at the end, and a running one says nothing of anybody', async () => {
    answer = () =>
      new Promise((_, reject) => calls[0]?.signal.addEventListener('abort', () => reject(new Error('gone'))));
    follow(providerOf('openai'));
    await elapse();
    follow();
    await elapse();
    expect([timers.size, made(), health.view()]).toEqual([0, {}, []]);
    follow(providerOf('openai'));
    checks.close();
    expect(timers.size).toBe(0);
  });
});

describe('what a check finds', () => {
  it('is that an address cannot be reached, before a request does', async () => {
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    answer = () => Promise.reject(new Failure('upstream-unreachable', 'No.', { cause }));
    follow(providerOf('openai'));
    await elapse();
    expect(rests('any')).toBe(false);
    await elapse();
    expect(rests('any')).toBe(true);
    expect(made()).toEqual({ failed: 2 });
  });

  it('is that it is there again, before its rest is over', async () => {
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    answer = () => Promise.reject(new Failure('upstream-unreachable', 'No.', { cause }));
    follow(providerOf('openai'));
    await elapse();
    await elapse();
    answer = async () => 200;
    await elapse();
    expect(rests('any')).toBe(false);
  });

  it('is that a key is refused', async () => {
    answer = async () => 401;
    follow(providerOf('openai'));
    await elapse();
    expect(rests('any')).toBe(true);
  });

  it('is how one model is, and not how others are', async () => {
    answer = async () => 500;
    follow(providerOf('openai', { healthCheck: { everyMs: 10_000, model: 'small' } }));
    for (let times = 0; times < 5; times += 1) await elapse();
    expect([rests('small'), rests('large')]).toEqual([true, false]);
  });

  it('ends no rest that the provider has prescribed', async () => {
    const provider = providerOf('openai');
    const deployment = { provider, model: 'm', credential: provider.credentials[0] };
    health.begin(deployment)(new Failure('upstream-quota-exhausted', 'No credit.', { retryAfterMs: 60_000 }), 429);
    follow(provider);
    await elapse();
    expect([calls.length, made(), rests('m')]).toEqual([0, { skipped: 1 }, true]);
    clock.pass(60_000);
    await elapse();
    expect(made()).toEqual({ skipped: 1, well: 1 });
  });
});
