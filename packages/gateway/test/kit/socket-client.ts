import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { testKey } from './gateway-process.ts';

export interface SocketOptions {
  readonly path?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of Responses over WebSocket. */
export interface SocketClient {
  readonly socket: WebSocket;
  /** Sends a message as it is. */
  send(message: JsonObject | string | Buffer): void;
  /** The next message. Rejects when the socket closes instead. */
  next(): Promise<JsonObject>;
  /** All messages up to the one that ends an answer. */
  answer(): Promise<readonly JsonObject[]>;
  /** Sends `response.create` and waits for the answer. */
  turn(fields: JsonObject): Promise<readonly JsonObject[]>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

const ends: ReadonlySet<unknown> = new Set(['response.completed', 'response.incomplete', 'response.failed', 'error']);

/** Opens a socket. Rejects where the gateway refuses it. */
export async function openSocket(origin: string, options: SocketOptions = {}): Promise<SocketClient> {
  const socket = connect(origin, options);
  const waiting: { resolve(message: JsonObject): void; reject(error: Error): void }[] = [];
  const arrived: JsonObject[] = [];
  let over = false;
  socket.on('message', (data: Buffer) => {
    const value = parseJson(data.toString('utf8'));
    const message = isJsonObject(value) ? value : { notJson: data.toString('utf8') };
    const first = waiting.shift();
    if (first) first.resolve(message);
    else arrived.push(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      over = true;
      for (const each of waiting.splice(0)) each.reject(new Error(`the socket closed: ${code}`));
      resolve({ code, reason: reason.toString('utf8') });
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});

  function send(message: JsonObject | string | Buffer): void {
    socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  function next(): Promise<JsonObject> {
    const message = arrived.shift();
    if (message) return Promise.resolve(message);
    if (over) return Promise.reject(new Error('the socket is closed'));
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  }

  async function answer(): Promise<readonly JsonObject[]> {
    const messages: JsonObject[] = [];
    do messages.push(await next());
    while (!ends.has(messages.at(-1)?.['type']));
    return messages;
  }

  return {
    socket,
    send,
    next,
    answer,
    turn(fields) {
      send({ type: 'response.create', ...fields });
      return answer();
    },
    closed,
  };
}

/** How the gateway refuses a socket. */
export function refusedSocket(
  origin: string,
  options: SocketOptions = {},
): Promise<{ readonly status: number; readonly body: JsonObject }> {
  const socket = connect(origin, options);
  return new Promise((resolve, reject) => {
    socket.on('error', () => {});
    socket.once('open', () => {
      socket.terminate();
      reject(new Error('the socket was not refused'));
    });
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.once('end', () => {
        const body = parseJson(text);
        resolve({ status: response.statusCode ?? 0, body: isJsonObject(body) ? body : { text } });
      });
    });
  });
}

function connect(origin: string, { path = '/openai/v1/responses', key = testKey, headers }: SocketOptions) {
  return new WebSocket(origin.replace(/^http/, 'ws') + path, {
    headers: { ...(key === '' ? {} : { authorization: `Bearer ${key}` }), ...headers },
    perMessageDeflate: false,
  });
}
