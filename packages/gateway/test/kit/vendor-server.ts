import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import type { SseEvent, VendorRequest } from './vendors/vendor.ts';

/** A server on an ephemeral loopback port. */
export interface LoopbackServer {
  /** Scheme, host and port, no slash at the end. */
  readonly origin: string;
  /** Drops all connections and closes. */
  stop(): Promise<void>;
}

/** What Node calls for a request to change the protocol. */
export type UpgradeListener = (request: IncomingMessage, connection: Duplex, head: Buffer) => void;

/** Starts an HTTP server on loopback. What `handle` throws becomes a 500 that says so. */
export async function serveLoopback(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  onUpgrade?: UpgradeListener,
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    handle(request, response).catch((thrown: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`test server: ${String(thrown)}`);
    });
  });
  if (onUpgrade) server.on('upgrade', onUpgrade);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${portOf(server)}`, stop: () => stopServer(server) };
}

/** The port a server listens on. */
export function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server does not listen on a port');
  return address.port;
}

function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Reads a whole request. Its body is `undefined` where it is not a JSON object. */
export async function readVendorRequest(request: IncomingMessage): Promise<VendorRequest | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const body = parseJson(Buffer.concat(chunks).toString('utf8'));
  if (!isJsonObject(body)) return undefined;
  const url = new URL(request.url ?? '/', 'http://vendor.test');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  return { method: request.method ?? '', path: decodeURI(url.pathname), query: url.searchParams, headers, body };
}

/** The bytes of an SSE stream. */
export function sseBytes(events: readonly SseEvent[], newline = '\n'): Buffer {
  const text = events.map(({ event, data }) => {
    const name = event === undefined ? '' : `event: ${event}${newline}`;
    return `${name}data: ${data}${newline}${newline}`;
  });
  return Buffer.from(text.join(''));
}

/** Writes bytes in chunks of uneven sizes that cut through lines and characters, waiting wherever the reader is slow. */
export async function writeInOddChunks(response: ServerResponse, bytes: Buffer): Promise<void> {
  const sizes = [1, 2, 61, 7, 1024, 3, 499, 13, 4093];
  for (let at = 0, turn = 0; at < bytes.length && !response.destroyed; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    const more = response.write(bytes.subarray(at, at + size));
    at += size;
    if (!more) await drained(response);
    else if (turn < 400) await new Promise((resolve) => setImmediate(resolve));
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}
