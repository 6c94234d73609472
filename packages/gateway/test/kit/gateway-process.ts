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
/** The built program. */
export const program = join(root, 'packages/gateway/dist/turnpike.js');
/** The built program of the store's thread. */
export const storeThread = join(root, 'packages/gateway/dist/store-thread.js');

/** The virtual key that the kit's clients show. */
export const testKey = 'vk-test-0123456789abcdef';

/** How long it may take to start, to write a record, and to end when nothing runs. */
const patienceMs = 5_000;

/** A configuration as a user writes it. */
export type Document = z.input<typeof configDocument>;

/** The real program, running on an ephemeral port with a data directory of its own. */
export interface GatewayProcess {
  readonly origin: string;
  /** The records of finished exchanges, oldest first. Waits until there are at least `count`. */
  records(count: number): Promise<readonly ExchangeRecord[]>;
  /** The records of a model name that are as asked. Waits until there are so many, one if nothing is said. */
  recordsOf(
    model: string,
    asAsked?: (record: ExchangeRecord) => boolean,
    count?: number,
  ): Promise<readonly ExchangeRecord[]>;
  /** Changes its configuration while it runs. Waits until new requests are served by it. */
  configure(document: Document): Promise<void>;
  /** Memory that the program takes now. Linux only. */
  residentBytes(): number;
  /** All that was printed so far. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Ends the program as an operator would and removes its data, once. Throws unless it ended by itself, well, and without defects on the way. */
  stop(): Promise<void>;
}

/** Builds the program if it is older than its sources, and starts it. Without a document it starts as on a fresh machine. */
export async function startGateway(
  document: Document | undefined,
  environment: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  buildOnce();
  const directory = mkdtempSync(join(tmpdir(), 'turnpike-gateway-'));
  const data = join(directory, 'data');
  const database = join(data, 'turnpike.db');
  const file = join(directory, 'turnpike.json');
  const args = ['serve', '--port', '0', '--data', data];
  if (document) {
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

  let ending: Promise<void> | undefined;

  async function configure(changed: Document): Promise<void> {
    const replaced = () => printed.stdout.split('configuration replaced').length;
    const before = replaced();
    const text = JSON.stringify(changed);
    if (text === readFileSync(file, 'utf8')) return;
    writeFileSync(file, text);
    const deadline = performance.now() + patienceMs;
    while (replaced() === before) {
      if (performance.now() > deadline) throw new Error(`the configuration was not replaced\n${printed.stdout}`);
      await pause(10);
    }
  }

  async function end(): Promise<void> {
    child.kill('SIGTERM');
    const code = await Promise.race([exited, pause(patienceMs, 'late' as const, { ref: false })]);
    killGroup(child);
    rmSync(directory, { recursive: true, force: true });
    const defect = /unhandled|uncaught|internal error/i.exec(printed.stdout)?.[0] ?? complaintIn(printed.stderr);
    if (code === 0 && defect === undefined) return;
    throw new Error(`the gateway ended badly (${defect ?? code})\n${printed.stdout}\n${printed.stderr}`);
  }

  try {
    const origin = await listening(child, exited, printed);
    return {
      origin,
      records: (count) => readRecords(database, { count }),
      recordsOf: (model, asAsked, count = 1) => readRecords(database, { count, model, asAsked }),
      configure,
      residentBytes: () => residentBytes(child),
      output: () => ({ ...printed }),
      stop: () => (ending ??= end()),
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
    const timer = setTimeout(complain, patienceMs, `was not listening after ${patienceMs} ms`);
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

/** The gateway logs to stdout: whatever stands on stderr is Node's complaint. That a module of Node's is experimental is none. */
function complaintIn(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => line !== '' && !/ExperimentalWarning|--trace-warnings/.test(line));
  return lines[0];
}

/** The second field of statm counts pages of 4 KiB. */
function residentBytes({ pid }: ChildProcess): number {
  const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return Number(pages) * 4096;
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

interface Wanted {
  readonly count: number;
  readonly model?: string;
  readonly asAsked?: ((record: ExchangeRecord) => boolean) | undefined;
}

/** Records reach the file a moment after the answer: they are written in batches. */
async function readRecords(file: string, { count, model, asAsked }: Wanted): Promise<readonly ExchangeRecord[]> {
  const deadline = performance.now() + patienceMs;
  const database = await openSqlite(file);
  try {
    const select = database.prepare(
      'SELECT record FROM exchange_records WHERE ?1 IS NULL OR model_asked = ?1 ORDER BY started_at, id',
    );
    for (;;) {
      const rows = select.all([model ?? null]);
      const found = rows
        .map((row): ExchangeRecord => JSON.parse(String(row['record'])))
        .filter((record) => asAsked?.(record) ?? true);
      if (found.length >= count) return found;
      if (performance.now() > deadline) throw new Error(`${found.length} of ${count} records were written`);
      await pause(10);
    }
  } finally {
    database.close();
  }
}

/** Test files run side by side: the first to get the lock builds, the others wait for it. */
export function buildOnce(): void {
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
