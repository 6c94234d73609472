import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FailureCode, failureTable } from '@turnpike/contract/failure-codes';
import { describe, expect, it } from 'vitest';
import { recordingsDir } from '../../../test/kit/shared-data.ts';
import { Failure } from '../../core/failure.ts';
import { decodeFailure, encodeFailure } from './failure.ts';

function decode(status: number, body: string) {
  return decodeFailure({ status, headers: { 'content-type': 'application/json' }, body: Buffer.from(body), now: 0 });
}

function error(code: number, message: string, details: readonly object[] = []): string {
  return JSON.stringify({ error: { code, message, status: 'X', details } });
}

const quota = (quotaId: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId }],
});
const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' };
const exceeded = 'You exceeded your current quota, please check your plan.';

describe('Google’s error answers', () => {
  it.each([
    [429, error(429, exceeded, [quota('GenerateRequestsPerDayPerProject'), retry]), 'upstream-quota-exhausted'],
    [429, error(429, exceeded, [quota('GenerateRequestsPerMinutePerProject'), retry]), 'upstream-rate-limited'],
    [429, `[${error(429, 'Resource exhausted.')}]`, 'upstream-rate-limited'],
    [400, error(400, 'API key not valid. Please pass a valid API key.'), 'upstream-credential-refused'],
    [
      400,
      error(400, 'The input token count (9) exceeds the maximum number of tokens allowed (8).'),
      'context-too-long',
    ],
    [400, error(400, 'Thinking level MINIMAL is not supported for this model.'), 'upstream-request-refused'],
    [404, error(404, 'models/x is not found'), 'upstream-model-missing'],
    [503, error(503, 'The model is overloaded.'), 'upstream-overloaded'],
    [502, '<html>', 'upstream-error'],
  ])('with status %i and body %s are %s', (status, body, code) => {
    expect(decode(status, body).code).toBe(code);
  });

  it('tell how long to wait', () => {
    expect(decode(429, error(429, exceeded, [quota('PerMinute'), retry])).retryAfterMs).toBe(34_400);
  });

  it.skipIf(!recordingsDir)('as recorded are understood (skipped: no recordings)', () => {
    const body = readFileSync(join(recordingsDir ?? '', 'google', 'google-429-retry-info.json'), 'utf8');
    expect(decode(429, body)).toMatchObject({ code: 'upstream-rate-limited', retryAfterMs: 34_400 });
  });
});

describe('failures told to a Gemini client', () => {
  const answer = (failure: Failure) => {
    const { status, headers, body } = encodeFailure(failure);
    return { status, headers, body: JSON.parse(body) };
  };

  it('have the status in the head and in the body, for every code', () => {
    const codes = Object.keys(failureTable).filter((code): code is FailureCode => code in failureTable);
    for (const code of codes) {
      const { status, body } = answer(new Failure(code, 'why'));
      expect(body.error).toMatchObject({ code: status, message: 'why', status: expect.stringMatching(/^[A-Z_]+$/) });
    }
  });

  it('say when to come back', () => {
    const { headers, body } = answer(new Failure('upstream-rate-limited', 'slow', { retryAfterMs: 1_500 }));
    expect(headers['retry-after']).toBe('2');
    expect(body.error.details).toEqual([{ '@type': retry['@type'], retryDelay: '2s' }]);
  });

  it('are final where trying again is useless', () => {
    expect(answer(new Failure('upstream-credential-refused', 'no')).status).toBe(403);
    const spent = answer(new Failure('upstream-quota-exhausted', 'spent'));
    expect(spent.status).toBe(429);
    expect(JSON.stringify(spent.body)).toContain('PerDay');
  });
});
