import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DialectName } from '../../src/core/items.ts';
import type { AgentName } from '../../src/dialects/dialect.ts';
import type { AgentPin } from '../kit/installed-agent.ts';
import type { ScriptedCall } from '../kit/model-script.ts';
import { type AgentRun, runAgent } from '../kit/run-agent.ts';

/** A real agent as the suites drive it. */
export interface TestedAgent {
  /** For people. */
  readonly title: string;
  readonly pin: AgentPin;
  /** As records name it. */
  readonly name: AgentName;
  /** What it speaks. */
  readonly dialect: DialectName;
  readonly tools: AgentTools;
  /** How it is started, told of the gateway and nothing else. May write into its home and working directory. */
  command(task: Task): Command;
  /** What it said at the end. */
  said(run: AgentRun): string;
  /** Tokens of the session as it tells its user, where it does. */
  tokens?(run: AgentRun): Tokens;
  /** It takes seconds to start, and a quicker agent of its dialect meets every provider. */
  readonly slow?: true;
  /** How many requests it begins a session with. Default: 1. */
  readonly opening?: number;
  /** How many more it may send on a busy machine. Default: none. */
  readonly strays?: number;
}

/** The agent's own tools for the three things that every session does. Paths are absolute. */
export interface AgentTools {
  shell(command: string): ScriptedCall;
  write(path: string, content: string): ScriptedCall;
  read(path: string): ScriptedCall;
}

interface Tokens {
  readonly input: number;
  readonly output: number;
}

export interface Task {
  readonly origin: string;
  readonly key: string;
  readonly model: string;
  readonly prompt: string;
  readonly home: string;
  readonly directory: string;
}

export interface Command {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** A home and a working directory that an agent's run finds empty. */
export interface Workplace {
  readonly home: string;
  readonly directory: string;
  run(agent: TestedAgent, program: string, task: Omit<Task, 'home' | 'directory'>): Promise<AgentRun>;
  remove(): void;
}

export function createWorkplace(): Workplace {
  const root = mkdtempSync(join(tmpdir(), 'turnpike-agent-'));
  const [home, directory] = [join(root, 'home'), join(root, 'work')];
  mkdirSync(home);
  mkdirSync(directory);
  return {
    home,
    directory,
    run(agent, program, task) {
      const { args, environment } = agent.command({ ...task, home, directory });
      // Also what an agent leaves in the system's temporary directory goes with it.
      const own = { HOME: home, TMPDIR: root, ...environment };
      return runAgent({ command: program, args, directory, environment: own, timeoutMs: 40_000 });
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
