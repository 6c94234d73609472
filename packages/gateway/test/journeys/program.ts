import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { buildOnce, killGroup, program } from '../kit/gateway-process.ts';

/** How a run of the program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program, running in a directory that outlives it until the test is over. */
export interface Running {
  readonly directory: string;
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What was printed, as soon as it matches. Rejects when the program ends without it. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

/** A directory with files, for a run of the program. */
export function directoryWith(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'turnpike-program-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

/** Starts the built program as a shell would. */
export function startProgram(directory: string, ...args: readonly string[]): Running {
  return startProgramIn({}, directory, ...args);
}

/** The same with more in its environment. */
export function startProgramIn(
  environment: Readonly<Record<string, string>>,
  directory: string,
  ...args: readonly string[]
): Running {
  buildOnce();
  const child = spawn(process.execPath, [program, ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  onTestFinished(() => killGroup(child));
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    tell();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));

  function printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(stdout);
        if (!match) return;
        listeners.delete(look);
        resolve(match);
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`it ended without printing ${pattern}\n${stdout}\n${stderr}`)));
    });
  }

  return { directory, child, ended, printed };
}

/** The address a started gateway listens on. */
export async function originOf({ printed }: Pick<Running, 'printed'>): Promise<string> {
  const [, origin = ''] = await printed(/listening on (http:\/\/127\.0\.0\.1:\d+)/);
  return origin;
}
