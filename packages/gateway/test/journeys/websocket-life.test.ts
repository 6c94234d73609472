import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Clock } from '../../src/core/clock.ts';
import { textAt, objectAt } from '../kit/json-access.ts';
import { testKey } from '../kit/gateway-process.ts';
import { openSocket, type SocketClient } from '../kit/socket-client.ts';
import { sseBytes, portOf } from '../kit/vendor-server.ts';
import { type House, openHouse } from './house.ts';

const minuteMs = 60_000;
const beatMs = 30_000;
const asked = { model: 'endless/model', input: 'Hello' };

/** A provider that tells as many words as its reader takes, up to a limit. */
async function startTalker(limitBytes: number) {
  const told = { bytes: 0, waiting: false, left: false };
  const server = createServer((request, response) => {
    request.resume();
    response.on('close', () => (told.left = true));
    response.on('error', () => {});
    void talk(response);
  });

  async function talk(response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const head = { id: 'resp_talker', object: 'response', model: 'm', output: [] };
    response.write(event({ type: 'response.created', response: { ...head, status: 'in_progress' } }));
    const delta = event({ type: 'response.output_text.delta', item_id: 'msg_1', delta: 'word '.repeat(3000) });
    while (told.bytes < limitBytes && !response.destroyed) {
      told.bytes += delta.length;
      if (response.write(delta)) continue;
      told.waiting = true;
      await movedOn(response);
      told.waiting = false;
    }
    response.end(event({ type: 'response.completed', response: { ...head, status: 'completed' } }));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    told,
    baseUrl: `http://127.0.0.1:${portOf(server)}/v1`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function movedOn(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

const event = (value: object) => sseBytes([{ data: JSON.stringify(value) }]);

let time: number;
const clock: Clock = { now: () => time, monotonicMs: () => time };
let talker: Awaited<ReturnType<typeof startTalker>>;
let house: House;
let client: SocketClient;

async function openAll(limitBytes: number): Promise<void> {
  talker = await startTalker(limitBytes);
  const provider = {
    kind: 'openai',
    base_url: talker.baseUrl,
    speaks: ['responses' as const],
    keys: [{ value: 'sk' }],
  };
  house = await openHouse({ providers: { endless: provider } }, clock);
  client = await openSocket(house.origin);
}

beforeEach(() => {
  time = Date.UTC(2027, 0, 1);
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});

afterEach(async () => {
  vi.useRealTimers();
  client.socket.terminate();
  await house.stop();
  talker.stop();
});

function pass(ms: number): void {
  time += ms;
  vi.advanceTimersByTime(beatMs);
}

describe('an idle socket', () => {
  beforeEach(() => openAll(0));

  it('is asked for a sign of life and lives on as long as it gives one', async () => {
    for (let beat = 0; beat < 5; beat += 1) {
      const pinged = once(client.socket, 'ping');
      pass(beatMs);
      await pinged;
      // Its answer comes after the sign of life, which is thus known to have arrived.
      client.send('[]');
      expect((await client.next())['type']).toBe('error');
    }
  });

  it('is dead when it misses two', async () => {
    const silent = new WebSocket(`${house.origin.replace('http', 'ws')}/v1/responses`, {
      autoPong: false,
      headers: { authorization: `Bearer ${testKey}` },
    });
    silent.on('error', () => {});
    await once(silent, 'open');
    pass(beatMs);
    await once(silent, 'ping');
    pass(beatMs);
    await once(silent, 'ping');
    pass(beatMs);
    const [code] = await once(silent, 'close');
    expect(code).toBe(1006);
  });

  it('is let go after an hour of silence', async () => {
    pass(59 * minuteMs);
    await once(client.socket, 'ping');
    pass(2 * minuteMs);
    expect(await client.closed).toMatchObject({ code: 1001 });
  });

  it('is asked to connect again when it is an hour old and wants another answer', async () => {
    time += 59 * minuteMs;
    expect((await client.turn(asked)).at(-1)?.['type']).toBe('response.completed');
    time += 2 * minuteMs;
    expect(await client.turn(asked)).toMatchObject([
      { type: 'error', status: 400, error: { code: 'websocket_connection_limit_reached' } },
    ]);
    expect(await client.closed).toMatchObject({ code: 1001 });
  });

  it('is no longer remembered after five minutes, and is asked to send everything', async () => {
    const answered = await client.turn(asked);
    const id = textAt(objectAt(answered.at(-1), 'response'), 'id');
    pass(4 * minuteMs);
    const again = await client.turn({ ...asked, previous_response_id: id });
    expect(again.at(-1)?.['type']).toBe('response.completed');
    pass(6 * minuteMs);
    const late = await client.turn({ ...asked, previous_response_id: 'resp_talker' });
    expect(late).toMatchObject([{ error: { code: 'previous_response_not_found' } }]);
  });
});

describe('a client that stops reading', () => {
  const limitBytes = 96 * 1024 * 1024;
  beforeEach(() => openAll(limitBytes));

  it('stops the provider, too, and gets everything when it reads on', async () => {
    client.send({ type: 'response.create', ...asked });
    await client.next();
    client.socket.pause();
    await vi.waitFor(() => expect(talker.told.waiting).toBe(true), { timeout: 5000, interval: 20 });
    const before = process.memoryUsage().rss;
    let last = -1;
    await vi.waitFor(
      () => {
        const grew = talker.told.bytes - last;
        last = talker.told.bytes;
        expect({ grew, waiting: talker.told.waiting }).toEqual({ grew: 0, waiting: true });
      },
      { timeout: 5000, interval: 200 },
    );
    // What lies between: the sockets' own buffers, on both sides of the gateway.
    expect(talker.told.bytes).toBeLessThan(limitBytes / 3);
    expect(process.memoryUsage().rss - before).toBeLessThan(limitBytes / 2);
    client.socket.resume();
    const messages = await client.answer();
    expect(messages.at(-1)?.['type']).toBe('response.completed');
    const words = messages.reduce((sum, message) => sum + textAt(message, 'delta').length, 0);
    expect(words).toBeGreaterThan(limitBytes * 0.98);
  });

  it('and goes away without reading on lets the provider go', async () => {
    client.send({ type: 'response.create', ...asked });
    await client.next();
    client.socket.pause();
    await vi.waitFor(() => expect(talker.told.waiting).toBe(true), { timeout: 5000, interval: 20 });
    client.socket.terminate();
    await vi.waitFor(() => expect(talker.told.left).toBe(true), { timeout: 5000, interval: 20 });
    expect(await house.recordOf(() => true)).toMatchObject({ outcome: 'abandoned' });
  });
});
