import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DialectName } from '../../src/core/items.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Task, TestedAgent } from './agent.ts';

/** opencode speaks what its provider's package speaks: three dialects, and so three agents. */
export const openCodeOverChat = openCode('chat', 'gw', ({ origin, key, model }) => ({
  npm: '@ai-sdk/openai-compatible',
  options: { baseURL: `${origin}/v1`, apiKey: key },
  models: { [model]: {} },
}));

export const openCodeOverResponses = openCode('responses', 'openai', ({ origin, key, model }) => ({
  options: { baseURL: `${origin}/openai/v1`, apiKey: key },
  models: { [model]: {} },
}));

export const openCodeOverMessages = openCode('messages', 'anthropic', ({ origin, key, model }) => ({
  options: { baseURL: `${origin}/anthropic/v1`, apiKey: key },
  models: { [model]: {} },
}));

function openCode(dialect: DialectName, provider: string, entry: (task: Task) => JsonObject): TestedAgent {
  return {
    title: `opencode (${dialect})`,
    pin: 'opencode',
    name: 'opencode',
    dialect,
    tools: {
      shell: (command) => ({ name: 'bash', input: { command, description: 'A step of the job' } }),
      write: (path, content) => ({ name: 'write', input: { filePath: path, content } }),
      read: (path) => ({ name: 'read', input: { filePath: path } }),
    },
    command(task) {
      const { home, directory, prompt, model } = task;
      const settings = {
        provider: { [provider]: entry(task) },
        permission: 'allow',
        share: 'disabled',
        autoupdate: false,
      };
      writeFileSync(join(directory, 'opencode.json'), JSON.stringify(settings));
      return {
        args: ['run', '-m', `${provider}/${model}`, prompt],
        environment: {
          XDG_CONFIG_HOME: join(home, '.config'),
          XDG_DATA_HOME: join(home, '.local/share'),
          XDG_CACHE_HOME: join(home, '.cache'),
          OPENCODE_DISABLE_AUTOUPDATE: '1',
          OPENCODE_DISABLE_MODELS_FETCH: '1',
          // It fetches packages of its own at every start. Nobody answers here, and that is enough for it.
          npm_config_registry: 'http://127.0.0.1:9',
        },
      };
    },
    // A name for the session is asked for at the same time.
    opening: 2,
    // Where the processor is short, its runtime loses an answer now and then, although it came, and asks again after seconds.
    strays: 3,
    // Over Responses it is Codex, over Messages Claude Code that is quicker.
    ...(dialect === 'chat' ? {} : { slow: true as const }),
    said: ({ stdout }) => stdout.trim().split('\n').at(-1) ?? '',
  };
}
