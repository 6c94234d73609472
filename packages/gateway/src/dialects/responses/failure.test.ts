import { type FailureCode, failureTable } from '@turnpike/contract/failure-codes';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../core/failure.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { CallerTraits, FailureAnswer } from '../dialect.ts';
import { decodeFailure, encodeFailure, failureFrames } from './failure.ts';

const codex: CallerTraits = { agent: 'codex', stream: true, model: 'gpt-5.5', exchangeId: 'x1' };
const other: CallerTraits = { agent: 'other', stream: true, exchangeId: 'x1' };

function errorOf(answer: FailureAnswer): JsonObject {
  const body = parseJson(answer.body);
  return isJsonObject(body) && isJsonObject(body['error']) ? body['error'] : {};
}

/** The data of the stream's last event. */
function lastEvent(answer: FailureAnswer): JsonObject {
  const data =
    answer.body
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^data: /, '') ?? '';
  const event = parseJson(data);
  return isJsonObject(event) && isJsonObject(event['response']) ? event['response'] : {};
}

describe('a failure as Codex must hear of it', () => {
  const shownAtOnce: readonly FailureCode[] = [
    'key-missing',
    'key-unknown',
    'key-expired',
    'key-disabled',
    'foreign-login',
    'rule-refused',
    'model-forbidden',
    'address-forbidden',
  ];

  it.each(shownAtOnce)('%s is told in one shot, verbatim', (code) => {
    const answer = encodeFailure(new Failure(code, 'Ask the platform team.'), codex);
    expect(answer.status).toBe(403);
    expect(errorOf(answer)).toMatchObject({ code: 'inference_hook_denied', message: 'Ask the platform team.' });
  });

  it.each(['request-malformed', 'meaning-lost', 'request-too-large', 'upstream-content-refused'] as const)(
    '%s is a refused prompt, verbatim',
    (code) => {
      const answer = encodeFailure(new Failure(code, 'No.'), codex);
      expect([answer.status, errorOf(answer)['code'], errorOf(answer)['message']]).toEqual([
        400,
        'invalid_prompt',
        'No.',
      ]);
    },
  );

  it.each([
    'upstream-unreachable',
    'upstream-timeout',
    'upstream-cut',
    'upstream-error',
    'upstream-overloaded',
    'defect',
  ] as const)('%s is a stream that fails, because a 5xx would be tried 30 times and its message dropped', (code) => {
    const answer = encodeFailure(new Failure(code, 'It broke.'), codex);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/event-stream']);
    expect(lastEvent(answer)).toMatchObject({
      status: 'failed',
      error: { code: 'server_error', message: 'It broke.' },
    });
  });

  it('an unknown model is a 404 that is shown', () => {
    const answer = encodeFailure(new Failure('model-unknown', 'No model x.'), codex);
    expect([answer.status, errorOf(answer)['code']]).toEqual([404, 'model_not_found']);
  });

  it('a short rate limit is waited out, by header where the time is known and by words where not', () => {
    const known = encodeFailure(new Failure('upstream-rate-limited', 'Slow.', { retryAfterMs: 1_200 }), codex);
    expect([known.status, known.headers['retry-after']]).toEqual([429, '2']);
    const unknown = encodeFailure(new Failure('upstream-rate-limited', 'Slow.'), codex);
    expect(lastEvent(unknown)['error']).toEqual({
      code: 'rate_limit_exceeded',
      message: 'Slow. Please try again in 2s.',
    });
  });

  it('a wait of an hour is told, not slept through', () => {
    const answer = encodeFailure(new Failure('upstream-rate-limited', 'Slow.', { retryAfterMs: 3_600_000 }), codex);
    expect([answer.status, errorOf(answer)['message']]).toEqual([403, 'Slow. Please try again in 3600s.']);
  });

  it('a refused provider key is final, and not taken for the developer’s own', () => {
    const answer = encodeFailure(new Failure('upstream-credential-refused', 'Incorrect API key.'), codex);
    expect([answer.status, errorOf(answer)['code']]).toEqual([403, 'inference_hook_denied']);
  });
});

describe('a failure after which asking again is in vain, as older releases of Codex must hear of it', () => {
  const final: readonly FailureCode[] = ['key-unknown', 'upstream-credential-refused', 'meaning-lost', 'model-unknown'];

  it.each(final)('%s is the failed stream that releases since 0.99 show at once', (code) => {
    const answer = encodeFailure(new Failure(code, 'Ask Ann.'), { ...codex, agentRelease: '0.166.0' });
    expect(answer.status).toBe(200);
    expect(lastEvent(answer)['error']).toMatchObject({
      code: 'invalid_prompt',
      message: expect.stringContaining('Ask Ann.'),
    });
  });

  it.each([
    ['0.98.0', true],
    ['0.20.0', true],
    ['0.166.0', false],
  ])('in %s (streaming: %s) it is bare text', (agentRelease, stream) => {
    const answer = encodeFailure(new Failure('key-unknown', 'Ask Ann.'), { ...codex, agentRelease, stream });
    expect(answer).toMatchObject({ status: 400, body: 'Ask Ann.' });
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  });

  it.each(['0.169.0', '0.170.1', '1.0.0'])('in %s nothing is different', (agentRelease) => {
    const failure = new Failure('key-unknown', 'Ask Ann.');
    expect(encodeFailure(failure, { ...codex, agentRelease })).toEqual(encodeFailure(failure, codex));
  });
});

describe('a failure as everybody else hears of it', () => {
  it.each(Object.keys(failureTable).filter((code): code is FailureCode => code in failureTable))(
    '%s has its status and OpenAI’s error form',
    (code) => {
      const answer = encodeFailure(new Failure(code, 'Why.'), other);
      expect(answer.status).toBe(failureTable[code].status);
      expect(errorOf(answer)).toMatchObject({ message: 'Why.', param: null });
    },
  );

  it('the provider’s own refusal passes verbatim, if it is in this form', () => {
    const body =
      '{"error":{"message":"Unsupported parameter: x","type":"invalid_request_error","param":"x","code":"unsupported_parameter"}}';
    const refused = decodeFailure({
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(body),
      now: 0,
    });
    expect(refused.code).toBe('upstream-request-refused');
    expect(encodeFailure(refused, codex)).toMatchObject({ status: 400, body });
  });

  it('a refusal in another API’s form is written anew', () => {
    const upstream = {
      status: 400,
      contentType: 'application/json',
      body: Buffer.from('{"type":"error","error":{"type":"x","message":"m"}}'),
    };
    const answer = encodeFailure(new Failure('upstream-request-refused', 'm', { upstream }), codex);
    expect(errorOf(answer)).toMatchObject({ code: 'invalid_prompt', message: 'm' });
  });
});

describe('a failure in the middle of a stream', () => {
  it('is one response.failed with a code that Codex knows', () => {
    const context = { model: 'm', createdAt: 5, newId: (prefix: string) => `${prefix}1` };
    const frames = failureFrames(new Failure('upstream-cut', 'Cut.'), context);
    expect(frames).toHaveLength(1);
    expect(parseJson(frames[0] && 'data' in frames[0] ? frames[0].data : '')).toMatchObject({
      type: 'response.failed',
      response: { id: 'resp_1', status: 'failed', error: { code: 'server_error', message: 'Cut.' } },
    });
  });
});
