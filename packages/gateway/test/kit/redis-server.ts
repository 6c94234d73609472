import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, onFreePort, startWatched } from './watched-server.ts';

const program = findProgram(['valkey-server', 'redis-server']);

/** Whether this machine has Redis or Valkey. */
export const hasRedis = program !== undefined;

/** Stands after the names of tests that need it: they say why they are skipped. */
export const withoutRedis = hasRedis ? '' : ' (skipped: no Redis or Valkey)';

/** A server of a test's own. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Kills it: what it held is lost. */
  stop(): Promise<void>;
}

/** Starts an empty server that keeps nothing on disk. `options` are words of its command line, such as `--port` to come back at an old one. */
export async function startRedis(options: readonly string[] = []): Promise<RedisServer> {
  const at = options.indexOf('--port');
  return at === -1
    ? onFreePort((port) => startOn(port, options))
    : startOn(Number(options[at + 1]), options.toSpliced(at, 2));
}

async function startOn(port: number, options: readonly string[]): Promise<RedisServer> {
  if (program === undefined) throw new Error('this machine has no Redis');
  const directory = mkdtempSync(join(tmpdir(), 'turnpike-redis-'));
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const args = [...settings, '--dir', directory, ...options];
  const server = startWatched({ command: program, args, directory, endSignal: 'KILL' });
  await server.printed(/Ready to accept connections/);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
