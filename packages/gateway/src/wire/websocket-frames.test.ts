import { array, assert, property, string } from 'fast-check';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createHash } from 'node:crypto';
import { encodeTextFrames } from './websocket-frames.ts';

/** Reads frames as RFC 6455 describes them. */
function readFrames(bytes: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < bytes.length;) {
    expect(bytes[at]).toBe(0x81);
    const short = bytes[at + 1] ?? 0;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    const size = head === 2 ? short : head === 4 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    messages.push(bytes.toString('utf8', at + head, at + head + size));
    at += head + size;
  }
  return messages;
}

describe('text frames', () => {
  it('hold their messages, whether they come as text or as bytes', () => {
    assert(
      property(array(string({ unit: 'binary' })), (messages) => {
        expect(readFrames(encodeTextFrames(messages))).toEqual(messages);
        expect(readFrames(encodeTextFrames(messages.map((each) => Buffer.from(each))))).toEqual(messages);
      }),
    );
  });

  it.each([0, 125, 126, 65_535, 65_536])('of %i bytes are read by a WebSocket client', async (size) => {
    const messages = ['x'.repeat(size), 'été 🙂'];
    const server = createServer((connection) => {
      connection.on('error', () => {});
      connection.once('data', (head: Buffer) => {
        const key = /^sec-websocket-key: (.+)\r$/im.exec(head.toString('latin1'))?.[1] ?? '';
        const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
        connection.write(
          `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
        );
        connection.write(encodeTextFrames(messages));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const client = new WebSocket(`ws://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    const got: string[] = [];
    await new Promise<void>((resolve, reject) => {
      client.on('error', reject);
      client.on('message', (data: Buffer) => {
        got.push(data.toString('utf8'));
        if (got.length === messages.length) resolve();
      });
    });
    client.terminate();
    server.close();
    expect(got).toEqual(messages);
  });
});
