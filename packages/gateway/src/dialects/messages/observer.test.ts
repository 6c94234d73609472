import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { messages } from './index.ts';
import { answer, decode, ended, observationOf, observe, open, start, stop, text, think } from './reply-kit.fixture.ts';

function expectSameAsDecoded(events: readonly JsonObject[]): void {
  const expected = observationOf(decode(events));
  expect(observe(events, true)).toEqual(expected);
  expect(observe(events, false)).toEqual(expected);
}

describe('watching a stream', () => {
  it('tells the same as reading it', () => {
    expectSameAsDecoded(answer(think, text));
    expectSameAsDecoded([start]);
    expectSameAsDecoded([start, open({ type: 'text', text: '' })]);
    expectSameAsDecoded([start, { type: 'error', error: { type: 'overloaded_error', message: 'busy' } }]);
    expect(observe([start, ended('max_tokens'), stop], true).terminal).toBe('incomplete');
  });

  it('looks at whole answers too', () => {
    const observer = messages.createObserver();
    observer.whole({
      id: 'msg_1',
      model: 'm',
      content: [],
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 2 },
    });
    expect(observer.seen).toMatchObject({
      semantic: true,
      terminal: 'done',
      replyId: 'msg_1',
      usage: { inputTokens: 1 },
    });
  });
});
