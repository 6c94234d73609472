import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Account, findProgram, onFreePort, startWatched, versionedDirectories } from './watched-server.ts';

const directories = versionedDirectories('/usr/lib/postgresql');
const initdb = findProgram(['initdb'], directories);
const program = findProgram(['postgres'], directories);

/** Whether this machine has PostgreSQL. */
export const hasPostgres = program !== undefined && initdb !== undefined;

/** Stands after the names of tests that need it: they say why they are skipped. */
export const withoutPostgres = hasPostgres ? '' : ' (skipped: no PostgreSQL)';

/** A running server. */
export interface PostgresServer {
  readonly port: number;
  /** Makes an empty database and answers its URL, for a user who may do everything. */
  createDatabase(): Promise<string>;
  /** Kills it: nobody gets an answer any more. */
  stop(): Promise<void>;
}

/** Nothing has to survive a test, so nothing waits for the disk. */
const settings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'autovacuum=off',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'shared_buffers=32MB',
  'log_checkpoints=off',
];

/** Makes a server in a temporary directory and starts it on a loopback port: about half a second. */
export async function startPostgres(): Promise<PostgresServer> {
  if (program === undefined || initdb === undefined) throw new Error('this machine has no PostgreSQL');
  const account = otherThanRoot();
  const directory = mkdtempSync(join(tmpdir(), 'turnpike-postgres-'));
  if (account) chownSync(directory, account.uid, account.gid);
  const data = join(directory, 'data');
  const made = ['-D', data, '-U', 'turnpike', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(initdb, made, { ...account, cwd: directory, stdio: 'pipe', env: { LC_ALL: 'C' } });
  const options = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  const { port, server } = await onFreePort(async (port) => {
    const args = ['-p', String(port), ...options];
    const server = startWatched({ command: program, args, directory, account, endSignal: 'QUIT' });
    await server.printed(/ready to accept connections/);
    return { port, server };
  });
  let databases = 0;
  return {
    port,
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await execute(urlOf(port, 'postgres'), `create database ${name}`);
      return urlOf(port, name);
    },
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function urlOf(port: number, database: string): string {
  return `postgres://turnpike@127.0.0.1:${port}/${database}`;
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** PostgreSQL refuses to run as root: then it runs as a user without rights. */
function otherThanRoot(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (option: string, name: string) => Number(execFileSync('id', [option, name], { stdio: 'pipe' }));
  try {
    return { uid: id('-u', 'postgres'), gid: id('-g', 'postgres') };
  } catch {
    return { uid: id('-u', 'nobody'), gid: id('-g', 'nobody') };
  }
}
