import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** Where distributions put servers that are not on everybody's path. */
const places = ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];

/** The first of these programs that this machine has, in a directory of `first` or on the path. */
export function findProgram(names: readonly string[], first: readonly string[] = []): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  const candidates = names.flatMap((name) =>
    [...first, ...onPath, ...places].map((directory) => join(directory, name)),
  );
  return candidates.find((path) => existsSync(path));
}

/** Directories such as /usr/lib/postgresql/15/bin, newest version first. */
export function versionedDirectories(parent: string): readonly string[] {
  if (!existsSync(parent)) return [];
  const versions = readdirSync(parent).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(parent, version, 'bin'));
}

/** Whom a server runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly account?: Account | undefined;
  /** What ends it at once, its children too. */
  readonly endSignal: 'QUIT' | 'KILL';
}

/** A server process that a test started. */
export interface WatchedServer {
  /** All that it printed, as soon as it matches. Rejects when it ends without. */
  printed(pattern: RegExp): Promise<void>;
  /** Kills it and waits until it is gone. Its data are the test's, so it need not be gentle. */
  stop(): Promise<void>;
}

/** Ends with whoever started it, however that ended: its standard input closes then. */
const watchdog =
  'signal=$1; shift; "$@" & server=$!; { read -r line; kill -$signal $server; } <&3 >/dev/null 2>&1 & wait $server; kill $!';

/** Starts a server. It never outlives the process (or the worker thread) that started it. */
export function startWatched({ command, args, directory, account, endSignal }: ServerCommand): WatchedServer {
  const child = spawn('sh', ['-c', watchdog, 'sh', endSignal, command, ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    ...account,
  });
  let text = '';
  const listeners = new Set<() => void>();
  const hear = (piece: Buffer) => {
    text += piece.toString();
    for (const listener of listeners) listener();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));

  return {
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`${command} ended without saying ${pattern}\n${text}`)));
      }),
    async stop() {
      child.stdio[3]?.destroy();
      await ended;
    },
  };
}

/** Starts a server on a free port. Another process may take the port in between: then it is tried again. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return await start(port);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
