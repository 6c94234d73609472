import type { IncomingMessage } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ClientDialectName } from '../../src/core/items.ts';
import { type LoopbackServer, portOf, serveLoopback, sseBytes } from './vendor-server.ts';
import { createMint } from './vendors/mint.ts';
import { buildReply } from './vendors/pieces.ts';
import type { Vendor } from './vendors/vendor.ts';
import { vendors } from './vendors/vendors.ts';

/** What a provider can do wrong. `at-start`: after the frames that open a stream. `midway`: after text was told. */
export const faults = [
  'refused',
  'hang-before-headers',
  'hang-at-start',
  'hang-midway',
  'only-life-signs',
  'reset-before-headers',
  'reset-at-start',
  'reset-midway',
  'cut-at-start',
  'cut-midway',
  'cut-inside-frame',
  'half-close-midway',
  'empty-stream',
  'status-429',
  'status-429-retry-after',
  'status-500',
  'status-529',
  'html-200',
  'error-json-200',
  'other-json-200',
  'compressed-unasked',
  'only-interim-heads',
  'error-at-start',
  'error-midway',
  'terminal-twice',
  'open-after-end',
  'loud-content-type',
  'length-too-long',
  'length-too-short',
  'huge-frame',
  'drip',
] as const;

export type Fault = (typeof faults)[number];

/** The text that every answer tells, as far as the fault lets it. */
export const toldText = 'A healthy answer, told in full: été 🙂.';

export interface FaultyUpstream extends LoopbackServer {
  /** A base URL that leads to a provider with this fault. `healthy` has none. */
  baseUrl(fault: Fault | 'healthy'): string;
  /** How many connections with this fault were left by the gateway while the answer was still open. */
  abandoned(fault: Fault): number;
  /** How many requests this fault got. */
  requests(fault: Fault | 'healthy'): number;
}

/** Starts a provider of one dialect that fails in the way the path of the request names. It reads no requests: any will do. */
export async function startFaultyUpstream(dialect: ClientDialectName): Promise<FaultyUpstream> {
  const vendor = vendors[dialect];
  const requests = new Map<string, number>();
  const abandoned = new Map<string, number>();
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  const refusing = await refusingOrigin();

  const server = await serveLoopback(async (incoming) => {
    const fault = incoming.url?.split('/')[1] ?? '';
    count(requests, fault);
    await readAll(incoming);
    const { socket } = incoming;
    let answered = false;
    socket.once('close', () => answered || count(abandoned, fault));
    await misbehave(fault, socket, vendor);
    answered = socket.writableEnded || socket.destroyed;
  });

  return {
    ...server,
    baseUrl: (fault) => (fault === 'refused' ? refusing : `${server.origin}/${fault}`) + vendor.basePath,
    abandoned: (fault) => abandoned.get(fault) ?? 0,
    requests: (fault) => requests.get(fault) ?? 0,
  };
}

async function readAll(incoming: IncomingMessage): Promise<void> {
  for await (const _ of incoming) continue;
}

/** An address where nobody listens: a port that was free a moment ago. */
async function refusingOrigin(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${portOf(server)}`;
  await new Promise((resolve) => server.close(resolve));
  return origin;
}

/** Frames of a good answer as bytes: what opens it, what tells the first half, and the rest. */
interface Script {
  readonly start: Buffer;
  readonly middle: Buffer;
  readonly rest: Buffer;
  readonly last: Buffer;
}

function goodAnswer(vendor: Vendor): Script {
  const conversation = { model: 'm', stream: true, tools: [], turns: [] };
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, body: {} };
  const answer = { text: toldText, usage: { input: 11, output: 7 } };
  const reply = buildReply({ vendor, mint: createMint('faulty'), request, conversation, answer });
  const frames = vendor.frames(reply);
  const newline = vendor.dialect === 'gemini' ? '\r\n' : '\n';
  const half = Math.floor(frames.length / 2);
  return {
    start: sseBytes(frames.slice(0, vendor.openingFrames), newline),
    middle: sseBytes(frames.slice(vendor.openingFrames, half), newline),
    rest: sseBytes(frames.slice(half), newline),
    last: sseBytes(frames.slice(-vendor.closingFrames), newline),
  };
}

const overload = { status: 529, message: 'Overloaded' };

async function misbehave(fault: string, socket: Socket, vendor: Vendor): Promise<void> {
  const { start, middle, rest, last } = goodAnswer(vendor);
  const error = sseBytes([vendor.errorEvent(overload)]);
  const stream = (...parts: readonly Buffer[]) => socket.write(Buffer.concat([streamHead(), ...parts.map(chunk)]));
  const whole = (...parts: readonly Buffer[]) =>
    socket.end(Buffer.concat([streamHead(), ...parts.map(chunk), finalChunk]));
  const all = [start, middle, rest] as const;

  switch (fault) {
    case 'hang-before-headers':
      return;
    case 'hang-at-start':
      return void stream(start);
    case 'hang-midway':
      return void stream(start, middle);
    case 'only-life-signs':
      stream(start);
      return liveOn(socket, chunk(Buffer.from(': still here\n\n')));
    case 'reset-before-headers':
      return void socket.resetAndDestroy();
    case 'reset-at-start':
      return writeThenReset(socket, Buffer.concat([streamHead(), chunk(start)]));
    case 'reset-midway':
      return writeThenReset(socket, Buffer.concat([streamHead(), chunk(start), chunk(middle)]));
    case 'cut-at-start':
      return void whole(start);
    case 'cut-midway':
      return void whole(start, middle);
    case 'cut-inside-frame':
      return void whole(start, middle.subarray(0, -9));
    case 'half-close-midway':
      return void socket.end(Buffer.concat([streamHead(), chunk(start), chunk(middle)]));
    case 'empty-stream':
      return void whole();
    case 'status-429':
      return refuse(socket, vendor, 429);
    case 'status-429-retry-after':
      return refuse(socket, vendor, 429, 'retry-after: 7\r\n');
    case 'status-500':
      return refuse(socket, vendor, 500);
    case 'status-529':
      return refuse(socket, vendor, 529);
    case 'html-200':
      return void socket.end(plain('200 OK', 'text/html', '<html><body>Sign in to the Wi-Fi</body></html>'));
    case 'error-json-200':
      return void socket.end(plain('200 OK', 'application/json', JSON.stringify(vendor.errorBody(overload))));
    case 'other-json-200':
      return void socket.end(plain('200 OK', 'application/json', '{"error":"maintenance"}'));
    case 'compressed-unasked':
      return void socket.end(compressed(Buffer.concat(all)));
    case 'only-interim-heads':
      return liveOn(socket, 'HTTP/1.1 102 Processing\r\n\r\n');
    case 'error-at-start':
      return void whole(start, error);
    case 'error-midway':
      return void whole(start, middle, error);
    case 'terminal-twice':
      return void whole(...all, last);
    case 'open-after-end':
      return void stream(...all);
    case 'loud-content-type':
      return void socket.end(Buffer.concat([streamHead('Text/Event-Stream'), ...all.map(chunk), finalChunk]));
    case 'length-too-long':
      return void socket.end(withLength(Buffer.concat([start, middle]), 10_000));
    case 'length-too-short':
      return void socket.end(withLength(Buffer.concat(all), start.length + middle.length + 3));
    case 'huge-frame':
      return void whole(start, middle, Buffer.from(`data: "${'x'.repeat(5 * 1024 * 1024)}"\n\n`), rest);
    case 'drip':
      return drip(socket, Buffer.concat(all));
    default:
      return void whole(...all);
  }
}

function streamHead(type = 'text/event-stream'): Buffer {
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n`,
  );
}

function compressed(bytes: Buffer): Buffer {
  const head =
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n';
  return Buffer.concat([Buffer.from(head), gzipSync(bytes)]);
}

const finalChunk = Buffer.from('0\r\n\r\n');

/** Nothing for no bytes: an empty chunk would end the body. */
function chunk(bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes;
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

function withLength(bytes: Buffer, length: number): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

function plain(status: string, type: string, body: string, extra = ''): string {
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n${extra}connection: close\r\n\r\n${body}`;
}

function refuse(socket: Socket, vendor: Vendor, status: number, extra = ''): void {
  const body = JSON.stringify(vendor.errorBody({ status, message: `The provider says ${status}.` }));
  socket.end(plain(`${status} Refused`, 'application/json', body, extra));
}

/** Signs of life until the other side has had enough. */
function liveOn(socket: Socket, sign: Buffer | string): Promise<void> {
  const beat = setInterval(() => socket.write(sign), 50);
  return new Promise((resolve) => {
    socket.once('close', () => {
      clearInterval(beat);
      resolve();
    });
  });
}

/** The reset follows once the bytes are on their way: sent at once it would overtake them. */
function writeThenReset(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    socket.write(bytes, () => {
      setTimeout(() => {
        socket.resetAndDestroy();
        resolve();
      }, 50);
    });
  });
}

/** One byte per chunk, each in a segment of its own as far as the machine allows. */
/** Few enough to cut every line and most words, many enough for a busy machine to get through before a deadline of the tests. */
const dripBytes = 11;

async function drip(socket: Socket, bytes: Buffer): Promise<void> {
  socket.setNoDelay(true);
  socket.write(streamHead());
  for (let at = 0; at < bytes.length; at += dripBytes) {
    if (socket.destroyed) return;
    socket.write(chunk(bytes.subarray(at, at + dripBytes)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end(finalChunk);
}
