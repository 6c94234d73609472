import { describe, expect, it } from 'vitest';
import type { ReplyEvent } from '../../core/events.ts';
import type { JsonObject } from '../../core/json.ts';
import { foldReply } from '../shared/reply.ts';
import { anyName, createToolTable } from '../shared/tool-table.ts';
import { chat } from './index.ts';

/** What Azure's content filter adds (https://learn.microsoft.com/en-us/azure/ai-foundry/openai/concepts/content-filter-annotations). */
const verdict = { hate: { filtered: false, severity: 'safe' }, violence: { filtered: false, severity: 'safe' } };
const aboutPrompt: JsonObject = {
  id: '',
  object: '',
  created: 0,
  model: '',
  choices: [],
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: verdict }],
};

function chunk(choice: JsonObject): JsonObject {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-5',
    choices: [{ index: 0, ...choice }],
  };
}

function decode(...chunks: readonly JsonObject[]): readonly ReplyEvent[] {
  const tools = createToolTable({ model: 'm', stream: true, items: [], tools: [] }, anyName);
  const decoder = chat.createReplyDecoder({ tools, issuer: 'azure' });
  const frames = [...chunks.map((each) => JSON.stringify(each)), '[DONE]'];
  return frames.flatMap((data) => decoder.push({ event: undefined, data: Buffer.from(data) }));
}

describe('an answer of Azure', () => {
  it('begins with what the filter thinks of the prompt, which says nothing of who answers', () => {
    const events = decode(
      aboutPrompt,
      chunk({ delta: { role: 'assistant', content: '' }, finish_reason: null, content_filter_results: {} }),
      chunk({ delta: { content: 'Hello' }, finish_reason: null, content_filter_results: verdict }),
      chunk({ delta: {}, finish_reason: 'stop', content_filter_results: {} }),
    );
    expect(foldReply(events)).toEqual({
      id: 'chatcmpl-1',
      model: 'gpt-5',
      stop: 'complete',
      items: [{ type: 'message', role: 'assistant', parts: [{ type: 'text', text: 'Hello' }] }],
    });
  });

  it('has chunks with nothing but verdicts where the filter runs beside the stream', () => {
    const late = chunk({
      finish_reason: null,
      content_filter_results: verdict,
      content_filter_offsets: { check_offset: 0 },
    });
    const events = decode(
      aboutPrompt,
      chunk({ delta: { content: 'Hi' } }),
      late,
      chunk({ delta: {}, finish_reason: 'stop' }),
      late,
    );
    expect(foldReply(events)).toMatchObject({ stop: 'complete', items: [{ parts: [{ text: 'Hi' }] }] });
  });

  it('that the filter cut off is incomplete', () => {
    const filtered = { ...verdict, violence: { filtered: true, severity: 'medium' } };
    const events = decode(
      aboutPrompt,
      chunk({ delta: { content: 'Once' } }),
      chunk({ delta: {}, finish_reason: 'content_filter', content_filter_results: filtered }),
    );
    expect(foldReply(events)).toMatchObject({ stop: 'content-filter' });
  });
});

describe('an error of Azure', () => {
  it.each([
    [
      400,
      {
        error: {
          message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
          type: null,
          param: 'prompt',
          code: 'content_filter',
          status: 400,
          innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: verdict },
        },
      },
      'upstream-content-refused',
    ],
    [
      404,
      { error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' } },
      'upstream-model-missing',
    ],
    [
      401,
      { error: { code: '401', message: 'Access denied due to invalid subscription key or wrong API endpoint.' } },
      'upstream-credential-refused',
    ],
    [
      401,
      {
        statusCode: 401,
        message: 'Unauthorized. Access token is missing, invalid, audience is incorrect or has expired.',
      },
      'upstream-credential-refused',
    ],
    [
      429,
      {
        error: {
          code: 'RateLimitReached',
          message: 'Requests have exceeded the token rate limit. Please retry after 7 seconds.',
        },
      },
      'upstream-rate-limited',
    ],
  ])('%i %j is %s', (status, body, code) => {
    const headers = { 'content-type': 'application/json' };
    const failure = chat.decodeFailure({ status, headers, body: Buffer.from(JSON.stringify(body)), now: 0 });
    expect(failure.code).toBe(code);
    expect(failure.retryAfterMs).toBe(status === 429 ? 7_000 : undefined);
  });
});
