import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ExchangeRecord } from '@turnpike/contract/exchange-record';
import type { configDocument } from '@turnpike/contract/config';
import type { z } from 'zod';
import { openSqlite } from '../../src/store/sql/open-sqlite.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const program = join(root, 'packages/gateway/dist/turnpike.js');

/** A configuration as a user writes it. */
export type Document = z.input<typeof configDocument>;

/** The real program, running on an ephemeral port with a data directory of its own. */
export interface GatewayProcess {
  readonly origin: string;
  /** The records of finished exchanges, oldest first. Waits until there are at least `count`. */
  records(count: number): Promise<readonly ExchangeRecord[]>;
  /** All that was printed so far. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Ends the program as an operator would and gives its exit code. Removes the data directory. */
  stop(): Promise<number | null>;
}

/** Builds the program if it is older than its sources, and starts it. Without a document it starts as on a fresh machine. */
export async function startGateway(
  document: Document | undefined,
  environment: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  buildOnce();
  const directory = mkdtempSync(join(tmpdir(), 'turnpike-gateway-'));
  const data = join(directory, 'data');
  const args = ['serve', '--port', '0', '--data', data];
  if (document) {
    const file = join(directory, 'turnpike.json');
    writeFileSync(file, JSON.stringify(document));
    args.push('--config', file);
  }
  const child = spawn(process.execPath, [program, ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));

  try {
    const origin = await listening(child, exited, printed);
    return {
      origin,
      records: (count) => readRecords(join(data, 'turnpike.db'), count),
      output: () => ({ ...printed }),
      async stop() {
        child.kill('SIGTERM');
        const code = await Promise.race([exited, pause(5_000, 'late' as const, { ref: false })]);
        killGroup(child);
        rmSync(directory, { recursive: true, force: true });
        if (code === 'late') throw new Error(`the gateway did not end within 5 s of SIGTERM\n${printed.stderr}`);
        return code;
      },
    };
  } catch (thrown) {
    killGroup(child);
    rmSync(directory, { recursive: true, force: true });
    throw thrown;
  }
}

function listening(
  child: ChildProcess,
  exited: Promise<unknown>,
  printed: { stdout: string; stderr: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const complain = (why: string) => reject(new Error(`the gateway ${why}\n${printed.stdout}\n${printed.stderr}`));
    const timer = setTimeout(complain, 10_000, 'was not listening after 10 s');
    const look = () => {
      const match = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(printed.stdout);
      if (!match?.[1]) return;
      clearTimeout(timer);
      resolve(match[1]);
    };
    child.stdout?.on('data', look);
    exited.then(() => {
      clearTimeout(timer);
      complain('ended at once');
    }, reject);
  });
}

/** Kills whatever is left of a detached child and its children. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group is gone already.
  }
}

/** Records reach the file a moment after the answer: they are written in batches. */
async function readRecords(file: string, count: number): Promise<readonly ExchangeRecord[]> {
  const deadline = performance.now() + 5_000;
  const database = await openSqlite(file);
  try {
    const select = database.prepare('SELECT record FROM exchanges ORDER BY started_at, id');
    for (;;) {
      const rows = select.all([]);
      if (rows.length >= count) return rows.map((row): ExchangeRecord => JSON.parse(String(row['record'])));
      if (performance.now() > deadline) throw new Error(`${rows.length} of ${count} records were written`);
      await pause(10);
    }
  } finally {
    database.close();
  }
}

/** Test files run side by side: the first to get the lock builds, the others wait for it. */
function buildOnce(): void {
  const lock = join(tmpdir(), `turnpike-build-${Buffer.from(root).toString('base64url')}.lock`);
  for (;;) {
    try {
      closeSync(openSync(lock, 'wx'));
      break;
    } catch {
      if (isAbandoned(lock)) rmSync(lock, { force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
  try {
    const code = `import { build } from ${JSON.stringify(join(root, 'scripts/prepare.mjs'))}; build();`;
    writeFileSync(lock, String(process.pid));
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the gateway could not be built\n${stderr}`);
  } finally {
    rmSync(lock, { force: true });
  }
}

function isAbandoned(lock: string): boolean {
  try {
    const owner = Number(readFileSync(lock, 'utf8') || process.pid);
    process.kill(owner, 0);
    return false;
  } catch {
    return true;
  }
}
