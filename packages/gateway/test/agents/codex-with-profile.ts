import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { testKey } from '../kit/gateway-process.ts';
import { type AgentRun, runAgent } from '../kit/run-agent.ts';

/** A Codex that was set up exactly as the gateway's own page says. */
export interface ProfiledCodex {
  readonly directory: string;
  /** `codex exec` with the profile. */
  exec(prompt: string, options?: { model?: string; flags?: readonly string[] }): Promise<ProfiledRun>;
  /** Any other command; these read `config.toml` alone, which holds the same lines. */
  command(...args: readonly string[]): Promise<AgentRun>;
  remove(): void;
}

export interface ProfiledRun extends AgentRun {
  readonly events: readonly JsonObject[];
}

/** The profile as the gateway serves it, with a model filled in. */
export async function servedProfile(origin: string, model: string): Promise<string> {
  const page = await (await fetch(`${origin}/setup/codex`)).text();
  const profile = /```toml\n([\s\S]*?)```/.exec(page)?.[1];
  if (profile === undefined) throw new Error(`there is no profile in: ${page}`);
  return profile.replace('"MODEL"', JSON.stringify(model));
}

/** Follows the page's steps: one file, one variable. */
export async function setUpCodex(options: {
  readonly program: string;
  readonly origin: string;
  readonly model: string;
  readonly key?: string;
}): Promise<ProfiledCodex> {
  const profile = await servedProfile(options.origin, options.model);
  const root = mkdtempSync(join(tmpdir(), 'turnpike-codex-'));
  const home = join(root, 'home');
  const settings = join(root, 'codex');
  const main = join(root, 'main');
  const directory = join(root, 'work');
  for (const folder of [home, settings, main, directory]) mkdirSync(folder);
  writeFileSync(join(settings, 'turnpike.config.toml'), profile);
  writeFileSync(join(main, 'config.toml'), profile);

  function run(codexHome: string, args: readonly string[]): Promise<AgentRun> {
    return runAgent({
      command: options.program,
      args,
      directory,
      environment: { HOME: home, CODEX_HOME: codexHome, TURNPIKE_KEY: options.key ?? testKey },
      timeoutMs: 40_000,
    });
  }

  return {
    directory,
    async exec(prompt, { model, flags = [] } = {}) {
      const asked = model === undefined ? [] : ['-m', model];
      const common = ['--json', '--skip-git-repo-check', '-s', 'danger-full-access', '-C', directory];
      const done = await run(settings, ['exec', '-p', 'turnpike', ...common, ...asked, ...flags, prompt]);
      const events = done.stdout.split('\n').flatMap((line) => {
        const value = parseJson(line);
        return isJsonObject(value) ? [value] : [];
      });
      return { ...done, events };
    },
    command: (...args) => run(main, args),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
