import type { FailureCode } from '@turnpike/contract/failure-codes';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/core/failure.ts';
import type { DialectName } from '../../src/core/items.ts';
import { dialects, providerDialects } from '../../src/dialects/registry.ts';
import { blameOf } from '../../src/routing/blame.ts';
import { decodeFrames } from '../kit/dialect-kit.ts';

/** Who rests, and whether another deployment is tried: `nobody` rests, and another one is. */
type Verdict = 'key' | 'deployment' | 'place' | 'caller' | 'nobody';

interface Case {
  readonly dialect: DialectName;
  /** An HTTP status, or the name of the frame of a stream that began with 200. */
  readonly at: number | string;
  readonly said: object;
  readonly code: FailureCode;
  readonly verdict: Verdict;
}

const scopes: Readonly<Record<Verdict, readonly string[] | undefined>> = {
  key: ['credential'],
  deployment: ['deployment'],
  place: ['place'],
  caller: undefined,
  nobody: undefined,
};

const [key, deployment, place, caller, nobody] = ['key', 'deployment', 'place', 'caller', 'nobody'] as const;
const noQuota = 'upstream-quota-exhausted';
const limited = 'upstream-rate-limited';
const refusedKey = 'upstream-credential-refused';
const missing = 'upstream-model-missing';
const overloaded = 'upstream-overloaded';
const refused = 'upstream-request-refused';
const broken = 'upstream-error';
const late = 'upstream-timeout';
const content = 'upstream-content-refused';
const sealed = 'upstream-seal-refused';
const tooLong = 'context-too-long';

type Row = readonly [at: number | string, said: object, code: FailureCode, verdict: Verdict];

const openAi = (message: string, code?: string, type = 'invalid_request_error') => ({ error: { message, type, code } });

/** As users of each vendor report it (docs/decisions/0028). */
const unverified = 'The encrypted content for item rs_1 could not be verified.';
const wrongOrganization = 'Reason: Encrypted content organization_id did not match the target organization.';
const undecryptable =
  'Could not decrypt the provided encrypted_content. Ensure the value is the unmodified encrypted_content from a previous response.';
const badSignature = 'messages.1.content.0: Invalid `signature` in `thinking` block';
const badRedaction = 'messages.23.content.2: Invalid `data` in `redacted_thinking` block';

/** What speakers of OpenAI's two dialects answer, by HTTP status. */
const openAiAnswers: readonly Row[] = [
  [400, openAi('Invalid value for temperature.'), refused, caller],
  [400, openAi('Previous response not found.', 'previous_response_not_found'), refused, caller],
  [400, openAi('The model `llama-1` has been decommissioned.', 'model_decommissioned'), missing, deployment],
  [400, openAi('The model `old` is no longer available.'), missing, deployment],
  [400, openAi('Model Not Exist'), missing, deployment],
  [400, openAi('nope is not a valid model ID'), missing, deployment],
  [400, openAi('Unsupported parameter: this model does not support `temperature`.'), refused, caller],
  [400, openAi('Unknown model parameter: reasoning.'), refused, caller],
  [400, openAi('This request exceeds the context window.', 'context_length_exceeded'), tooLong, caller],
  [400, openAi('Your prompt was flagged.', 'invalid_prompt'), content, caller],
  [400, openAi(`${unverified} ${wrongOrganization}`, 'invalid_encrypted_content'), sealed, nobody],
  [
    400,
    openAi('The encrypted content gAAA...DQ== could not be verified.', 'invalid_encrypted_content'),
    sealed,
    nobody,
  ],
  // Azure gives no code.
  [400, openAi(unverified), sealed, nobody],
  [400, openAi('Conflicting authenticated continuation identities.', 'invalid_value'), sealed, nobody],
  [400, { code: 'invalid-argument', error: undecryptable }, sealed, nobody],
  [400, openAi('Encrypted content is not supported with this model.'), refused, caller],
  [401, openAi('Incorrect API key provided.', 'invalid_api_key'), refusedKey, key],
  [402, openAi('Insufficient Balance'), noQuota, key],
  [403, openAi('Project has no access to model.'), refusedKey, deployment],
  [403, openAi('Key limit exceeded (total limit).'), noQuota, key],
  [
    404,
    openAi('The model `x` does not exist or you do not have access to it.', 'model_not_found'),
    missing,
    deployment,
  ],
  [404, openAi("Item with id 'rs_1' not found. Items are not persisted when `store` is false."), refused, caller],
  [404, { error: { code: 'DeploymentNotFound', message: 'The API deployment does not exist.' } }, missing, deployment],
  [404, {}, missing, deployment],
  [405, {}, missing, deployment],
  [408, {}, late, place],
  [409, {}, broken, place],
  [410, {}, missing, deployment],
  [413, {}, tooLong, caller],
  [422, { detail: [{ msg: 'field required' }] }, refused, caller],
  [424, {}, broken, place],
  [425, {}, broken, place],
  [429, openAi('Rate limit reached.', 'rate_limit_exceeded', 'requests'), limited, deployment],
  [429, openAi('You exceeded your current quota.', 'insufficient_quota', 'insufficient_quota'), noQuota, key],
  [429, openAi('Your account is not active.', 'billing_not_active'), noQuota, key],
  [500, openAi('The server had an error.', undefined, 'server_error'), broken, place],
  [502, {}, broken, place],
  [503, openAi('The server is overloaded.', 'server_is_overloaded', 'server_error'), overloaded, place],
  [504, {}, late, place],
  [520, {}, broken, place],
  [524, {}, broken, place],
  [529, {}, overloaded, place],
];

const failed = (code: string, message = 'No.') => ({
  type: 'response.failed',
  response: { id: 'r', status: 'failed', error: { code, message } },
});

const tables: Readonly<Record<DialectName, readonly Row[]>> = {
  responses: [
    ...openAiAnswers,
    ['response.failed', failed('server_error'), broken, place],
    ['response.failed', failed('server_is_overloaded'), overloaded, place],
    ['response.failed', failed('slow_down'), overloaded, place],
    ['response.failed', failed('insufficient_quota'), noQuota, key],
    ['response.failed', failed('rate_limit_exceeded', 'Please try again in 1.5s.'), limited, deployment],
    ['response.failed', failed('model_not_found'), missing, deployment],
    ['response.failed', failed('vector_store_timeout'), late, place],
    ['response.failed', failed('invalid_prompt'), content, caller],
    ['response.failed', failed('invalid_image_format'), refused, caller],
    ['response.failed', failed('image_content_policy_violation'), content, caller],
    ['response.failed', failed('invalid_encrypted_content', unverified), sealed, nobody],
    ['response.failed', failed('something_new'), broken, place],
    ['error', { type: 'error', code: 'rate_limit_exceeded', message: 'Slow.' }, limited, deployment],
    ['error', { type: 'error', error: { type: 'invalid_request_error', message: 'Bad tool.' } }, refused, caller],
    ['error', { type: 'error', error: { code: 503, message: 'Busy.' } }, overloaded, place],
  ],
  chat: [
    ...openAiAnswers,
    ['', openAi('Overloaded', 'engine_overloaded_error', 'engine_overloaded_error'), overloaded, place],
    ['', { error: { code: 429, message: 'Rate limited upstream.' } }, limited, deployment],
    ['', { error: { code: 402, message: 'Insufficient credits.' } }, noQuota, key],
    ['', { error: { code: 401, message: 'No auth.' } }, refusedKey, key],
    ['', { error: { code: 404, message: 'No endpoints found for x.' } }, missing, deployment],
    ['', { error: { message: 'CUDA out of memory' } }, broken, place],
    ['', { error: 'stream broke' }, broken, place],
    ['', { choices: [{ index: 0, delta: {}, finish_reason: 'insufficient_system_resource' }] }, overloaded, place],
    ['', { choices: [{ index: 0, delta: {}, finish_reason: 'error' }] }, broken, place],
  ],
  messages: [
    ...(
      [
        ['invalid_request_error', 400, refused, caller],
        ['authentication_error', 401, refusedKey, key],
        ['billing_error', 402, noQuota, key],
        ['permission_error', 403, refusedKey, deployment],
        ['not_found_error', 404, missing, deployment],
        ['request_too_large', 413, tooLong, caller],
        ['rate_limit_error', 429, limited, deployment],
        ['api_error', 500, broken, place],
        ['timeout_error', 504, late, place],
        ['overloaded_error', 529, overloaded, place],
      ] as const
    ).flatMap(([type, status, code, verdict]): readonly Row[] => {
      const said = { type: 'error', error: { type, message: 'No.' } };
      // Nobody tells a stream's reader which status a refused key would have had: the key itself rests.
      return [
        [status, said, code, verdict],
        ['error', said, code, type === 'permission_error' ? key : verdict],
      ];
    }),
    [
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: 'Your credit balance is too low.' } },
      noQuota,
      key,
    ],
    [
      400,
      {
        type: 'error',
        error: { type: 'invalid_request_error', message: 'You have reached your specified API usage limits.' },
      },
      noQuota,
      key,
    ],
    [
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: 'This organization has been disabled.' } },
      refusedKey,
      key,
    ],
    ...[badSignature, badRedaction, `${badSignature}. The block is bound to a different conversation.`].flatMap(
      (message): readonly Row[] => {
        const said = { type: 'error', error: { type: 'invalid_request_error', message } };
        return [
          [400, said, sealed, nobody],
          ['error', said, sealed, nobody],
        ];
      },
    ),
    [404, { type: 'error', error: { type: 'not_found_error', message: 'File not found: file_1' } }, refused, caller],
    [404, { type: 'error', error: { type: 'not_found_error', message: 'model: claude-1' } }, missing, deployment],
  ],
  gemini: [
    ...(
      [
        ['INVALID_ARGUMENT', 400, refused, caller],
        ['UNAUTHENTICATED', 401, refusedKey, key],
        ['PERMISSION_DENIED', 403, refusedKey, deployment],
        ['NOT_FOUND', 404, missing, deployment],
        ['RESOURCE_EXHAUSTED', 429, limited, deployment],
        ['INTERNAL', 500, broken, place],
        ['UNAVAILABLE', 503, overloaded, place],
        ['DEADLINE_EXCEEDED', 504, late, place],
      ] as const
    ).flatMap(([status, code, failure, verdict]): readonly Row[] => {
      const inStream = status === 'PERMISSION_DENIED' ? key : verdict;
      return [
        [code, { error: { code, status, message: 'No.' } }, failure, verdict],
        ['', { error: { code, status, message: 'No.' } }, failure, inStream],
        ['', { error: { status, message: 'No.' } }, failure, inStream],
      ];
    }),
    [
      400,
      {
        error: { code: 400, status: 'FAILED_PRECONDITION', message: 'User location is not supported for the API use.' },
      },
      refusedKey,
      key,
    ],
    [
      404,
      { error: { code: 404, status: 'NOT_FOUND', message: 'models/gemini-1 is not found for API version v1.' } },
      missing,
      deployment,
    ],
    [404, { error: { code: 404, status: 'NOT_FOUND', message: 'CachedContent not found.' } }, refused, caller],
    ...[
      'Corrupted thought signature.',
      'Invalid thought signature.',
      'Unable to submit request because Thought signature is not valid.',
    ].map((message): Row => [400, { error: { code: 400, status: 'INVALID_ARGUMENT', message } }, sealed, nobody]),
  ],
  converse: [
    [400, { __type: 'ValidationException', message: 'Malformed input request.' }, refused, caller],
    [400, { __type: 'ValidationException', message: 'The provided model identifier is invalid.' }, missing, deployment],
    [400, { __type: 'ValidationException', message: badSignature }, sealed, nobody],
    [403, { __type: 'AccessDeniedException', message: 'Not authorized.' }, refusedKey, deployment],
    [403, { __type: 'ExpiredTokenException', message: 'Expired.' }, refusedKey, deployment],
    [
      404,
      { __type: 'ResourceNotFoundException', message: 'This model version has reached its end.' },
      missing,
      deployment,
    ],
    [408, { __type: 'ModelTimeoutException', message: 'Late.' }, late, place],
    [424, { __type: 'ModelErrorException', message: 'Broke.' }, broken, place],
    [429, { __type: 'ThrottlingException', message: 'Too many tokens, please wait.' }, limited, deployment],
    [429, { __type: 'ModelNotReadyException', message: 'Not ready.' }, overloaded, place],
    [500, { __type: 'InternalServerException', message: 'Broke.' }, broken, place],
    [503, { __type: 'ServiceUnavailableException', message: 'Busy.' }, overloaded, place],
    ['throttlingException', { message: 'Too many requests.' }, limited, deployment],
    ['serviceUnavailableException', { message: 'Busy.' }, overloaded, place],
    ['modelStreamErrorException', { message: 'Broke.' }, broken, place],
    ['internalServerException', { message: 'Broke.' }, broken, place],
    ['validationException', { message: 'Input is too long for requested model.' }, tooLong, caller],
  ],
  cohere: [
    [400, { message: 'invalid request: message is required' }, refused, caller],
    [401, { message: 'invalid api token' }, refusedKey, key],
    [404, { message: "model 'x' not found" }, missing, deployment],
    [422, { message: 'invalid tool' }, refused, caller],
    [429, { message: 'Too many requests' }, limited, deployment],
    [498, { message: 'blocked' }, refused, caller],
    [500, { message: 'internal server error' }, broken, place],
    [503, { message: 'unavailable' }, overloaded, place],
    ['', { message: 'internal server error' }, broken, place],
    ['', { type: 'message-end', delta: { finish_reason: 'TIMEOUT' } }, late, place],
    ['', { type: 'message-end', delta: { finish_reason: 'ERROR', error: 'boom' } }, broken, place],
  ],
};

const cases: readonly Case[] = Object.values(providerDialects).flatMap(({ name }) =>
  tables[name].map(([at, said, code, verdict]) => ({ dialect: name, at, said, code, verdict })),
);

/** The failure of an error answer, or of a stream that tells it as its first event. */
function failureOf({ dialect, at, said }: Case): Failure | undefined {
  const provider = providerDialects[dialect];
  const body = Buffer.from(JSON.stringify(said));
  if (typeof at === 'number') return provider.decodeFailure({ status: at, headers: {}, body, now: 0 });
  const last = decodeFrames(provider, [{ event: at === '' ? undefined : at, data: body }]).at(-1);
  return last?.type === 'reply-failed' ? last.failure : undefined;
}

describe('what providers say of a failure', () => {
  it.each(cases)('in $dialect at $at: $said is $code, of the $verdict', (each) => {
    const failure = failureOf(each);
    const status = typeof each.at === 'number' ? each.at : 200;
    expect({ code: failure?.code, rests: failure && blameOf(failure, status)?.scopes }).toEqual({
      code: each.code,
      rests: scopes[each.verdict],
    });
    expect(failure?.traits.elsewhere).toBe(each.verdict !== 'caller');
  });

  it.each(cases.filter(({ dialect, at }) => typeof at === 'string' && Object.hasOwn(dialects, dialect)))(
    'in $dialect at $at: $said is the same to whoever only looks on',
    (each) => {
      const observer = Object.values(dialects)
        .find(({ name }) => name === each.dialect)
        ?.createObserver();
      const event = each.at === '' ? undefined : String(each.at);
      observer?.push({ event, data: Buffer.from(JSON.stringify(each.said)) });
      expect(observer?.seen).toMatchObject({ semantic: false, terminal: expect.objectContaining({ code: each.code }) });
    },
  );
});
