import { describe, expect, it } from 'vitest';
import { objectAt, objectsAt, textAt } from '../../../test/kit/json-access.ts';
import type { Reply } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { CanonicalRequest } from '../../core/items.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { EncodeContext } from '../dialect.ts';
import { expandReply, foldReply } from '../shared/reply.ts';
import { createToolTable } from '../shared/tool-table.ts';
import { chat } from './index.ts';
import { nameRules } from './tool-encoder.ts';

const usage = {
  inputTokens: 9,
  outputTokens: 5,
  cachedInputTokens: 4,
  cacheWriteTokens: 0,
  cacheWriteLongTokens: 0,
  reasoningTokens: 2,
};

const asked: CanonicalRequest = {
  model: 'alias',
  stream: true,
  items: [],
  tools: [
    { type: 'function', name: 'read' },
    { type: 'custom', name: 'patch' },
  ],
  extra: { dialect: 'chat', fields: { stream_options: { include_usage: true } } },
};

const reply: Reply = {
  id: 'upstream-id',
  model: 'upstream-model',
  stop: 'complete',
  usage,
  items: [
    { type: 'reasoning', summary: ['One.', 'Two.'] },
    {
      type: 'message',
      role: 'assistant',
      parts: [
        { type: 'text', text: 'Hello ' },
        { type: 'text', text: 'there.' },
      ],
    },
    { type: 'message', role: 'assistant', parts: [{ type: 'text', text: 'Again.' }] },
    { type: 'tool-call', kind: 'function', callId: 'a', tool: { name: 'read' }, input: '{"x":1}' },
    { type: 'tool-call', kind: 'custom', callId: 'b', tool: { name: 'patch' }, input: '*** x' },
  ],
};

function context(request?: CanonicalRequest): EncodeContext {
  return { model: 'alias', createdAt: 1_700_000_000, newId: (prefix) => `${prefix}1`, ...(request ? { request } : {}) };
}

function stream(answer: Reply, request: CanonicalRequest): readonly string[] {
  const encoder = chat.createReplyEncoder(context(request));
  return expandReply(answer).flatMap((event) =>
    encoder.push(event).map((frame) => ('data' in frame ? frame.data : frame.comment)),
  );
}

function chunksOf(lines: readonly string[]): readonly JsonObject[] {
  return lines.map((line) => parseJson(line)).filter(isJsonObject);
}

function deltasOf(lines: readonly string[]): readonly JsonObject[] {
  return chunksOf(lines).flatMap((chunk) => objectsAt(chunk, 'choices').map((choice) => objectAt(choice, 'delta')));
}

describe('a stream for a Chat client', () => {
  const lines = stream(reply, asked);

  it('opens with the role, ends with the reason, the usage and the mark', () => {
    expect(deltasOf(lines)[0]).toEqual({ role: 'assistant', content: '' });
    expect(chunksOf(lines).at(-2)).toMatchObject({ choices: [{ finish_reason: 'tool_calls' }] });
    expect(chunksOf(lines).at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 9, total_tokens: 14, prompt_tokens_details: { cached_tokens: 4 } },
    });
    expect(lines.at(-1)).toBe('[DONE]');
    for (const chunk of chunksOf(lines))
      expect(chunk).toMatchObject({ id: 'chatcmpl-1', model: 'alias', object: 'chat.completion.chunk' });
  });

  it('reports usage only to those who asked', () => {
    const { extra: _extra, ...silent } = asked;
    expect(stream(reply, silent).join()).not.toContain('"usage"');
  });

  it('says the same as the whole answer', () => {
    const body = chat.encodeReply(reply, context(asked));
    const message = objectAt(objectsAt(body, 'choices')[0], 'message');
    const join = (field: string) =>
      deltasOf(lines)
        .map((delta) => textAt(delta, field))
        .join('');
    expect(join('content')).toBe(message['content']);
    expect(join('content')).toBe('Hello there.\n\nAgain.');
    expect(join('reasoning_content')).toBe(message['reasoning_content']);
    expect(message['tool_calls']).toEqual([
      { id: 'a', type: 'function', function: { name: 'read', arguments: '{"x":1}' } },
      { id: 'b', type: 'custom', custom: { name: 'patch', input: '*** x' } },
    ]);
    expect(body).toMatchObject({ object: 'chat.completion', usage: { completion_tokens: 5 } });
  });

  it('read back is the answer, with the texts in one', () => {
    const decoder = chat.createReplyDecoder({ tools: createToolTable(asked, nameRules), issuer: 'vendor' });
    const events = lines.flatMap((line) => decoder.push({ event: undefined, data: Buffer.from(line) }));
    const folded = foldReply([...events, ...decoder.end()]);
    expect(folded).toMatchObject({ stop: 'complete', usage });
    expect(folded instanceof Failure ? [] : folded.items).toEqual([
      { type: 'reasoning', summary: ['One.\n\nTwo.'], seal: { issuer: 'vendor', data: null } },
      { type: 'message', role: 'assistant', parts: [{ type: 'text', text: 'Hello there.\n\nAgain.' }] },
      ...reply.items.slice(3),
    ]);
  });

  it('wraps a freeform call for a client that declared no such tool', () => {
    const calls = deltasOf(stream(reply, { ...asked, tools: [] })).flatMap((delta) => objectsAt(delta, 'tool_calls'));
    const args = calls
      .filter(({ index }) => index === 1)
      .map((call) => textAt(objectAt(call, 'function'), 'arguments'));
    expect(args.join('')).toBe('{"input":"*** x"}');
  });

  it.each([
    ['max-output-tokens', 'length'],
    ['content-filter', 'content_filter'],
    ['stop-sequence', 'stop'],
  ] as const)('tells %s as %s', (stop, finish) => {
    expect(
      chunksOf(stream({ ...reply, stop }, { ...asked, extra: { dialect: 'chat', fields: {} } })).at(-1),
    ).toMatchObject({
      choices: [{ finish_reason: finish === 'stop' ? 'tool_calls' : finish }],
    });
  });

  it('that fails ends in one error chunk without the mark, so that nobody takes it for whole', () => {
    const encoder = chat.createReplyEncoder(context(asked));
    const frames = encoder.push({ type: 'reply-failed', failure: new Failure('upstream-cut', 'It was cut.') });
    expect(frames).toHaveLength(1);
    expect(frames).toEqual(chat.failureFrames(new Failure('upstream-cut', 'It was cut.'), context()));
    expect(frames[0]).toMatchObject({ data: expect.stringContaining('{"error":{"message":"It was cut."') });
  });

  it('is kept alive by a comment', () => {
    expect(chat.createReplyEncoder(context()).keepalive()).toEqual({ comment: 'keepalive' });
  });
});
