import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { testKey } from '../kit/gateway-process.ts';
import { objectAt, textAt } from '../kit/json-access.ts';
import { type AgentRun, runAgent } from '../kit/run-agent.ts';

/**
 * How Codex is told of the gateway. `custom`: a provider of its own with `env_key`. `built-in`: OpenAI's provider with another
 * base URL, which tries a WebSocket first and adds fields of OpenAI's own.
 */
export type Door = 'custom' | 'built-in';

/** A Codex with a home and a working directory of its own. Its runs continue in the same home. */
export interface Codex {
  /** Where it works. */
  readonly directory: string;
  run(prompt: string, options?: RunOptions): Promise<CodexRun>;
  remove(): void;
}

export interface RunOptions {
  /** Instead of the configured one. */
  readonly model?: string;
  /** The thread to go on with. */
  readonly resume?: string;
  /** More of `codex exec`. */
  readonly flags?: readonly string[];
}

export interface CodexRun extends AgentRun {
  /** The lines of `codex exec --json`. */
  readonly events: readonly JsonObject[];
  readonly threadId: string;
  /** Usage as Codex shows it at the end of the turn; empty when the turn failed. */
  readonly usage: JsonObject;
}

export interface CodexOptions {
  readonly program: string;
  readonly origin: string;
  readonly door: Door;
  readonly model: string;
  /** Written to `auth.json`. */
  readonly login?: JsonObject;
  readonly key?: string;
  /** For a provider of its own: the program whose output is its token, instead of a key. */
  readonly tokenCommand?: string;
  /** For a provider of its own: whether it speaks over a WebSocket. The built-in one always tries. */
  readonly websockets?: boolean;
}

/** Prepares a Codex that knows nothing but the gateway. */
export function prepareCodex(options: CodexOptions): Codex {
  const root = mkdtempSync(join(tmpdir(), 'turnpike-codex-'));
  const [home, settings, directory] = [join(root, 'home'), join(root, 'codex'), join(root, 'work')];
  for (const folder of [home, settings, directory]) mkdirSync(folder);
  writeFileSync(join(settings, 'config.toml'), configuration(options));
  if (options.login) writeFileSync(join(settings, 'auth.json'), JSON.stringify(options.login), { mode: 0o600 });
  const key = options.key ?? testKey;
  const secret =
    options.login || key === '' ? {} : options.door === 'custom' ? { GW_KEY: key } : { CODEX_API_KEY: key };

  async function run(prompt: string, { model, resume, flags = [] }: RunOptions = {}): Promise<CodexRun> {
    const common = ['--json', '--skip-git-repo-check', ...(model === undefined ? [] : ['-m', model]), ...flags];
    const args = resume
      ? ['exec', 'resume', ...common, '-c', 'sandbox_mode="danger-full-access"', resume, prompt]
      : ['exec', ...common, '-s', 'danger-full-access', '-C', directory, prompt];
    const done = await runAgent({
      command: options.program,
      args,
      directory,
      environment: { HOME: home, CODEX_HOME: settings, ...secret },
      timeoutMs: 40_000,
    });
    const events: readonly JsonObject[] = done.stdout.split('\n').flatMap((line) => {
      const value = parseJson(line);
      return isJsonObject(value) ? [value] : [];
    });
    const started = events.find((event) => event['type'] === 'thread.started');
    const completed = events.find((event) => event['type'] === 'turn.completed');
    return { ...done, events, threadId: textAt(started, 'thread_id'), usage: objectAt(completed, 'usage') };
  }

  return { directory, run, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function configuration({ origin, door, model, websockets, tokenCommand }: CodexOptions): string {
  const base = `${origin}/openai/v1`;
  const custom = ['[model_providers.gw]', 'name = "GW"', `base_url = "${base}"`, 'wire_api = "responses"'];
  if (websockets) custom.push('supports_websockets = true');
  if (tokenCommand === undefined) custom.push('env_key = "GW_KEY"');
  else custom.push('[model_providers.gw.auth]', `command = ${JSON.stringify(tokenCommand)}`, 'timeout_ms = 5000');
  return [
    `model = "${model}"`,
    door === 'custom' ? 'model_provider = "gw"' : `openai_base_url = "${base}"`,
    'web_search = "disabled"',
    'check_for_update_on_startup = false',
    '[features]',
    'plugins = false',
    'apps = false',
    'goals = false',
    'unbounded_connection_retries = false',
    '[analytics]',
    'enabled = false',
    ...(door === 'custom' ? custom : []),
    '',
  ].join('\n');
}

/** The items that Codex reports as finished, by their type. */
export function itemsOf(run: CodexRun, type: string): readonly JsonObject[] {
  return run.events.flatMap((event) => {
    const item = objectAt(event, 'item');
    return event['type'] === 'item.completed' && item['type'] === type ? [item] : [];
  });
}
