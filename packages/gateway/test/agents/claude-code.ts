import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { numberAt, objectAt, textAt } from '../kit/json-access.ts';
import type { AgentRun } from '../kit/run-agent.ts';
import type { TestedAgent } from './agent.ts';

/** Claude Code, told of the gateway by its two usual variables. */
export const claudeCode: TestedAgent = {
  title: 'Claude Code',
  pin: 'claude-code',
  name: 'claude-code',
  dialect: 'messages',
  tools: {
    shell: (command) => ({ name: 'Bash', input: { command, description: 'A step of the job' } }),
    write: (path, content) => ({ name: 'Write', input: { file_path: path, content } }),
    read: (path) => ({ name: 'Read', input: { file_path: path } }),
  },
  command: ({ origin, key, model, prompt }) => ({
    args: ['-p', prompt, '--output-format', 'json', '--dangerously-skip-permissions', '--model', model],
    environment: {
      ANTHROPIC_BASE_URL: `${origin}/anthropic`,
      ANTHROPIC_AUTH_TOKEN: key,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      // It skips permissions as root only where it believes itself in a sandbox.
      IS_SANDBOX: '1',
    },
  }),
  said: (run) => textAt(resultOf(run), 'result'),
  tokens(run) {
    const usage = objectAt(resultOf(run), 'usage');
    const input = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'];
    return {
      input: input.reduce((total, field) => total + numberAt(usage, field), 0),
      output: numberAt(usage, 'output_tokens'),
    };
  },
};

function resultOf(run: AgentRun): JsonObject {
  const value = parseJson(run.stdout);
  return isJsonObject(value) ? value : {};
}
