import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/json.ts';
import { encodeSseFrame } from '../../wire/sse-encoder.ts';
import type { TappedReply } from './reply-tap.ts';
import { createTurnSink } from './turn-sink.ts';

const context = { model: 'm', createdAt: 5, newId: (prefix: string) => `${prefix}new` };

function openSink() {
  const messages: string[] = [];
  const ends: (TappedReply | undefined)[] = [];
  const sink = createTurnSink({
    sender: {
      send(more) {
        messages.push(...more.map(String));
        return undefined;
      },
      flushed: () => Promise.resolve(),
      waiting: false,
    },
    context,
    onOver: (reply) => void ends.push(reply),
  });
  return { sink, messages, ends };
}

const frame = (event: { readonly type: string } & JsonObject) =>
  encodeSseFrame({ event: event.type, data: JSON.stringify(event) });
const stream = { 'content-type': 'text/event-stream; charset=utf-8' };
const item = { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'été "1"' }] };
const itemDone = { type: 'response.output_item.done', output_index: 0, item };
const completed = { type: 'response.completed', response: { id: 'resp_1', output: [item] } };

function parsed(message: string | undefined): Json | undefined {
  return parseJson(message ?? '');
}

describe('a turn’s answer on a socket', () => {
  it('is one message per event, and tells at its end what can be built on', async () => {
    const { sink, messages, ends } = openSink();
    const created = { type: 'response.created', response: { id: 'resp_1' } };
    sink.start(200, stream);
    await sink.write(frame(created) + encodeSseFrame({ comment: 'still here' }));
    await sink.write(Buffer.from(frame(itemDone)));
    expect(ends).toEqual([]);
    await sink.end(`${frame(completed)}data: [DONE]\n\n`);
    expect(messages.map(parsed)).toEqual([created, itemDone, completed]);
    expect(ends.map((reply) => [reply?.id, reply?.items.map(String)])).toEqual([['resp_1', [JSON.stringify(item)]]]);
  });

  it('cannot be built on when it failed', async () => {
    const { sink, ends } = openSink();
    sink.start(200, stream);
    await sink.end(frame(itemDone) + frame({ type: 'response.failed', response: { id: 'resp_1' } }));
    expect(ends).toEqual([undefined]);
  });

  it('passes events that cannot be read, and then cannot be built on', async () => {
    const { sink, messages, ends } = openSink();
    sink.start(200, stream);
    await sink.end(`event: response.output_item.done\ndata: {"item":{},"item":1}\n\n${frame(completed)}`);
    expect(messages).toHaveLength(2);
    expect(ends).toEqual([undefined]);
  });

  it('tells an error event as a failed response, because a WebSocket has no end that would tell it', async () => {
    const { sink, messages, ends } = openSink();
    sink.start(200, stream);
    await sink.end(frame({ type: 'error', code: 'rate_limit_exceeded', message: 'Slow down.' }));
    expect(messages.map(parsed)).toMatchObject([
      { type: 'response.failed', response: { status: 'failed', error: { code: 'rate_limit_exceeded' } } },
    ]);
    expect(ends).toEqual([undefined]);
  });

  it('is one error message with its status where it would be an error answer', async () => {
    const { sink, messages, ends } = openSink();
    sink.start(429, { 'content-type': 'application/json', 'retry-after': '2' });
    await sink.write('{"error":{"code":"rate_limit_exceeded",');
    expect(messages).toEqual([]);
    await sink.end('"message":"Slow."}}');
    expect(messages.map(parsed)).toEqual([
      {
        type: 'error',
        status: 429,
        error: { code: 'rate_limit_exceeded', message: 'Slow.' },
        headers: { 'retry-after': '2' },
      },
    ]);
    expect(ends).toEqual([undefined]);
  });

  it('is an error message also where the answer is no JSON', async () => {
    const { sink, messages } = openSink();
    sink.start(502, { 'content-type': 'text/html' });
    await sink.end('<h1>Bad gateway</h1>');
    const message = parsed(messages[0]);
    expect(isJsonObject(message) && message).toMatchObject({ status: 502, error: { message: '<h1>Bad gateway</h1>' } });
  });
});
