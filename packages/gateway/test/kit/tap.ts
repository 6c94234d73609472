import { connect, createServer, type Socket } from 'node:net';
import { portOf } from './vendor-server.ts';

/** A wire between a client and a server that remembers which requests passed. */
export interface Tap {
  readonly origin: string;
  /** Request lines in order, with `(upgrade)` behind those that ask for another protocol. */
  readonly requests: readonly string[];
  /** Cuts all connections that pass through it now. */
  cut(): void;
  stop(): Promise<void>;
}

/** Passes all bytes on and reads the request lines on the way. Bodies are not told apart: a line counts where it looks like one. */
export async function tapInto(origin: string): Promise<Tap> {
  const target = new URL(origin);
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes: Buffer) => requests.push(...requestLines(bytes.toString('latin1'))));
    client.pipe(upstream).pipe(client);
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${portOf(server)}`,
    requests,
    cut,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}

function requestLines(text: string): readonly string[] {
  const heads = text.matchAll(/^([A-Z]+ \S+) HTTP\/1\.1\r\n((?:[^\r\n]+\r\n)*)/gm);
  return Array.from(heads, ([, line = '', headers = '']) => (/^upgrade:/im.test(headers) ? `${line} (upgrade)` : line));
}
