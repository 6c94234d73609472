import { describe, expect, it } from 'vitest';
import { decodeFailure, failureOfException } from './failure.ts';

function answered(status: number, body: object, type?: string) {
  const headers = { 'content-type': 'application/json', ...(type === undefined ? {} : { 'x-amzn-errortype': type }) };
  return decodeFailure({ status, headers, body: Buffer.from(JSON.stringify(body)), now: 0 });
}

describe('an error answer of Bedrock', () => {
  it.each([
    [429, 'ThrottlingException', 'Too many tokens, please wait before trying again.', 'upstream-rate-limited'],
    [400, 'ServiceQuotaExceededException', 'Your request exceeds the service quota.', 'upstream-quota-exhausted'],
    [503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.', 'upstream-overloaded'],
    [429, 'ModelNotReadyException', 'The model is not ready.', 'upstream-overloaded'],
    [408, 'ModelTimeoutException', 'Model has timed out.', 'upstream-timeout'],
    [424, 'ModelErrorException', 'The system encountered an unexpected error.', 'upstream-error'],
    [500, 'InternalServerException', 'Something broke.', 'upstream-error'],
    [404, 'ResourceNotFoundException', 'Could not resolve the foundation model.', 'upstream-model-missing'],
    [
      403,
      'AccessDeniedException',
      'User: x is not authorized to perform: bedrock:InvokeModel',
      'upstream-credential-refused',
    ],
    [
      403,
      'AccessDeniedException',
      "You don't have access to the model with the specified model ID.",
      'upstream-model-missing',
    ],
    [
      403,
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
      'upstream-credential-refused',
    ],
    [
      403,
      'ExpiredTokenException',
      'The security token included in the request is expired',
      'upstream-credential-refused',
    ],
    [400, 'ValidationException', 'Input is too long for requested model.', 'context-too-long'],
    [400, 'ValidationException', 'The provided model identifier is invalid.', 'upstream-model-missing'],
    [
      400,
      'ValidationException',
      'Invocation of model ID a.b-v1:0 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.',
      'upstream-model-missing',
    ],
    [400, 'ValidationException', 'messages: roles must alternate', 'upstream-request-refused'],
  ] as const)('%i %s: %s', (status, type, message, code) => {
    const told = { message, upstream: { status, code: type } };
    expect(answered(status, { message }, `${type}:http://internal.amazon.com/coral/`)).toMatchObject({ code, ...told });
    expect(answered(status, { __type: `com.amazon.coral.service#${type}`, Message: message })).toMatchObject({
      code,
      ...told,
    });
  });

  it('is told by its status where it names no exception', () => {
    expect(answered(403, { Message: 'Forbidden' }).code).toBe('upstream-credential-refused');
    expect(answered(502, {}).code).toBe('upstream-error');
  });
});

describe('an exception inside a stream', () => {
  it.each([
    ['throttlingException', 'Too many requests', 'upstream-rate-limited'],
    ['modelStreamErrorException', 'The model broke off.', 'upstream-error'],
    ['serviceUnavailableException', 'Busy.', 'upstream-overloaded'],
    ['internalServerException', 'Broken.', 'upstream-error'],
    ['validationException', 'prompt is too long: 300000 tokens > 200000 maximum', 'context-too-long'],
    ['validationException', 'malformed input', 'upstream-request-refused'],
    ['somethingNewException', '?', 'upstream-error'],
  ] as const)('%s: %s', (name, message, code) => {
    expect(failureOfException(name, { message })).toMatchObject({ code, message });
  });
});
