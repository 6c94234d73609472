import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { testKey } from '../kit/gateway-process.ts';
import { startGuard } from '../kit/run-agent.ts';
import { servedProfile } from './codex-with-profile.ts';

/** Codex as a person has it before them: its own terminal, keys, a screen. */
export interface CodexTerminal {
  /** Where it works. */
  readonly directory: string;
  /** Hosts other than loopback that it tried to reach. */
  readonly strangers: readonly string[];
  /** Types a message and sends it. */
  say(text: string): Promise<void>;
  /** Presses a key, by tmux's name for it. */
  press(key: string): void;
  /** The screen, once it shows this. */
  screenWith(pattern: RegExp): Promise<string>;
  close(): Promise<void>;
}

export interface TerminalOptions {
  readonly program: string;
  readonly origin: string;
  readonly model: string;
  readonly key?: string;
}

const patienceMs = 30_000;

/** Whether there is a program that keeps terminals. */
export const hasTerminals = spawnSync('tmux', ['-V']).status === 0;

/** Starts Codex in a terminal of 120 by 50 characters, and waits until it takes a message. */
export async function openCodex(options: TerminalOptions): Promise<CodexTerminal> {
  const root = mkdtempSync(join(tmpdir(), 'turnpike-codex-'));
  const [home, settings, directory] = [join(root, 'home'), join(root, 'codex'), join(root, 'work')];
  for (const folder of [home, settings, directory]) mkdirSync(folder);
  // A folder that nobody trusted begins with a question.
  const trust = [`[projects.${JSON.stringify(directory)}]`, 'trust_level = "trusted"'];
  const profile = await servedProfile(options.origin, options.model);
  writeFileSync(join(settings, 'config.toml'), [profile, ...trust, ''].join('\n'));
  const guard = await startGuard();
  const environment = {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    HOME: home,
    CODEX_HOME: settings,
    TURNPIKE_KEY: options.key ?? testKey,
    HTTP_PROXY: guard.url,
    HTTPS_PROXY: guard.url,
    NO_PROXY: '127.0.0.1,localhost',
  };
  // A server of its own for each terminal: nothing is shared with whoever runs the tests.
  const server = basename(root);
  const tmux = (...args: readonly string[]): string => {
    const done = spawnSync('tmux', ['-L', server, '-f', '/dev/null', ...args], { env: environment, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`tmux ${args[0]}: ${done.stderr}`);
    return done.stdout;
  };
  // Left to itself Codex would install a server of 400 megabytes into this home, which outlives the terminal.
  const codex = [options.program, '--no-daemon', '-s', 'danger-full-access', '-a', 'never'];
  tmux('new-session', '-d', '-x', '120', '-y', '50', '-c', directory, ...codex);
  // What it says at its end stays to be read.
  tmux('set-option', '-g', 'remain-on-exit', 'on');

  async function screenWith(pattern: RegExp): Promise<string> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const screen = tmux('capture-pane', '-p');
      if (pattern.test(screen)) return screen;
      if (performance.now() > deadline) throw new Error(`the terminal never showed ${pattern}:\n${screen}`);
      await pause(50);
    }
  }

  async function close(): Promise<void> {
    const pid = Number(tmux('display-message', '-p', '#{pane_pid}'));
    tmux('kill-server');
    // It still writes into its home until it is gone.
    while (isAlive(pid)) await pause(20);
    await guard.stop();
    rmSync(root, { recursive: true, force: true });
  }

  try {
    await screenWith(/^› /m);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return {
    directory,
    strangers: guard.seen,
    async say(text) {
      tmux('send-keys', '-l', text);
      // Keys that come at once are taken for a paste, in which Enter begins a new line.
      await screenWith(new RegExp(`^› ${text}`, 'm'));
      await pause(300);
      tmux('send-keys', 'Enter');
    },
    press: (key) => void tmux('send-keys', key),
    screenWith,
    close,
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
