import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** What replicas of a test count with. */
export interface ReplicaWork {
  readonly kind: 'redis' | 'postgres' | 'memory';
  /** Of the server, or of the store. */
  readonly url: string;
  readonly replica: string;
}

/** A process that spends money until it is killed. It never outlives the test. */
export interface ReplicaProcess {
  /** Lets it begin. */
  go(): void;
  /** Waits until so many of its lines begin with a word. */
  saidOften(word: string, times: number): Promise<void>;
  readonly lines: readonly string[];
  /** Kills it as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Bundles the processes' program: not every version of Node runs TypeScript. The file is the caller's to remove. */
export async function bundleReplica(): Promise<string> {
  // Where native packages are found from.
  const file =
    fileURLToPath(new URL('../../../../node_modules/.cache/turnpike/', import.meta.url)) + `replica-${process.pid}.mjs`;
  const bundle = await rolldown({
    input: fileURLToPath(new URL('replica-program.ts', import.meta.url)),
    platform: 'node',
    external: ['libsql', 'bun:sqlite', 'pg-native', 'pg-cloudflare', 'cloudflare:sockets', 'pg', '@redis/client'],
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  return file;
}

export function startReplica(program: string, work: ReplicaWork): ReplicaProcess {
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(work)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '' },
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      for (const watcher of watchers) watcher();
    });
  }
  return {
    lines,
    go: () => void child.stdin?.write('go\n'),
    saidOften: (word, times) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (lines.filter((line) => line.startsWith(word)).length < times) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
        void gone.then(() => reject(new Error(`the replica ended early: ${lines.slice(-5).join('\n')}`)));
      }),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
