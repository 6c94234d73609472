import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Upstream, UpstreamCall } from './upstream.ts';
import { createWebSocketUpstream } from './websocket-upstream.ts';

const beatMs = 30_000;
const completed = '{"type":"response.completed","response":{"id":"resp_1","output":[]}}';
const deadlines = { connectMs: 5_000, headersMs: 5_000, idleMs: 5_000 };
const clock = { now: () => 0, monotonicMs: () => 0 };

let server: WebSocketServer;
let accepted: WebSocket[];
let posted: string[];
let upstream: Upstream;

async function listen(autoPong: boolean): Promise<void> {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong });
  server.on('connection', (socket) => {
    accepted.push(socket);
    socket.on('message', () => socket.send(completed));
  });
  await once(server, 'listening');
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  accepted = [];
  posted = [];
  const http: Upstream = {
    call(call) {
      posted.push(call.path);
      return Promise.reject(new Error('by HTTP'));
    },
    close: () => Promise.resolve(),
  };
  upstream = createWebSocketUpstream(http, clock);
});

afterEach(async () => {
  vi.useRealTimers();
  await upstream.close();
  server.close();
});

function callOn(channel: AbortSignal, origin?: string): UpstreamCall {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    origin: origin ?? `http://127.0.0.1:${port}`,
    path: '/v1/responses',
    headers: { authorization: 'Bearer sk' },
    body: [],
    deadlines,
    allowPrivate: false,
    signal: new AbortController().signal,
    message: { channel, whole: () => Buffer.from('{}'), news: () => Buffer.from('{}') },
  };
}

async function answered(call: UpstreamCall): Promise<string> {
  const { body } = await upstream.call(call);
  return (await body.read())?.toString('utf8') ?? '';
}

describe('a socket that nobody asks', () => {
  it('is hung up on when it gives no sign of life', async () => {
    await listen(false);
    expect(await answered(callOn(new AbortController().signal))).toContain('response.completed');
    const [socket] = accepted;
    if (!socket) throw new Error('nobody came');
    const pinged = once(socket, 'ping');
    vi.advanceTimersByTime(beatMs);
    await pinged;
    const closed = once(socket, 'close');
    vi.advanceTimersByTime(beatMs);
    expect((await closed)[0]).toBe(1006);
  });

  it('is kept as long as it gives one', async () => {
    await listen(true);
    const call = callOn(new AbortController().signal);
    await answered(call);
    for (let beat = 0; beat < 4; beat += 1) {
      const pinged = once(accepted[0] ?? server, 'ping');
      vi.advanceTimersByTime(beatMs);
      await pinged;
      // Its answer comes after the sign of life, which is thus known to have arrived.
      expect(await answered(call)).toContain('response.completed');
    }
    expect(accepted).toHaveLength(1);
  });
});

describe('a call over a socket', () => {
  it('goes by HTTP, where the reason is told, when its address is forbidden', async () => {
    await listen(true);
    const call = callOn(new AbortController().signal, 'http://10.0.0.1:81');
    await expect(upstream.call(call)).rejects.toThrow('by HTTP');
    expect(posted).toEqual(['/v1/responses']);
  });

  it('opens no socket for an agent that has left', async () => {
    await listen(true);
    const departure = new AbortController();
    departure.abort();
    await expect(upstream.call(callOn(departure.signal))).rejects.toThrow('by HTTP');
    expect(accepted).toHaveLength(0);
  });
});
