import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestedAgent } from './agent.ts';

const settings = {
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  general: { enableAutoUpdate: false },
};

/** Qwen Code as a client of an OpenAI-compatible API. */
export const qwenCode: TestedAgent = {
  title: 'Qwen Code',
  pin: 'qwen-code',
  name: 'qwen-code',
  dialect: 'chat',
  slow: true,
  tools: {
    // It sometimes loses the output of a command that ends at once.
    shell: (command) => ({
      name: 'run_shell_command',
      input: { command: `${command}; sleep 0.2`, description: 'A step of the job', is_background: false },
    }),
    write: (path, content) => ({ name: 'write_file', input: { file_path: path, content } }),
    read: (path) => ({ name: 'read_file', input: { file_path: path } }),
  },
  command({ origin, key, model, prompt, home }) {
    mkdirSync(join(home, '.qwen'));
    writeFileSync(join(home, '.qwen/settings.json'), JSON.stringify(settings));
    return {
      args: ['-p', prompt, '--yolo', '--auth-type', 'openai'],
      environment: { OPENAI_API_KEY: key, OPENAI_BASE_URL: `${origin}/v1`, OPENAI_MODEL: model },
    };
  },
  said: ({ stdout }) => stdout.trim(),
};
