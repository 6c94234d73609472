import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { numberAt, objectAt, textAt } from '../kit/json-access.ts';
import type { AgentRun } from '../kit/run-agent.ts';
import type { TestedAgent } from './agent.ts';

const settings = {
  security: { auth: { selectedType: 'gemini-api-key' } },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  general: { disableAutoUpdate: true },
};

/** Gemini CLI with an API key, which is the virtual key. */
export const geminiCli: TestedAgent = {
  title: 'Gemini CLI',
  pin: 'gemini-cli',
  name: 'gemini-cli',
  dialect: 'gemini',
  tools: {
    shell: (command) => ({ name: 'run_shell_command', input: { command, description: 'A step of the job' } }),
    write: (path, content) => ({ name: 'write_file', input: { file_path: path, content } }),
    read: (path) => ({ name: 'read_file', input: { file_path: path } }),
  },
  command({ origin, key, model, prompt, home }) {
    mkdirSync(join(home, '.gemini'));
    writeFileSync(join(home, '.gemini/settings.json'), JSON.stringify(settings));
    return {
      args: ['-p', prompt, '-m', model, '--yolo', '--output-format', 'json'],
      environment: {
        GOOGLE_GEMINI_BASE_URL: `${origin}/gemini`,
        GEMINI_API_KEY: key,
        GEMINI_CLI_TRUST_WORKSPACE: 'true',
        // One process instead of two.
        GEMINI_CLI_NO_RELAUNCH: 'true',
        CI: '1',
      },
    };
  },
  said: (run) => textAt(resultOf(run), 'response'),
  tokens(run) {
    const models = Object.values(objectAt(objectAt(resultOf(run), 'stats'), 'models'));
    const counts = models.map((model) => objectAt(model, 'tokens'));
    const sum = (field: string) => counts.reduce((total, tokens) => total + numberAt(tokens, field), 0);
    return { input: sum('prompt'), output: sum('candidates') + sum('thoughts') };
  },
};

function resultOf(run: AgentRun): JsonObject {
  const value = parseJson(run.stdout);
  return isJsonObject(value) ? value : {};
}
