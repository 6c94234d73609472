import { describe, expect, it } from 'vitest';
import { messages } from './index.ts';

/** What Google itself answers in front of Claude (https://cloud.google.com/apis/design/errors), which is not in Anthropic's form. */
const exhausted = {
  error: { code: 429, message: 'Resource exhausted. Please try again later.', status: 'RESOURCE_EXHAUSTED' },
};
const denied = {
  error: { code: 403, message: "Permission 'aiplatform.endpoints.predict' denied.", status: 'PERMISSION_DENIED' },
};
const missing = { error: { code: 404, message: 'Publisher Model was not found.', status: 'NOT_FOUND' } };

describe('an error of Vertex AI', () => {
  it.each([
    [429, exhausted, 'upstream-rate-limited'],
    [429, [exhausted], 'upstream-rate-limited'],
    [403, [denied], 'upstream-credential-refused'],
    [404, missing, 'upstream-model-missing'],
  ])('%i is told in its words: %j', (status, body, code) => {
    const failure = messages.decodeFailure({
      status,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
      now: 0,
    });
    const [error] = [body].flat();
    expect(failure).toMatchObject({ code, message: error?.error.message });
  });
});
