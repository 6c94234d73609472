import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { killGroup } from './gateway-process.ts';
import { portOf } from './vendor-server.ts';

/** How an agent's run ended. */
export interface AgentRun {
  /** Null when it had to be killed. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Hosts other than loopback that it tried to reach. Nothing left this machine. */
  readonly strangers: readonly string[];
}

/** Runs a real agent with a minimal environment, no input, and no way out but loopback. */
export async function runAgent(options: {
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}): Promise<AgentRun> {
  const guard = await startGuard();
  const child = spawn(options.command, options.args, {
    cwd: options.directory,
    env: {
      PATH: process.env['PATH'] ?? '',
      LANG: 'C.UTF-8',
      TERM: 'xterm',
      HTTP_PROXY: guard.url,
      HTTPS_PROXY: guard.url,
      NO_PROXY: '127.0.0.1,localhost',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: agents start helpers that would outlive them.
    detached: true,
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child);
  }, options.timeoutMs ?? 20_000);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { exitCode, timedOut, ...printed, strangers: guard.seen };
  } finally {
    clearTimeout(timer);
    killGroup(child);
    await guard.stop();
  }
}

/** A proxy that lets nothing out. */
export interface Guard {
  readonly url: string;
  readonly seen: readonly string[];
  stop(): Promise<void>;
}

/** A proxy that refuses everything but loopback, for agents that send even that through it, and remembers what was asked. */
export async function startGuard(): Promise<Guard> {
  const seen: string[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.writeHead(403).end();
  });
  server.on('connect', (request, socket) => {
    socket.on('error', () => {});
    const port = /^(?:127\.0\.0\.1|localhost):(\d+)$/.exec(request.url ?? '')?.[1];
    if (port !== undefined) return letThrough(socket, Number(port));
    seen.push(request.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function letThrough(socket: Duplex, port: number): void {
  const target = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'));
  target.on('error', () => socket.destroy());
  socket.on('close', () => target.destroy());
  target.pipe(socket).pipe(target);
}
