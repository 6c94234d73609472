import { array, assert, asyncProperty, constantFrom } from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AnswerTerms, type MessageAnswer, receiveAnswer } from './message-answer.ts';
import type { AnswerBody } from './upstream.ts';

const created = '{"type":"response.created","response":{"id":"resp_1"}}';
const delta = '{"type":"response.output_text.delta","delta":"été"}';
const completed = '{"type":"response.completed","response":{"id":"resp_1","output":[]}}';
const deadlines = { connectMs: 1_000, headersMs: 10_000, idleMs: 20_000 };

function receive() {
  const calls: string[] = [];
  const departure = new AbortController();
  const terms: AnswerTerms = { origin: 'https://provider.test', deadlines, signal: departure.signal };
  const source = {
    pause: () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
    abort: () => void calls.push('abort'),
    over: (id: string | undefined) => void calls.push(`over ${id}`),
  };
  return { answer: receiveAnswer(source, terms), calls, departure };
}

function tell(answer: MessageAnswer, ...messages: readonly string[]): void {
  for (const message of messages) answer.onMessage(Buffer.from(message));
}

async function bodyOf(answer: MessageAnswer): Promise<AnswerBody> {
  const begun = await answer.begun;
  if (typeof begun === 'string') throw new Error(begun);
  return begun.body;
}

async function textOf(body: AnswerBody): Promise<string> {
  let text = '';
  for (let piece = await body.read(); piece; piece = await body.read()) text += piece.toString('utf8');
  return text;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('an answer over a socket', () => {
  it('is the stream that HTTP would have given, whenever its messages come', async () => {
    await assert(
      asyncProperty(array(constantFrom(created, delta, 'turn')), async (steps) => {
        const { answer, calls } = receive();
        const told = [...steps, delta, completed];
        for (const step of told) {
          if (step === 'turn') await Promise.resolve();
          else tell(answer, step);
        }
        const events = told.flatMap((step) => (step === 'turn' ? [] : [`data: ${step}\n\n`]));
        expect(await textOf(await bodyOf(answer))).toBe(events.join(''));
        expect(calls).toEqual(['over resp_1']);
      }),
    );
  });

  it('has no line ends inside an event', async () => {
    const { answer } = receive();
    tell(answer, delta.replace(',', ',\r\n'), completed);
    expect(await textOf(await bodyOf(answer))).toMatch(/^data: \{.*\}\n\ndata: \{.*\}\n\n$/);
  });

  it('cannot be continued where it failed', async () => {
    const { answer, calls } = receive();
    tell(answer, created, '{"sequence_number":1,"type":"response.failed","response":{"id":"resp_1"}}');
    await textOf(await bodyOf(answer));
    expect(calls).toEqual(['over undefined']);
  });

  it('is late where nothing is said in time', async () => {
    const { answer, calls } = receive();
    tell(answer, created);
    vi.advanceTimersByTime(deadlines.headersMs);
    await expect(answer.begun).rejects.toMatchObject({ code: 'upstream-timeout' });
    expect(calls).toEqual(['abort']);
  });

  it('is given up where it falls silent, but not while nobody reads it', async () => {
    const { answer, calls } = receive();
    tell(answer, delta);
    const body = await bodyOf(answer);
    expect(await body.read()).toBeDefined();
    tell(answer, delta.replace('été', 'word '.repeat(50_000)));
    await Promise.resolve();
    // What the socket had read before it was paused still comes.
    tell(answer, delta);
    await Promise.resolve();
    vi.advanceTimersByTime(deadlines.idleMs * 3);
    expect(calls).toEqual(['pause']);
    expect(await body.read()).toBeDefined();
    vi.advanceTimersByTime(deadlines.idleMs);
    await expect(body.read()).rejects.toMatchObject({ code: 'upstream-timeout' });
    expect(calls).toEqual(['pause', 'resume', 'abort']);
  });

  it.each([false, true])('ends when the client leaves; begun: %s', async (begun) => {
    const { answer, calls, departure } = receive();
    if (begun) tell(answer, delta);
    const body = begun ? await bodyOf(answer) : undefined;
    if (body) await body.read();
    departure.abort();
    await expect(body ? body.read() : answer.begun).rejects.toMatchObject({ code: 'client-gone' });
    expect(calls).toEqual(['abort']);
    tell(answer, delta, completed);
    expect(calls).toEqual(['abort']);
  });

  it('is an error answer where an error with a status comes instead', async () => {
    const { answer } = receive();
    const error = { code: 'rate_limit_exceeded', message: 'Slow down.' };
    tell(answer, created, JSON.stringify({ type: 'error', status: 429, error, headers: { 'Retry-After': 7 } }));
    const begun = await answer.begun;
    expect(begun).toMatchObject({ status: 429, headers: { 'retry-after': '7', 'content-type': 'application/json' } });
    expect(await textOf(await bodyOf(answer))).toBe(JSON.stringify({ error }));
  });
});
