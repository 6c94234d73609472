import { describe, expect, it } from 'vitest';
import { Failure } from '../core/failure.ts';
import type { Authorizer, CallToAuthorize, Headers } from '../providers/authorizer.ts';
import { createAuthorizingUpstream } from './authorizing-upstream.ts';
import type { Upstream, UpstreamAnswer, UpstreamCall } from './upstream.ts';

const answer: UpstreamAnswer = {
  status: 200,
  headers: {},
  body: { read: async () => undefined, release: () => undefined, cancel: () => undefined },
};

function callWith(authorizer?: Authorizer, more: Partial<UpstreamCall> = {}): UpstreamCall {
  return {
    origin: 'https://x.example',
    path: '/a?b=c',
    headers: { 'content-type': 'application/json' },
    body: [Buffer.from('one'), Buffer.from('two')],
    deadlines: { connectMs: 1_000, headersMs: 1_000, idleMs: 1_000 },
    allowPrivate: false,
    signal: new AbortController().signal,
    ...(authorizer ? { authorizer } : {}),
    ...more,
  };
}

function watchedUpstream() {
  const calls: UpstreamCall[] = [];
  let nowMs = 1_000;
  const inner: Upstream = {
    call(call) {
      calls.push(call);
      return Promise.resolve(answer);
    },
    close: async () => undefined,
  };
  const clock = { now: () => (nowMs += 1), monotonicMs: () => 0 };
  return { calls, upstream: createAuthorizingUpstream(inner, clock) };
}

describe('an upstream that proves who calls', () => {
  it('passes calls on as they are whose headers say it already', async () => {
    const { calls, upstream } = watchedUpstream();
    const call = callWith();
    await upstream.call(call);
    expect(calls[0]).toBe(call);
  });

  it('adds the proof to each try, made from the whole call at that moment', async () => {
    const seen: CallToAuthorize[] = [];
    const authorizer: Authorizer = {
      authorize(call) {
        seen.push(call);
        return { authorization: `at ${call.nowMs}`, 'content-type': 'text/plain' };
      },
    };
    const { calls, upstream } = watchedUpstream();
    const call = callWith(authorizer);
    await upstream.call(call);
    await upstream.call(call);
    const { origin, path, headers, body } = call;
    expect(seen[0]).toEqual({ method: 'POST', origin, path, headers, body, nowMs: 1_001 });
    expect(calls.map((each) => each.headers)).toEqual([
      { 'content-type': 'text/plain', authorization: 'at 1001' },
      { 'content-type': 'text/plain', authorization: 'at 1002' },
    ]);
  });

  it('says of a body that passes as it comes that it cannot be looked at', async () => {
    const seen: CallToAuthorize[] = [];
    const authorizer: Authorizer = {
      authorize(call) {
        seen.push(call);
        return {};
      },
    };
    async function* stream() {
      yield Buffer.from('a');
    }
    await watchedUpstream().upstream.call(callWith(authorizer, { method: 'PUT', bodyStream: stream() }));
    expect(seen[0]?.method).toBe('PUT');
    expect(seen[0]).not.toHaveProperty('body');
  });

  it('waits for a proof no longer than the caller and the deadline, and leaves it to others who wait', async () => {
    let give = (_headers: Headers): void => undefined;
    const proof = new Promise<Headers>((resolve) => {
      give = resolve;
    });
    const authorizer: Authorizer = { authorize: () => proof };
    const { calls, upstream } = watchedUpstream();
    const gone = new AbortController();
    const left = upstream.call(callWith(authorizer, { signal: gone.signal }));
    const early = { connectMs: 1, headersMs: 1, idleMs: 1 };
    const late = upstream.call(callWith(authorizer, { deadlines: early }));
    const patient = upstream.call(callWith(authorizer));
    gone.abort();
    await expect(left).rejects.toMatchObject({ code: 'client-gone' });
    await expect(late).rejects.toMatchObject({ code: 'upstream-timeout' });
    expect(calls).toEqual([]);
    give({ authorization: 'Bearer t' });
    await expect(patient).resolves.toBe(answer);
    expect(calls.map(({ headers }) => headers['authorization'])).toEqual(['Bearer t']);
  });

  it('does not call where there is no proof', async () => {
    const failure = new Failure('upstream-credential-refused', 'no credentials');
    const { calls, upstream } = watchedUpstream();
    const refusing: Authorizer = { authorize: () => Promise.reject(failure) };
    const throwing: Authorizer = {
      authorize() {
        throw failure;
      },
    };
    await expect(upstream.call(callWith(refusing))).rejects.toBe(failure);
    await expect(upstream.call(callWith(throwing))).rejects.toBe(failure);
    expect(calls).toEqual([]);
  });
});
