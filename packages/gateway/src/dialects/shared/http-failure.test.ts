import { describe, expect, it } from 'vitest';
import type { ErrorAnswer } from '../dialect.ts';
import { failureOfStatus } from './http-failure.ts';
import { retryMsInText } from './retry-after.ts';

function answer(status: number, headers: ErrorAnswer['headers'] = {}, body = ''): ErrorAnswer {
  return { status, headers, body: Buffer.from(body), now: Date.UTC(2030, 0, 1) };
}

describe('the failure in an error answer', () => {
  it.each([
    [401, {}, 'upstream-credential-refused'],
    [403, {}, 'upstream-credential-refused'],
    [404, {}, 'upstream-model-missing'],
    [408, {}, 'upstream-timeout'],
    [429, {}, 'upstream-rate-limited'],
    [429, { code: 'insufficient_quota' }, 'upstream-quota-exhausted'],
    [429, { message: 'You exceeded your current quota.' }, 'upstream-quota-exhausted'],
    [500, {}, 'upstream-error'],
    [503, {}, 'upstream-overloaded'],
    [529, { type: 'overloaded_error' }, 'upstream-overloaded'],
    [529, { type: 'server_error' }, 'upstream-overloaded'],
    [503, { type: 'api_error' }, 'upstream-overloaded'],
    [500, { type: 'server_error' }, 'upstream-error'],
    [400, { type: 'server_error' }, 'upstream-error'],
    [400, { code: 'context_length_exceeded' }, 'context-too-long'],
    [400, { message: 'prompt is too long: 210000 tokens > 200000 maximum' }, 'context-too-long'],
    [400, { message: 'API key not valid. Please pass a valid API key.' }, 'upstream-credential-refused'],
    [422, {}, 'upstream-request-refused'],
    [302, {}, 'upstream-error'],
  ] as const)('status %i with %j is %s', (status, details, code) => {
    expect(failureOfStatus(answer(status), details).code).toBe(code);
  });

  it('keeps the whole answer and the provider’s own word', () => {
    const failure = failureOfStatus(answer(400, { 'content-type': 'text/html' }, '<html>'), { code: 'odd' });
    expect(failure.upstream).toMatchObject({ status: 400, contentType: 'text/html', code: 'odd' });
    expect(Buffer.from(failure.upstream?.body ?? []).toString()).toBe('<html>');
    expect(failure.message).toContain('400');
  });

  it.each([
    [404, 'text/plain', '404 page not found\n', 'HTTP status 404: "404 page not found"): its base_url may be wrong'],
    [405, 'text/html', '<html>', 'HTTP status 405): its base_url may be wrong'],
    [503, 'text/plain; charset=utf-8', `no healthy\n upstream${' '.repeat(300)}`, '503: "no healthy upstream".'],
    [500, 'text/plain', ' ', 'HTTP status 500.'],
  ])('%i as %s is told with what it says, and where to look', (status, type, body, words) => {
    expect(failureOfStatus(answer(status, { 'content-type': type }, body), {}).message).toContain(words);
  });

  it.each([
    [{ 'retry-after': '12' }, '', 12_000],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, '', 250],
    [{ 'retry-after': 'Tue, 01 Jan 2030 00:00:30 GMT' }, '', 30_000],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' }, '', 360_000],
    [{ 'x-ratelimit-remaining-tokens': '5', 'x-ratelimit-reset-tokens': '6m0s' }, '', undefined],
    [{ 'x-ratelimit-remaining-requests-day': '0', 'x-ratelimit-reset-requests-day': '33011.4' }, '', 33_011_400],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1893456030000' }, '', 30_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1893456030' }, '', 30_000],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '5' }, '', 5_000],
    [{ 'ratelimit-remaining': '3', 'ratelimit-reset': '5' }, '', undefined],
    [{ 'retry-after': '-5' }, '', undefined],
    [{ 'retry-after': 'soon' }, '', undefined],
    [{}, 'Please try again in 1.5s.', 1_500],
  ])('with headers %j and message "%s" it may be tried again after %s ms', (headers, message, expected) => {
    expect(failureOfStatus(answer(429, headers), { message }).retryAfterMs).toBe(expected);
  });
});

describe('a wait told in words', () => {
  it.each([
    ['Please try again in 20ms.', 20],
    ['try again in 1m30s', 90_000],
    ['Try again in 8 seconds', 8_000],
    ['come back later', undefined],
  ])('"%s" is %s ms', (message, expected) => {
    expect(retryMsInText(message)).toBe(expected);
  });
});
