import { type FailureCode, failureTable } from '@turnpike/contract/failure-codes';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../core/failure.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import type { CallerTraits } from '../dialect.ts';
import { chat } from './index.ts';

const caller: CallerTraits = { agent: 'other', stream: true, exchangeId: 'x' };

function isCode(code: string): code is FailureCode {
  return code in failureTable;
}

function refused(body: string, status = 400, contentType = 'application/json'): Failure {
  return chat.decodeFailure({ status, headers: { 'content-type': contentType }, body: Buffer.from(body), now: 0 });
}

describe('a failure for a Chat client', () => {
  it.each(Object.keys(failureTable).filter(isCode))('%s has its status, words and message', (code) => {
    const answer = chat.encodeFailure(new Failure(code, 'What happened.'), caller);
    expect(answer.status).toBe(failureTable[code].status);
    expect(parseJson(answer.body)).toEqual({
      error: {
        message: 'What happened.',
        type: expect.stringMatching(/^\w+$/),
        param: null,
        code: expect.stringMatching(/^\w+$/),
      },
    });
  });

  it('says when waiting helps, and when trying again does not', () => {
    const limited = new Failure('upstream-rate-limited', 'Slow.', { retryAfterMs: 1_200 });
    expect(chat.encodeFailure(limited, caller).headers).toMatchObject({ 'retry-after': '2' });
    expect(chat.encodeFailure(new Failure('upstream-quota-exhausted', 'Empty.'), caller).headers).toMatchObject({
      'x-should-retry': 'false',
    });
    expect(chat.encodeFailure(new Failure('upstream-overloaded', 'Busy.'), caller).headers).not.toHaveProperty(
      'x-should-retry',
    );
  });

  it("passes a vendor's refusal on as it was, but only in this dialect's shape", () => {
    const body =
      '{ "error": {"message": "Unsupported parameter: \'x\'", "type": "invalid_request_error", "param": "x", "code": null} }';
    expect(chat.encodeFailure(refused(body, 422), caller)).toMatchObject({ status: 422, body });
    const foreign = refused('{"type":"error","error":{"type":"invalid_request_error","message":"no"}}');
    expect(parseJson(chat.encodeFailure(foreign, caller).body)).toMatchObject({
      error: { message: 'no', code: 'upstream_request_refused' },
    });
  });
});

type Expected = [body: string, status: number, code: FailureCode, words: string];

describe("a vendor's error answer", () => {
  it.each<[string, ...Expected]>([
    [
      'OpenAI',
      '{"error":{"message":"too long","code":"context_length_exceeded"}}',
      400,
      'context-too-long',
      'too long',
    ],
    [
      'vLLM',
      '{"object":"error","message":"max context length is 10","code":400}',
      400,
      'context-too-long',
      'max context length is 10',
    ],
    ['Google', '[{"error":{"message":"gone","code":404}}]', 404, 'upstream-model-missing', 'gone'],
    ['FastAPI', '{"detail":"nope"}', 400, 'upstream-request-refused', 'nope'],
    ['a plain text', '{"error":"no credit balance"}', 402, 'upstream-quota-exhausted', 'no credit balance'],
    ['a proxy', '<html>Bad Gateway</html>', 502, 'upstream-error', '502'],
  ])('of %s is understood', (_name, ...[body, status, code, words]) => {
    const failure = refused(body, status);
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(words);
    expect(failure.upstream?.status).toBe(status);
    expect(isJsonObject(failure.upstream)).toBe(true);
  });
});
