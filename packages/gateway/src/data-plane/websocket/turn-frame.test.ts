import { array, assert, dictionary, jsonValue, nat, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import { peekObject } from '../../wire/peek.ts';
import { assembleTurn, headersOfTurn } from './turn-frame.ts';

const peekOf = (message: object) => peekObject(Buffer.from(JSON.stringify(message)));

function bodyOf(message: object, history: readonly Buffer[] = []): JsonObject {
  const value = parseJson(assembleTurn(peekOf(message), history).body.toString('utf8'));
  if (!isJsonObject(value)) throw new Error('the body is no object');
  return value;
}

describe('a message as the request that it stands for', () => {
  it('has the whole history, streams, and nothing of the WebSocket', () => {
    const message = {
      type: 'response.create',
      model: 'gpt-5.5',
      previous_response_id: 'resp_1',
      generate: true,
      background: false,
      input: [{ type: 'message', role: 'user', content: 'two' }],
      tools: [{ type: 'function', name: 'f' }],
      store: false,
    };
    const history = Buffer.from('{"type":"message","role":"user","content":"one"}');
    expect(bodyOf(message, [history])).toEqual({
      stream: true,
      model: 'gpt-5.5',
      input: [
        { type: 'message', role: 'user', content: 'one' },
        { type: 'message', role: 'user', content: 'two' },
      ],
      tools: [{ type: 'function', name: 'f' }],
      store: false,
    });
  });

  it('keeps every byte of items and fields, and the items of one turn are the history of the next', () => {
    const items = array(dictionary(string(), jsonValue()));
    assert(
      property(array(items, { maxLength: 4 }), nat(3), jsonValue(), (turns, spaces, extra) => {
        let history: Buffer[] = [];
        for (const [index, input] of turns.entries()) {
          const text = JSON.stringify({ type: 'response.create', extra, input, model: 'm' }, undefined, spaces);
          const { body, items: kept, before, repeated } = assembleTurn(peekObject(Buffer.from(text)), history);
          const all = turns.slice(0, index + 1).flat();
          expect(parseJson(body.toString('utf8'))).toEqual(
            parseJson(JSON.stringify({ extra, input: all, model: 'm', stream: true })),
          );
          expect(parseJson(`[${kept.toString('utf8')}]`)).toEqual(parseJson(JSON.stringify(all)));
          expect(parseJson(`[${before.toString('utf8')}]`)).toEqual(
            parseJson(JSON.stringify(turns.slice(0, index).flat())),
          );
          const alone = Buffer.concat([body.subarray(0, repeated.start), body.subarray(repeated.end)]);
          expect(parseJson(alone.toString('utf8'))).toEqual(
            parseJson(JSON.stringify({ extra, input, model: 'm', stream: true })),
          );
          history = index % 2 === 0 ? [kept] : [kept, Buffer.alloc(0)];
        }
      }),
    );
  });

  it('takes a text for a message of the user, and no input for none', () => {
    expect(bodyOf({ input: 'Hello "you"' })['input']).toEqual([
      { type: 'message', role: 'user', content: 'Hello "you"' },
    ]);
    expect(bodyOf({ model: 'm' })['input']).toEqual([]);
  });

  it('must not bring anything else as input', () => {
    for (const input of [7, null, { type: 'message' }])
      expect(() => bodyOf({ input })).toThrow(/list of items or a text/);
  });

  it('keeps the metadata that a posted request has, too', () => {
    const metadata = {
      session_id: 's',
      'x-codex-ws-stream-request-start-ms': '1',
      ws_request_header_x_openai_internal_codex_responses_lite: 'true',
    };
    expect(bodyOf({ client_metadata: metadata })['client_metadata']).toEqual({ session_id: 's' });
    expect(bodyOf({ client_metadata: 'odd' })['client_metadata']).toBe('odd');
  });
});

describe('the headers of a turn', () => {
  const handshake = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'k',
    'sec-websocket-extensions': 'permessage-deflate',
    authorization: 'Bearer vk',
    originator: 'codex_exec',
    'session-id': 'old',
    'x-codex-turn-metadata': '{"turn_id":""}',
    'openai-beta': 'responses_websockets=2026-02-06',
  };

  it('are those of the handshake without what is about the WebSocket', () => {
    expect(headersOfTurn(handshake, peekOf({}))).toEqual({
      authorization: 'Bearer vk',
      originator: 'codex_exec',
      'session-id': 'old',
      'x-codex-turn-metadata': '{"turn_id":""}',
    });
    expect(headersOfTurn({ 'openai-beta': 'a=1, responses_websockets=2' }, peekOf({}))).toEqual({
      'openai-beta': 'a=1',
    });
  });

  it('are brought up to date by what the message tells', () => {
    const metadata = {
      session_id: 's',
      thread_id: 't',
      'x-codex-turn-metadata': '{"turn_id":"été"}',
      ws_request_header_x_openai_internal_codex_responses_lite: 'true',
    };
    expect(headersOfTurn(handshake, peekOf({ client_metadata: metadata }))).toMatchObject({
      'session-id': 's',
      'thread-id': 't',
      'x-codex-turn-metadata': '{"turn_id":"\\u00e9t\\u00e9"}',
      'x-openai-internal-codex-responses-lite': 'true',
    });
  });

  it('are not to be changed otherwise from within a message', () => {
    const metadata = {
      authorization: 'Bearer other',
      'x-api-key': 'other',
      ws_request_header_authorization: 'Bearer other',
      ws_request_header_host: 'elsewhere',
      'x-codex-a b': 'x',
      'x-codex-number': 7,
    };
    const plain = headersOfTurn(handshake, peekOf({}));
    expect(headersOfTurn(handshake, peekOf({ client_metadata: metadata }))).toEqual(plain);
  });
});
