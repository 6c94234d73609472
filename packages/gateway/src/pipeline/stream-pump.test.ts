import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../core/failure.ts';
import type { ClientDialectName } from '../core/items.ts';
import { dialects } from '../dialects/registry.ts';
import { anyName, createToolTable } from '../dialects/shared/tool-table.ts';
import { createBodyQueue } from '../upstream/answer-body.ts';
import { createExpressTransform } from './express-transform.ts';
import { createFoldTransform } from './fold-transform.ts';
import { createStreamPump, type Transform } from './stream-pump.ts';
import { createTranslateTransform } from './translate-transform.ts';

const request = { model: 'm', stream: true, items: [], tools: [] };
const context = { model: 'm', createdAt: 0, newId: (prefix: string) => `${prefix}1`, request };

/** Answers that are whole by their finish reason, in dialects whose end only the end of the body or a mark tells. */
const wholeAnswers: Partial<Record<ClientDialectName, string>> = {
  chat: 'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n',
  gemini: 'data: {"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}\n\n',
};

function decoderOf(provider: ClientDialectName) {
  return dialects[provider].createReplyDecoder({ issuer: 'vendor', tools: createToolTable(request, anyName) });
}

const lanes: Record<string, (provider: ClientDialectName) => Transform> = {
  translate: (provider) =>
    createTranslateTransform({ decoder: decoderOf(provider), encoder: dialects.responses.createReplyEncoder(context) }),
  fold: (provider) =>
    createFoldTransform(decoderOf(provider), (reply) => JSON.stringify(dialects.messages.encodeReply(reply, context))),
  express: (provider) =>
    createExpressTransform({
      observer: dialects[provider].createObserver(),
      closing: () => 'FAILED',
      dropsUsageFrame: false,
    }),
};

const cases = Object.keys(wholeAnswers).flatMap((provider) => Object.keys(lanes).map((lane) => ({ provider, lane })));

function open(provider: string, lane: string) {
  const name: ClientDialectName = provider === 'chat' ? 'chat' : 'gemini';
  const body = createBodyQueue({ pause: vi.fn(), resume: vi.fn(), abort: vi.fn() });
  const transform = lanes[lane]?.(name);
  if (!transform) throw new Error(`no lane ${lane}`);
  const pump = createStreamPump(body, transform);
  body.push(Buffer.from(wholeAnswers[name] ?? ''));
  async function readAll(): Promise<string> {
    let text = '';
    for (let piece = await pump.read(); piece !== undefined; piece = await pump.read()) text += piece.toString();
    return text;
  }
  return { body, pump, readAll };
}

describe.each(cases)('a whole answer of $provider that does not end, in the lane "$lane",', ({ provider, lane }) => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is done a second later', async () => {
    const { pump, readAll } = open(provider, lane);
    const all = readAll();
    await vi.advanceTimersByTimeAsync(999);
    expect(pump.finished()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await all).toContain('Hi');
    expect(pump.seen()).toMatchObject({ terminal: 'done', semantic: true });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is done where upstream breaks off instead', async () => {
    const { body, pump, readAll } = open(provider, lane);
    const all = readAll();
    await vi.advanceTimersByTimeAsync(1);
    body.fail(new Failure('upstream-cut', 'cut'));
    expect(await all).not.toMatch(/fail/i);
    expect(pump.seen().terminal).toBe('done');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a stream for a client that wants JSON', () => {
  it('is one piece as soon as the terminal event has come', async () => {
    const { body, pump } = open('chat', 'fold');
    expect(await pump.read()).toBe('');
    expect(pump.seen().semantic).toBe(false);
    body.push(Buffer.from('data: [DONE]\n\n'));
    expect(JSON.parse(String(await pump.read()))).toMatchObject({ content: [{ type: 'text', text: 'Hi' }] });
    expect(pump.finished()).toBe(true);
  });

  it('that fails has told nothing', async () => {
    const { body, pump } = open('chat', 'fold');
    await pump.read();
    body.push(Buffer.from('data: {"error":{"message":"broken"}}\n\n'));
    expect(await pump.read()).toBeUndefined();
    expect(pump.seen()).toMatchObject({ semantic: false, terminal: expect.any(Failure) });
  });
});
