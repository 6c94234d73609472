import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createHttpSink } from './http-sink.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** An answer to a client that takes nothing. */
function unreadAnswer() {
  const socket = new Socket();
  vi.spyOn(socket, '_write').mockImplementation(() => {});
  vi.spyOn(socket, '_writev').mockImplementation(() => {});
  const response = new ServerResponse(new IncomingMessage(socket));
  response.assignSocket(socket);
  const sink = createHttpSink(response);
  sink.start(200, {});
  return { response, sink };
}

it('a client that never takes the last bytes is let go', async () => {
  const { response, sink } = unreadAnswer();
  const ended = sink.end(Buffer.alloc(1_000_000));
  await vi.advanceTimersByTimeAsync(299_000);
  expect(response.destroyed).toBe(false);
  await vi.advanceTimersByTimeAsync(120_000);
  await ended;
  expect(response.destroyed).toBe(true);
});

it('a client that takes nothing of a stream is let go', async () => {
  const { response, sink } = unreadAnswer();
  const written = sink.write(Buffer.alloc(100_000))?.catch((thrown: unknown) => thrown);
  await vi.advanceTimersByTimeAsync(320_000);
  expect(await written).toMatchObject({ code: 'client-gone' });
  expect(response.destroyed).toBe(true);
});

it('signs of life for a client that does not read leave nothing behind', () => {
  const { response, sink } = unreadAnswer();
  for (let beat = 0; beat < 20; beat += 1) sink.write(Buffer.alloc(100_000))?.catch(() => {});
  expect(response.listenerCount('drain')).toBe(1);
  expect(vi.getTimerCount()).toBe(1);
});
