import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { acceptSocket, isNear } from './accept-socket.ts';

const maxBytes = 1024 * 1024;
const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

/** Both ends of a socket; the client always offers to compress, as Codex does. */
async function openPair(compresses: boolean): Promise<{ client: WebSocket; server: WebSocket; bytesIn: () => number }> {
  const http = createServer();
  const accepted = new Promise<{ server: WebSocket; bytesIn: () => number }>((resolve) => {
    http.on('upgrade', (request, connection, head) => {
      acceptSocket({ request, connection, head, maxBytes, compresses }, (server) =>
        resolve({ server, bytesIn: () => request.socket.bytesRead }),
      );
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: { threshold: 0 } });
  client.on('error', () => {});
  cleanups.push(() => {
    client.terminate();
    http.close();
  });
  await once(client, 'open');
  return { client, ...(await accepted) };
}

describe('a socket of an agent far away', () => {
  it('takes compressed messages, each of which may refer to those before it', async () => {
    const { client, server, bytesIn } = await openPair(true);
    expect(client.extensions).toContain('permessage-deflate');
    const text = Array.from({ length: 900 }, (_, index) => `line ${(index * 48_271) % 65_537}`).join('\n');
    const got: string[] = [];
    const all = new Promise<void>((resolve) => {
      server.on('message', (data: Buffer) => {
        got.push(data.toString('utf8'));
        if (got.length === 3) resolve();
      });
    });
    for (const number of [1, 2, 3]) client.send(`${number} ${text}`);
    await all;
    expect(got).toEqual([1, 2, 3].map((number) => `${number} ${text}`));
    expect(bytesIn()).toBeLessThan(text.length);
  });

  it('takes plain ones as well', async () => {
    const { client, server } = await openPair(true);
    const message = once(server, 'message');
    client.send('{}', { compress: false });
    expect(String((await message)[0])).toBe('{}');
  });

  it('is closed with a reason over a message that is small only on the way', async () => {
    const { client } = await openPair(true);
    const told = once(client, 'message');
    const closed = once(client, 'close');
    client.send('A'.repeat(4 * maxBytes));
    expect(JSON.parse(String((await told)[0]))).toMatchObject({
      type: 'error',
      error: { message: expect.stringContaining('1 MiB') },
    });
    expect((await closed)[0]).toBe(1009);
  });
});

describe('a socket of an agent nearby', () => {
  it('is not compressed', async () => {
    const { client } = await openPair(false);
    expect(client.extensions).toBe('');
  });

  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.1.2.3', true],
    ['172.31.0.1', true],
    ['172.32.0.1', false],
    ['192.168.1.5', true],
    ['fd00::1', true],
    ['203.0.113.9', false],
    ['::ffff:203.0.113.9', false],
    ['2001:db8::1', false],
  ])('is known by its address: %s', (address, near) => {
    expect(isNear(address)).toBe(near);
  });
});
