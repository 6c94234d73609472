import { describe, expect, it } from 'vitest';
import { Failure } from '../../core/failure.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { CallerTraits } from '../dialect.ts';
import { messages } from './index.ts';

const caller: CallerTraits = { agent: 'other', stream: true, exchangeId: 'req_1' };
const claude: CallerTraits = { ...caller, agent: 'claude-code' };

function bodyOf(text: string): JsonObject {
  const value = parseJson(text);
  return isJsonObject(value) ? value : {};
}

function answered(status: number, body: unknown, headers: Record<string, string> = {}): Failure {
  const now = Date.UTC(2026, 0, 1);
  return messages.decodeFailure({
    status,
    headers,
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    now,
  });
}

const error = (type: string, message: string) => ({ type: 'error', error: { type, message } });

describe('writing a failure', () => {
  it('gives status, type, message and request id', () => {
    const answer = messages.encodeFailure(new Failure('model-unknown', 'No model x.'), caller);
    expect(answer).toMatchObject({
      status: 404,
      headers: { 'content-type': 'application/json', 'request-id': 'req_1' },
    });
    expect(bodyOf(answer.body)).toEqual({ ...error('not_found_error', 'No model x.'), request_id: 'req_1' });
  });

  it('stops Claude Code from repeating in vain', () => {
    const unknown = new Failure('key-unknown', 'no');
    expect(messages.encodeFailure(unknown, caller).status).toBe(401);
    expect(messages.encodeFailure(unknown, claude).status).toBe(403);
    const expired = messages.encodeFailure(new Failure('token-expired', 'old'), claude);
    expect(expired.status, 'its apiKeyHelper is asked for a new token only after a 401').toBe(401);
    const broke = messages.encodeFailure(new Failure('upstream-quota-exhausted', 'empty'), claude);
    expect(broke).toMatchObject({ status: 402, headers: { 'x-should-retry': 'false' } });
    const tomorrow = messages.encodeFailure(
      new Failure('upstream-rate-limited', 'x', { retryAfterMs: 86_400_000 }),
      claude,
    );
    expect(tomorrow).toMatchObject({ status: 429, headers: { 'x-should-retry': 'false', 'retry-after': '86400' } });
    const soon = messages.encodeFailure(new Failure('upstream-rate-limited', 'x', { retryAfterMs: 1_500 }), claude);
    expect(soon.headers).toMatchObject({ 'retry-after': '2' });
    expect(soon.headers['x-should-retry']).toBeUndefined();
  });

  it.each([
    'model-unknown',
    'rule-refused',
    'model-forbidden',
    'provider-forbidden',
    'meaning-lost',
    'upstream-content-refused',
  ] as const)('tells Claude Code of %s with a status whose words it shows, once', (code) => {
    const told = messages.encodeFailure(new Failure(code, 'Because.'), claude);
    // What it does with others was seen: 400 is sent six times, 403 is called a failed login, the words of a 404 are dropped.
    expect([400, 401, 403, 404, 429]).not.toContain(told.status);
    expect(told.status).toBeLessThan(500);
    expect(told.headers).toMatchObject({ 'x-should-retry': 'false' });
    expect(bodyOf(told.body)).toMatchObject({ error: { message: 'Because.' } });
  });

  it('says a long prompt in the words that make Claude Code compact', () => {
    const answer = messages.encodeFailure(new Failure('context-too-long', 'Too many tokens.'), claude);
    expect(bodyOf(answer.body)).toMatchObject({ error: { message: 'prompt is too long: Too many tokens.' } });
  });

  it('passes an Anthropic error as it came, any other in own words, and keeps our account to itself', () => {
    const verbatim =
      '{"type":"error", "error":{"type":"invalid_request_error","message":"context_management: Extra inputs are not permitted"}}';
    expect(messages.encodeFailure(answered(400, verbatim), claude)).toMatchObject({ status: 400, body: verbatim });
    const foreign = messages.encodeFailure(answered(400, { error: { message: 'bad', code: 'x' } }), claude);
    expect(bodyOf(foreign.body)).toMatchObject(error('invalid_request_error', 'bad'));
    const refused = messages.encodeFailure(answered(401, error('authentication_error', 'invalid x-api-key')), claude);
    expect(refused).toMatchObject({ status: 424, headers: { 'x-should-retry': 'false' } });
  });

  it('is one error event in a stream', () => {
    const context = { model: 'm', createdAt: 0, newId: (prefix: string) => prefix };
    expect(messages.failureFrames(new Failure('upstream-cut', 'cut'), context)).toEqual([
      { event: 'error', data: JSON.stringify(error('api_error', 'cut')) },
    ]);
  });
});

describe('reading a failure', () => {
  it.each([
    [529, error('overloaded_error', 'Overloaded'), 'upstream-overloaded'],
    [429, error('rate_limit_error', 'This request would exceed your rate limit'), 'upstream-rate-limited'],
    [400, error('invalid_request_error', 'prompt is too long: 213462 tokens > 200000 maximum'), 'context-too-long'],
    [
      400,
      error('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
      'upstream-quota-exhausted',
    ],
    [400, error('invalid_request_error', 'messages: at least one message is required'), 'upstream-request-refused'],
    [401, error('authentication_error', 'invalid x-api-key'), 'upstream-credential-refused'],
    [403, error('permission_error', 'not allowed'), 'upstream-credential-refused'],
    [402, error('billing_error', 'pay'), 'upstream-quota-exhausted'],
    [404, error('not_found_error', 'model: claude-x'), 'upstream-model-missing'],
    [500, error('api_error', 'Internal server error'), 'upstream-error'],
    [502, '<html>Bad gateway</html>', 'upstream-error'],
  ])('%i %o', (status, body, code) => {
    const failure = answered(status, body);
    expect(failure.code).toBe(code);
    expect(failure.upstream?.status).toBe(status);
  });

  it('finds the wait in Retry-After, else in the limit that ran out', () => {
    const limited = error('rate_limit_error', 'x');
    expect(answered(429, limited, { 'retry-after': '12' }).retryAfterMs).toBe(12_000);
    const headers = {
      'anthropic-ratelimit-requests-remaining': '7',
      'anthropic-ratelimit-requests-reset': '2026-01-01T01:00:00Z',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-01-01T00:00:30Z',
    };
    expect(answered(429, limited, headers).retryAfterMs).toBe(30_000);
    const subscribed = {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': String(Date.UTC(2026, 0, 1, 0, 5) / 1_000),
    };
    expect(answered(429, limited, subscribed).retryAfterMs).toBe(300_000);
    const allowed = { ...subscribed, 'anthropic-ratelimit-unified-status': 'allowed' };
    expect(answered(429, limited, allowed).retryAfterMs).toBeUndefined();
  });
});
