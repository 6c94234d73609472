import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBodyQueue } from './answer-body.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function queue(highWaterBytes = 10) {
  const source = { pause: vi.fn<() => void>(), resume: vi.fn<() => void>(), abort: vi.fn<() => void>() };
  return { source, body: createBodyQueue(source, highWaterBytes) };
}

const bytes = (text: string) => Buffer.from(text);

describe('the body of an answer', () => {
  it('gives what has come as one piece, then what comes', async () => {
    const { body } = queue();
    body.push(bytes('a'));
    body.push(bytes('b'));
    expect((await body.read())?.toString()).toBe('ab');
    const waiting = body.read();
    body.push(bytes('c'));
    expect((await waiting)?.toString()).toBe('c');
  });

  it('pauses its source when too much waits, and resumes it once when that is taken', async () => {
    const { body, source } = queue(4);
    body.push(bytes('abc'));
    expect(source.pause).not.toHaveBeenCalled();
    body.push(bytes('de'));
    body.push(bytes('f'));
    expect(source.pause).toHaveBeenCalledTimes(1);
    expect((await body.read())?.toString()).toBe('abcdef');
    expect(source.resume).toHaveBeenCalledTimes(1);
  });

  it('gives what waits before its end, and before its failure', async () => {
    const good = queue().body;
    good.push(bytes('a'));
    good.finish();
    expect((await good.read())?.toString()).toBe('a');
    expect(await good.read()).toBeUndefined();

    const bad = queue().body;
    bad.push(bytes('a'));
    bad.fail(new Error('cut'));
    expect((await bad.read())?.toString()).toBe('a');
    await expect(bad.read()).rejects.toThrow('cut');
  });

  it('tells a reader that waits of the end and of a failure', async () => {
    const good = queue().body;
    const end = good.read();
    good.finish();
    expect(await end).toBeUndefined();

    const bad = queue().body;
    const failure = bad.read();
    bad.fail(new Error('cut'));
    await expect(failure).rejects.toThrow('cut');
  });

  it('closes its source when it is cancelled, once, and not after its end', async () => {
    const { body, source } = queue();
    const waiting = body.read();
    body.cancel();
    body.cancel();
    expect(await waiting).toBeUndefined();
    expect(source.abort).toHaveBeenCalledTimes(1);

    const ended = queue();
    ended.body.finish();
    ended.body.cancel();
    expect(ended.source.abort).not.toHaveBeenCalled();
  });

  it('waits a second for the end when it is released, and then closes', () => {
    const ends = queue();
    ends.body.release();
    ends.body.push(bytes('late'));
    ends.body.finish();
    vi.advanceTimersByTime(5_000);
    expect(ends.source.abort).not.toHaveBeenCalled();

    const stays = queue();
    stays.body.release();
    vi.advanceTimersByTime(1_000);
    expect(stays.source.abort).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
