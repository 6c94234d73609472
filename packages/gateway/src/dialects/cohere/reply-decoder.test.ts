import { describe, expect, it } from 'vitest';
import type { ReplyEvent } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { CanonicalRequest } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { DecodeContext } from '../dialect.ts';
import { freeformArguments } from '../shared/freeform.ts';
import { foldReply } from '../shared/reply.ts';
import { createToolTable } from '../shared/tool-table.ts';
import { cohere } from './index.ts';
import { nameRules } from './tool-encoder.ts';

const request: CanonicalRequest = {
  model: 'm',
  stream: true,
  items: [],
  tools: [{ type: 'custom', name: 'apply-patch' }],
};
const context: DecodeContext = { issuer: 'cohere', tools: createToolTable(request, nameRules) };

function decode(...values: readonly (JsonObject | string)[]): readonly ReplyEvent[] {
  const decoder = cohere.createReplyDecoder(context);
  const frames = values.map((value) => ({
    event: undefined,
    data: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  }));
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

function failureOf(events: readonly ReplyEvent[]): Failure | undefined {
  const last = events.at(-1);
  return last?.type === 'reply-failed' ? last.failure : undefined;
}

const start = { type: 'message-start', id: 'r1', delta: { message: { role: 'assistant' } } };
const end = (finish_reason: string, more: JsonObject = {}) => ({
  type: 'message-end',
  delta: { finish_reason, ...more },
});
const callStart = (name: string, index = 0) => ({
  type: 'tool-call-start',
  index,
  delta: { message: { tool_calls: { id: `${name}_1`, type: 'function', function: { name, arguments: '' } } } },
});
const input = (text: string, index = 0) => ({
  type: 'tool-call-delta',
  index,
  delta: { message: { tool_calls: { function: { arguments: text } } } },
});

describe('an answer of Cohere', () => {
  it('tells the plan as a thought, before the call that it is for', () => {
    const plan = { type: 'tool-plan-delta', delta: { message: { tool_plan: 'I will ask.' } } };
    const events = decode(
      start,
      plan,
      callStart('weather'),
      input('{"a"'),
      input(':1}'),
      { type: 'tool-call-end', index: 0 },
      end('TOOL_CALL'),
    );
    expect(foldReply(events)).toEqual({
      id: 'r1',
      stop: 'complete',
      items: [
        { type: 'reasoning', summary: ['I will ask.'], seal: { issuer: 'cohere', data: null } },
        { type: 'tool-call', kind: 'function', callId: 'weather_1', tool: { name: 'weather' }, input: '{"a":1}' },
      ],
    });
  });

  it.each([['null'], ['nu', 'll'], ['']])('takes %j as no arguments', (...pieces) => {
    const events = decode(start, callStart('now'), ...pieces.map((piece) => input(piece)), end('TOOL_CALL'));
    expect(foldReply(events)).toMatchObject({ items: [{ input: '{}' }] });
    const told = events.flatMap((event) => (event.type === 'input-delta' ? [event.text] : []));
    expect(told.join('')).toBe('{}');
  });

  it('takes the text out of a freeform call while it comes', () => {
    const whole = freeformArguments('*** Begin\n"x"');
    const events = decode(
      start,
      callStart('apply_patch'),
      ...Array.from(whole, (each) => input(each)),
      end('TOOL_CALL'),
    );
    expect(events.filter(({ type }) => type === 'input-delta').length).toBeGreaterThan(5);
    expect(foldReply(events)).toMatchObject({
      items: [{ kind: 'custom', tool: { name: 'apply-patch' }, input: '*** Begin\n"x"' }],
    });
  });

  it('counts what is billed, and as cached what of it was', () => {
    const usage = (billed: number, seen: number, cached: number) => ({
      usage: {
        billed_units: { input_tokens: billed, output_tokens: 44 },
        tokens: { input_tokens: seen, output_tokens: 95 },
        cached_tokens: cached,
      },
    });
    const told = (more: JsonObject) => decode(start, end('COMPLETE', more)).at(-1);
    expect(told(usage(119, 1549, 1504))).toMatchObject({
      usage: { inputTokens: 119, outputTokens: 44, cachedInputTokens: 74 },
    });
    expect(told(usage(39, 1683, 992))).toMatchObject({ usage: { inputTokens: 39, cachedInputTokens: 0 } });
    expect(told({ usage: { tokens: { input_tokens: 7, output_tokens: 2 } } })).toMatchObject({
      usage: { inputTokens: 7, outputTokens: 2 },
    });
  });

  it.each([
    ['TIMEOUT', {}, 'upstream-timeout'],
    ['ERROR', {}, 'upstream-error'],
    ['ERROR', { error: 'too many tokens: size limit exceeded by 11' }, 'upstream-error'],
  ])('that ends in %s %j failed', (finish, more, code) => {
    expect(failureOf(decode(start, end(finish, more)))).toMatchObject({ code });
    const whole = cohere.decodeReply({ id: 'r', message: { content: [] }, finish_reason: finish, ...more }, context);
    expect(failureOf(whole)).toMatchObject({ code });
  });

  it('that is an error or no JSON failed, and one that just ends was cut', () => {
    expect(failureOf(decode(start, { message: 'internal server error' }))).toMatchObject({
      code: 'upstream-error',
      message: 'internal server error',
    });
    expect(failureOf(decode(start, 'oops'))).toMatchObject({ code: 'upstream-garbled' });
    expect(failureOf(decode(start))).toMatchObject({ code: 'upstream-cut' });
    expect(failureOf(cohere.decodeReply({ message: 'no' }, context))).toBeInstanceOf(Failure);
  });
});

describe('an error answer of Cohere', () => {
  it.each([
    [401, 'invalid api token', 'upstream-credential-refused'],
    [429, 'trial token rate limit exceeded', 'upstream-rate-limited'],
    [400, 'too many tokens: size limit exceeded by 11326 tokens.', 'context-too-long'],
    [404, "model 'x' not found", 'upstream-model-missing'],
    [422, 'invalid request', 'upstream-request-refused'],
  ])('%i "%s" is %s', (status, message, code) => {
    const body = Buffer.from(JSON.stringify({ id: 'x', message }));
    expect(cohere.decodeFailure({ status, headers: {}, body, now: 0 })).toMatchObject({ code, message });
  });
});
